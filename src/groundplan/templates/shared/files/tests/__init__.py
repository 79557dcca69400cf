"""Tests across the parts: the product is started for real and used from outside."""
