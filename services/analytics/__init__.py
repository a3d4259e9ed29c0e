"""Stream processors on Faust: aggregates, journeys, preference evolution."""
