"""Answer data-subject requests from exports, on one machine, offline."""
