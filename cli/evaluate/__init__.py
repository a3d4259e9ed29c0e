"""How good recommendations are: ranked lists held against what people did later, beside simple baselines."""
