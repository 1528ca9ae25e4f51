"""Whose records are these: the answer, its evidence, what people decide, and who else is in it."""
