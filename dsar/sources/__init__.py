"""Export files become segments: connectors, recognition, readers, loading and checking."""
