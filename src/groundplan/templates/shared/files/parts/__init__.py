"""The parts of the product, one folder each."""
