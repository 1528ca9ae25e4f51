"""What may go, in which order, and the scripts that do it (Art. 17 GDPR)."""
