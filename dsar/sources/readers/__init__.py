"""One reader a kind of file: each yields rows of text with their line."""
