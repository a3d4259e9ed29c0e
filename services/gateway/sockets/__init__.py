"""The two WebSocket protocols over the live hub."""
