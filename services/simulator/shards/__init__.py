"""A city's decisions, made by several processes on one memory: the same records to the byte, however many there are."""
