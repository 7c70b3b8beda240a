"""May we contact them: suppressions, as far as imports know them."""
