"""Pure folds over decoded records: state in cells, no I/O, no clock, no randomness."""
