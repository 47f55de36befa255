"""Uncertain inputs: what a scenario says of them, and the values that they may have."""
