"""Several stores on one store, as several people at several machines have them, with one clock that is set."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from incident_cockpit.clock import SetClock
from incident_cockpit.config.paths import Paths
from incident_cockpit.config.settings import Settings
from incident_cockpit.ids import CountedIds
from incident_cockpit.service.store import Store

START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)


class House:
    """Several stores on one store, as several processes have them."""

    def __init__(self, folder: Path) -> None:
        self.places = Paths(folder / "data", folder / "config")
        self.clock = SetClock(START)
        self._opened: list[Store] = []

    def store(self, who: str = "Ana", zone: str = "UTC", **env: str) -> Store:
        ids = CountedIds(1000 * (1 + len(self._opened)))
        store = Store(self.places, Settings(zone=zone), self.clock, ids, {"INCIDENT_USER": who, **env})
        self._opened.append(store)
        return store

    def close(self) -> None:
        for store in self._opened:
            store.close()
