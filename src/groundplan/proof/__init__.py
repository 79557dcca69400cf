"""A measured verdict on every non-negotiable of a brief, on a running project."""
