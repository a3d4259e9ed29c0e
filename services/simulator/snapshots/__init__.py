"""Snapshots of a simulator: named, described, checksummed directories from which a city goes on to the byte."""
