"""Suppression: only the cells and rows at risk are blanked or left out."""
