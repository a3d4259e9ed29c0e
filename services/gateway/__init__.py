"""REST, WebSocket, SSE, registry and dashboard over the topics."""
