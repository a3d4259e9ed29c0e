"""Reservations: capacity, outcomes, confirmation codes, in one transaction each."""
