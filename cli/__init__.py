"""The `luna` command: run the stack on one machine, control it, inspect it."""
