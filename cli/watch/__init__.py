"""The city in a terminal: what arrives is folded into a view model, drawn, and steered by keys."""
