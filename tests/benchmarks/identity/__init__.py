"""How well the matcher does on labelled data, beside a trained probabilistic linker, and how fast it is."""
