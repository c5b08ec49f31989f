"""Documents, passages, search, answers and conversations."""
