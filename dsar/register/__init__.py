"""The register: requests, their states and their dates, replayed from the journal."""
