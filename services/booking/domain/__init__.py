"""What a reservation is and when a table is free: pure, no I/O."""
