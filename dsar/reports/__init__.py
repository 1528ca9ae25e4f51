"""What a person is told (Art. 15 GDPR)."""
