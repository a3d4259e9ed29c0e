"""Measurements with their peers and bars: a module for each part, listed in `cli.bench.suites`."""
