"""Bringing the demonstration's material into the house, through the doors of the slices."""
