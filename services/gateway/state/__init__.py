"""What the gateway remembers of the topics: folds, bounded history, sliding rates. Knows no Kafka and no sockets."""
