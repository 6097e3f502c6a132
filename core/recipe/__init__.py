"""A recipe: what is done to a table, as a file; and how it is carried out."""

from core.recipe.outcome import Outcome, as_written, check_ahead, prepare, run
from core.recipe.recipe import Recipe

__all__ = ["Outcome", "Recipe", "as_written", "check_ahead", "prepare", "run"]
