"""Many requests in one pass, each by its right, each apart from the others."""
