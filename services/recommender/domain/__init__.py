"""What the recommender knows and how it scores: pure folds and formulas over columns."""
