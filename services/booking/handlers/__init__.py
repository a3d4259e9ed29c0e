"""One module a kind of input: what it means for the bookings of one scope."""
