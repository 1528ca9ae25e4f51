"""Data to bytes: JSON, XLSX, HTML, PDF."""
