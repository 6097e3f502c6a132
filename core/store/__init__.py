"""What is kept: projects, recipes, releases and events in a database, and every file encrypted in a vault."""

from core.store.records import (
    Actor,
    Allowance,
    Budget,
    Charge,
    Event,
    Project,
    RecipeVersion,
    ReleaseRecord,
    StoredFile,
)
from core.store.settings import StoreSettings
from core.store.store import Store, open_store

__all__ = [
    "Actor", "Allowance", "Budget", "Charge", "Event", "Project", "RecipeVersion", "ReleaseRecord", "Store",
    "StoreSettings", "StoredFile", "open_store",
]
