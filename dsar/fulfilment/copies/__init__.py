"""The copy a person gets: the package, and its release."""
