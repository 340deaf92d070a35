"""The list in its three groups: what each incident owes, what of it is late, and nothing read twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueItem, due_items
from incident_cockpit.journal import read
from incident_cockpit.journal.database import Database
from incident_cockpit.plan.schema import Plan
from incident_cockpit.service import overview
from incident_cockpit.service.overview import Group, Overview, grouped, lateness, open_repair, owed, with_late
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from support.naming import naming
from support.shared_store import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


@pytest.fixture
def store(house: House) -> Store:
    return house.store()


def over(session: Session, *, closed: bool = True) -> Session:
    session.act("resolve", {"verified": "5xx at baseline"})
    if closed:
        session.act("close", {"reason": "a drill"})
    return session


def row(store: Store, session: Session) -> Overview:
    return next(one for one in store.overview() if one.listed.id == session.record.id)


def test_every_incident_is_in_one_of_three_groups(store: Store) -> None:
    closed = over(store.declare("Mail is late", "SEV3"))
    resolved = over(store.declare("Search is slow", "SEV3"), closed=False)
    live, waiting = store.declare("Checkout fails", "SEV2"), store.report("Maps look wrong")
    false = store.report("Alert on a test machine")
    false.act("dismiss", {"reason": "a load test"})
    same = store.report("Checkout fails again")
    same.act("duplicate", {"of": live.record.incident.name, "reason": ""})
    found = {group: [one.listed.id for one in members] for group, members in grouped(store.overview())}
    assert found == {
        Group.OPEN: [waiting.record.id, live.record.id],
        Group.RESOLVED: [resolved.record.id],
        Group.CLOSED: [same.record.id, false.record.id, closed.record.id],
    }


def test_a_resolved_incident_says_what_is_late_and_what_is_next(house: House, store: Store) -> None:
    session = over(store.declare("Checkout fails", "SEV2"), closed=False)
    soon = row(store, session).next_due(house.clock.now())
    assert soon is not None
    assert not row(store, session).late(house.clock.now())
    house.clock.forward(hours=2)
    now = house.clock.now()
    found = row(store, session)
    late = found.late(now)
    assert late[0] == soon.at
    assert lateness(late[:1], now) == naming("1 late", "1h30m")
    assert lateness((late[0], now), now) == "2 late, worst 1h30m"
    later = found.next_due(now)
    assert later is not None
    assert later.at > now, "what is late is counted, what comes next is named"


def test_what_is_due_in_this_very_second_is_not_late_yet(house: House, store: Store) -> None:
    session = store.declare("Checkout fails", "SEV1")
    soon = row(store, session).due[0]
    house.clock.forward(seconds=(soon.at - house.clock.now()).total_seconds())
    assert not row(store, session).late(house.clock.now())
    house.clock.forward(seconds=1)
    assert row(store, session).late(house.clock.now())[0] == soon.at


@pytest.mark.parametrize("dismissed", [False, True])
def test_closed_incident_owes_only_late_follow_ups(house: House, store: Store, dismissed: bool) -> None:
    session = store.declare("Checkout fails", "SEV2") if not dismissed else store.report("Alert on a test machine")
    for text in ("Cache limit", "Alert on lag"):
        session.act("follow-up", {"text": text})
    session.act("follow-up-due", {"follow_up": "Cache", "due": "in 1d"})
    session.act("ask", {"who": "Raj", "within": "10m", "text": "lag?"})
    if dismissed:
        session.act("dismiss", {"reason": "a load test"})
    else:
        over(session)
    house.clock.forward(hours=23)
    assert owed(row(store, session), house.clock.now()) == ""
    house.clock.forward(hours=3)
    assert owed(row(store, session), house.clock.now()) == "1 follow-up late by 2h"
    session.act("follow-up-done", {"follow_up": "Cache"})
    assert owed(row(store, session), house.clock.now()) == ""
    session.act("undo", {})
    assert owed(row(store, session), house.clock.now()), "taken back, it is open again"


def test_a_false_alarm_says_what_is_to_be_repaired(store: Store) -> None:
    session = store.report("Alert on a test machine")
    session.act("dismiss", {"reason": "a load test"})
    assert "open follow-up: " in open_repair(row(store, session))
    session.act("follow-up-done", {"follow_up": next(iter(session.record.incident.followups))})
    assert open_repair(row(store, session)) == ""


def test_closing_reopening_and_taking_back_are_followed(store: Store) -> None:
    session = over(store.declare("Checkout fails", "SEV2"))
    assert row(store, session).group is Group.CLOSED
    session.act("undo", {})
    assert row(store, session).group is Group.RESOLVED
    session.act("close", {"reason": "a drill"})
    session.act("phase", {"phase": "investigating", "reason": "errors are back"})
    assert row(store, session).group is Group.OPEN
    over(session)
    assert row(store, session).group is Group.CLOSED


def test_plan_without_a_closing_phase_closes_at_resolution(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = store.plan()
    phases = tuple(phase for phase in plan.phases if phase.milestone != "closed")

    def without(_name: str | None = None) -> Plan:
        from msgspec.structs import replace

        return replace(plan, phases=phases, closing=())

    monkeypatch.setattr(store, "plan", without)
    session = over(store.declare("Checkout fails", "SEV2"), closed=False)
    assert row(store, session).group is Group.CLOSED
    assert store.unclosed() == []


def test_only_what_was_written_since_is_read_again(house: House, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = store.declare("Checkout fails", "SEV2"), store.declare("Search is slow", "SEV3")
    over(store.declare("Mail is late", "SEV3"))
    before = store.overview()
    reads: list[tuple[str, int]] = []

    def counted(database: Database, record: Record) -> bool:
        reads.append((record.id, record.seq))
        return catch_up(database, record)

    catch_up = read.catch_up
    monkeypatch.setattr(read, "catch_up", counted)
    assert store.overview() == before
    assert reads == []
    second.act("ask", {"who": "Raj", "within": "10m", "text": "lag?"})
    known = second.record.seq - 1
    reads.clear()
    after = store.overview()
    assert reads == [(second.record.id, known)]
    house.clock.forward(minutes=11)
    [(named, times)] = with_late([one for one in after if one.listed.id == second.record.id], house.clock.now())
    assert (named.id, times[-1]) == (second.record.id, house.clock.now() - timedelta(minutes=1))
    assert first.record.id not in {one.listed.id for one in store.others(first.record.id)}


def test_overview_follows_a_replaced_store(house: House, store: Store) -> None:
    session = store.declare("Checkout fails", "SEV2")
    older = house.places.store.read_bytes()
    before = row(store, session)
    session.act("ask", {"who": "Raj", "within": "10m", "text": "lag?"})
    assert len(row(store, session).due) == len(before.due) + 1
    house.places.store.write_bytes(older)
    assert row(store, session) == before


def test_impossible_incident_does_not_hide_the_others(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = store.declare("Checkout fails", "SEV2"), store.declare("Search is slow", "SEV3")

    def due(incident: Incident) -> Sequence[DueItem]:
        if incident.title == "Checkout fails":
            raise KeyError("gone")
        return due_items(incident)

    monkeypatch.setattr(overview, "due_items", due)
    with pytest.raises(KeyError):
        store.overview()
    monkeypatch.setattr(overview, "faults", lambda _record: [(3, "its plan has no phase")])
    assert row(store, broken).unreadable == "event 3, its plan has no phase"
    assert not row(store, whole).unreadable


def test_an_incident_that_cannot_be_read_stays_in_the_list(house: House, store: Store) -> None:
    broken, whole = store.declare("Checkout fails", "SEV2"), store.declare("Search is slow", "SEV3")
    database = sqlite3.connect(house.places.store)
    database.execute("DROP TRIGGER events_are_never_changed")
    database.execute("UPDATE events SET line = x'7b' WHERE incident = ? AND seq = 3", (broken.record.id,))
    database.commit()
    database.close()
    assert row(store, broken).unreadable
    assert row(store, broken).group is Group.OPEN
    assert not row(store, whole).unreadable
