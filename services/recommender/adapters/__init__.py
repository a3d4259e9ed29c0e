"""Adapters of the recommender: files."""
