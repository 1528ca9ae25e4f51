"""Benchmarks: what dsar costs against a floor or a peer timed in the same run (`python -m tests.benchmarks`)."""
