"""Identifiers inside sentences: found, replaced, and searched for once more in what is about to go out."""
