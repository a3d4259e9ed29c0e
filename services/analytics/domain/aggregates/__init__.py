"""Counts, sets and histograms by simulated time, kept partition by partition and merged in one place."""
