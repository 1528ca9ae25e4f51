"""The desk of whoever answers: the register, its clock, letters, figures, and what is thrown away."""
