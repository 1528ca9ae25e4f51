"""The connectors that ship with dsar: one folder each, described in its connector.toml."""
