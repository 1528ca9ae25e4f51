"""Faults on purpose: kills, full disks, values that must appear nowhere, many at once."""
