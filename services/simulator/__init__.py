"""The city itself: clock, population, worlds, scenarios, environment."""
