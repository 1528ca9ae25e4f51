"""Which records are whose, and why."""
