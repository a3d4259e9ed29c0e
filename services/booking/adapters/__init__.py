"""Where decisions are remembered and how they reach the topics."""
