"""The SQL of the store, one question a file."""
