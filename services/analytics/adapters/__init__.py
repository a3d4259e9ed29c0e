"""Kafka and Faust: everything of analytics that does I/O."""
