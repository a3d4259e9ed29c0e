"""The pure city: columns in, columns out. No I/O, no clock, no global randomness."""
