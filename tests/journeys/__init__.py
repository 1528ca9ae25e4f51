"""The whole road, on real files and real databases."""
