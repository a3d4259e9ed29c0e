"""Kafka: the feed that reads every topic, and the desk that asks and waits for answers."""
