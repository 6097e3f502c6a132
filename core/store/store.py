"""Store: the whole of it, and how to open it."""

from __future__ import annotations

from core.store import plain
from core.store.dashboards import Dashboards
from core.store.domain_keys import DomainKeys
from core.store.files import Files
from core.store.projects import Projects
from core.store.recipes import Recipes
from core.store.releases import Releases
from core.store.settings import StoreSettings


class Store(Projects, Files, Recipes, Releases, Dashboards, DomainKeys):
    """Projects, their files and secrets, recipes, releases, privacy budgets and events. Safe to share between threads.

    Every call says who acts (`Actor`) and checks that the project is theirs; a project that is unknown, deleted or
    somebody else's is one and the same Problem. What reads, changes, reveals or releases data leaves an `Event`.
    """

    def close(self) -> None:
        self.database.close()


def open_store(settings: StoreSettings | None = None) -> Store:
    """Open the store, bring its database up to date, and wipe what a crash left in plain text.

    settings  None: from the environment
    """
    store = Store(settings or StoreSettings.from_environment())
    plain.sweep(store.settings.plain_folder)
    return store
