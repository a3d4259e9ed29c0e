"""A log in memory with Kafka's partitions, and the host that runs a whole city on it in lock-step."""
