"""The encrypted package: one file that only its passphrase opens."""
