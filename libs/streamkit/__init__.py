"""What every service of Luna shares: contracts, codec, producer, consumer loop, settings, logs, metrics, health."""
