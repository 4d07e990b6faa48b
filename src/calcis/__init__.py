"""Calcis: how soft tissue calcifies, and what undoes it."""

__version__ = "0.1.0"
