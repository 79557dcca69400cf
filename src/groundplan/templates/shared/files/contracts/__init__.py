"""What the parts agree on. Nothing here imports a part."""
