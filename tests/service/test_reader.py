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
def library(tmp_path: Path) -> Store:
    """Return a library of three incidents, of which the first is damaged."""
    library = House(tmp_path).library()
    first, *_ = [library.declare(title, "SEV2").record.id for title in ("one", "two", "three")]
    library.journal.database.rows("DROP TRIGGER events_are_never_changed")
    library.journal.database.rows("UPDATE events SET line = x'7b' WHERE seq = 4 AND incident = ?", (first,))
    return library


def test_the_damaged_one_is_named_and_the_others_are_read(library: Store) -> None:
    assert [bool(one.unreadable) for one in library.overview()] == [False, False, True]
    three, two, one = library.incidents()
    with pytest.raises(Unreadable, match="INC-1 cannot be read") as refused:
        library.session(one.id)
    assert "incident remove 1" in refused.value.what_to_do
    library.session(two.id).act("note", {"text": "goes on"})
    library.session(three.id).act("channel", {"name": "#inc-three"})


def test_the_list_reads_a_bounded_number_of_events_and_goes_on_with_the_next_call(
    library: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.journal.database.rows("UPDATE incidents SET live = 0, triage = 'false alarm', ended = updated")
    rows = library.incidents()
    monkeypatch.setattr(overview, "_EVENTS_LOOKED_AT", rows[0].seq)
    read: list[str] = []
    load = Journal.load
    monkeypatch.setattr(Journal, "load", lambda journal, incident: (read.append(incident), load(journal, incident))[1])
    marks = [[bool(one.unreadable) for one in library.overview()] for _ in range(3)]
    assert marks == [[False, False, False], [False, False, False], [False, False, True]]
    assert read == [one.id for one in rows]


def test_of_several_open_incidents_the_only_one_that_can_be_read_is_meant(library: Store) -> None:
    library.journal.database.rows("UPDATE incidents SET live = 0 WHERE number = 3")
    assert library.meant().title == "two"
