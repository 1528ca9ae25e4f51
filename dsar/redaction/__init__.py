"""Other people in a person's copy: found, proposed, and once decided taken out of every file (Art. 15(4) GDPR)."""
