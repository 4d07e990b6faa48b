"""Stiff systems of ordinary differential equations, compiled from their equations; knows no biology."""
