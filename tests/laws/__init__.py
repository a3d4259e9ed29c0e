"""What an outside consumer may rely on: laws of the city, checked from the topics alone.

Each law takes what was read, told apart by (run, branch) where that matters, and returns the violations in words.
"""
