"""The event store: every event in PostgreSQL, each once, with history, journeys, stories, old figures and replays."""
