"""Answers to questions about the aggregates, one module a kind."""
