"""From a folder of exports to a dsar.toml that holds, and the demo."""
