"""Reading incidents that are damaged, and looking for them at a cost that does not grow with the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.errors import Unreadable
from incident_cockpit.journal.journal import Journal
from incident_cockpit.service import overview
from incident_cockpit.service.store import Store
from support.shared_store import House


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a store of three incidents, of which the first is damaged."""
    store = House(tmp_path).store()
    first, *_ = [store.declare(title, "SEV2").record.id for title in ("one", "two", "three")]
    store.journal.database.rows("DROP TRIGGER events_are_never_changed")
    store.journal.database.rows("UPDATE events SET line = x'7b' WHERE seq = 4 AND incident = ?", (first,))
    return store


def test_the_damaged_one_is_named_and_the_others_are_read(store: Store) -> None:
    assert [bool(one.unreadable) for one in store.overview()] == [False, False, True]
    three, two, one = store.incidents()
    with pytest.raises(Unreadable, match="INC-1") as refused:
        store.session(one.id)
    assert "incident remove 1" in refused.value.what_to_do
    store.session(two.id).act("note", {"text": "goes on"})
    store.session(three.id).act("channel", {"name": "#inc-three"})


def test_overview_checks_a_bounded_number_of_events_per_call(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.journal.database.rows("UPDATE incidents SET live = 0, triage = 'false alarm', ended = updated")
    rows = store.incidents()
    monkeypatch.setattr(overview, "_MOST_EVENTS", rows[0].seq)
    read: list[str] = []
    load = Journal.load
    monkeypatch.setattr(Journal, "load", lambda journal, incident: (read.append(incident), load(journal, incident))[1])
    marks = [[bool(one.unreadable) for one in store.overview()] for _ in range(3)]
    assert marks == [[False, False, False], [False, False, False], [False, False, True]]
    assert read == [one.id for one in rows]


def test_only_readable_open_incident_is_current(store: Store) -> None:
    store.journal.database.rows("UPDATE incidents SET live = 0 WHERE number = 3")
    assert store.select().title == "two"
