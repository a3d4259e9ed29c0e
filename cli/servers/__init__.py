"""Servers that a machine brings up by itself: Apache Kafka and PostgreSQL, without root, Docker or a JDK."""
