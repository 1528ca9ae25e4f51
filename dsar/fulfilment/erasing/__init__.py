"""What may go, and the other rights: plan, approval, rehearsal, check afterwards."""
