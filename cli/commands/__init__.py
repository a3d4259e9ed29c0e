"""The commands of `luna`, one module each: ``register(app)`` adds it."""
