"""Commands of the application ``groundplan``."""
