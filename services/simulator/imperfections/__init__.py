"""Records that go wrong on purpose, to test those who read them: off unless asked for, and each one labelled."""
