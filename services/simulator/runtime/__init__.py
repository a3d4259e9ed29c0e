"""When the city is computed, what it is told, and what of it is published: policies without I/O."""
