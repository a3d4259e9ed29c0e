"""Fan-out of records to watching clients. Knows no Kafka and no web framework."""
