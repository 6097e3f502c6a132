"""Perturbation: values are changed by chance, exchanged, averaged or rounded; the form stays."""
