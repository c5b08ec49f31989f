"""Tests of what fits and measures the product."""
