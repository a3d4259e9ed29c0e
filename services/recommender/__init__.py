"""Venue and people recommendations, folded from topics."""
