"""A store replaced under one at work: what is said, what comes back, and what stays as others changed it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from incident_cockpit.errors import NotFound, Refused, StoreError
from incident_cockpit.incident.event import PendingFact
from incident_cockpit.incident.facts.notes import Logged, Note, NoteKind
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.service.session import Session
from support.shared_store import START, House

RUNBOOK = "# Payments\n\n- [ ] Look at the queue\n- [ ] Page the vendor\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


@pytest.fixture
def session(house: House) -> Session:
    return house.store().declare("Checkout fails", "SEV2", runbook="")


def older(house: House) -> bytes:
    return house.places.store.read_bytes()


def told(session: Session) -> list[str]:
    return [f"{line.sort} {line.text}" for line in timeline_entries(session.record)]


def test_what_was_lost_is_said_with_the_line_that_found_out(house: House, session: Session) -> None:
    copy = older(house)
    session.act("note", {"text": "one"})
    session.act("note", {"text": "two"})
    house.places.store.write_bytes(copy)
    done = session.act("note", {"text": "after"})
    assert done.replaced is not None
    assert done.replaced.lacks == 2
    assert done.warning
    assert session.act("note", {"text": "and on"}).replaced is None
    assert told(session)[-2:] == ["note after", "note and on"]


def test_replacement_is_reported_once_with_the_new_events(house: House, session: Session) -> None:
    other = house.store("Raj")
    theirs = other.session(session.record.id)
    copy = older(house)
    session.act("note", {"text": "lost"})
    assert len(theirs.refresh()) == 1
    house.places.store.write_bytes(copy)
    assert theirs.refresh() == ()
    replaced = theirs.replacement()
    assert replaced is not None
    assert replaced.lacks == 1
    assert theirs.replacement() is None
    session.act("note", {"text": "after"})
    assert [event.who for event in theirs.refresh()] == ["Ana"]
    assert theirs.replacement() is None
    assert told(theirs) == told(session)


def test_a_refusal_on_a_replaced_store_still_lets_it_be_said(house: House, session: Session) -> None:
    copy = older(house)
    session.act("timer", {"within": "10m", "text": "check"})
    house.places.store.write_bytes(copy)
    with pytest.raises(Refused):
        session.act("finish-timer", {"timer": "check"})
    session.refresh()
    assert session.replacement() is not None


def test_a_fresh_program_is_told_by_the_rescue_copy(house: House, session: Session) -> None:
    copy = older(house)
    session.act("note", {"text": "lost"})
    house.close()
    house.places.store.write_bytes(copy)
    fresh = house.store().session(session.record.id)
    done = fresh.act("note", {"text": "after"})
    assert done.replaced is not None
    assert done.replaced.lacks == 1
    house.close()
    again = house.store().session(session.record.id)
    found = again.lacking()
    assert found is not None
    assert found.lacks == 1
    assert again.lacking() is None


def test_put_back_restores_everything_when_nothing_is_newer(house: House, session: Session) -> None:
    copy = older(house)
    runbook = house.places.data / "payments.md"
    runbook.write_text(RUNBOOK)
    session.act("attach", {"runbook": str(runbook), "rule": ""})
    session.act("tick", {"step": "s1"})
    session.act("severity", {"severity": "SEV1", "reason": "all of EU"})
    session.act("ask", {"who": "Raj", "within": "10m", "text": "replica lag?"})
    session.act("hypothesis", {"text": "bad deploy"})
    session.act("decide", {"text": "Roll back", "why": "errors"})
    session.act("undo", {})
    session.act("note", {"text": "5xx at 8%"})
    before, facts = session.record.incident, [event.fact for event in session.record.events]
    house.places.store.write_bytes(copy)
    house.clock.forward(minutes=5)
    done = session.put_back()
    assert len(done.own) == 1
    assert [event.fact for event in session.record.events[:-1]] == facts
    after = session.record.incident
    for name in ("severities", "asks", "hypotheses", "steps", "decisions", "crew", "milestones"):
        assert getattr(after, name) == getattr(before, name), name
    assert session.source(next(iter(after.steps.runbooks.values()))) == RUNBOOK.encode()
    assert all(
        line.put_back == house.clock.now() for line in timeline_entries(session.record) if line.text == "5xx at 8%"
    )


def test_put_back_events_keep_their_references(house: House, session: Session) -> None:
    copy = older(house)
    runbook = house.places.data / "payments.md"
    runbook.write_text(RUNBOOK)
    session.act("attach", {"runbook": str(runbook), "rule": ""})
    session.act("tick", {"step": "s1"})
    session.act("action", {"text": "rolled back"})
    session.act("effect", {"action": "rolled back", "outcome": "helped", "evidence": "5xx gone"})
    session.act("ask", {"who": "Raj", "within": "10m", "text": "replica lag?"})
    session.act("hypothesis", {"text": "bad deploy"})
    session.act("note", {"text": "5xx at 8%"})
    number = session.record.seq
    session.act("supports", {"hypothesis": "bad deploy", "text": f"#{number}"})
    session.act("pin", {"entry": f"#{number}", "link": "https://example.org/graph"})
    house.places.store.write_bytes(copy)
    for word in ("a", "b"):
        session.act("note", {"text": word})
    session.act("action", {"text": "drained node 4"})
    session.act("ask", {"who": "Kim", "within": "10m", "text": "who deployed?"})
    session.act("hypothesis", {"text": "pool exhausted"})
    session.put_back()
    incident = session.record.incident
    assert sorted(ask.who for ask in incident.asks.values()) == ["Kim", "Raj"]
    assert {one.text for one in incident.hypotheses.values()} == {"bad deploy", "pool exhausted"}
    assert {note.text for note in incident.notes.actions.values()} == {"drained node 4", "rolled back"}
    [(key, effect)] = incident.effects.items()
    assert (incident.notes.actions[key].text, effect.found) == ("rolled back", "5xx gone")
    [runbook_id] = incident.steps.runbooks
    assert [step.partition(".")[0] for step in incident.steps.marks] == [runbook_id]
    [bad] = [one for one in incident.hypotheses.values() if one.text == "bad deploy"]
    [evidence] = bad.evidence
    assert evidence.line is not None
    [(line, _)] = incident.attachments.items()
    for seq in (evidence.line, line):
        assert "5xx at 8%" in [said.text for said in timeline_entries(session.record) if said.seq == seq]
    # What is done next is about new things.
    session.act("ask", {"who": "Lee", "within": "10m", "text": "logs?"})
    assert len(session.record.incident.asks) == 3
    assert house.store().journal.verify() == []


def test_put_back_keeps_newer_changes_of_others(house: House, session: Session) -> None:
    copy = older(house)
    session.act("severity", {"severity": "SEV3", "reason": "only staging"})
    session.act("impact", {"impact": "nobody"})
    session.act("note", {"text": "lost"})
    house.places.store.write_bytes(copy)
    session.act("severity", {"severity": "SEV1", "reason": "all of EU"})
    session.put_back()
    incident = session.record.incident
    assert incident.severity is not None
    assert incident.severity.value == "SEV1"
    assert incident.impact is not None
    assert incident.impact.value == "nobody"
    assert any(line.startswith("note severity: ") and "only staging" in line for line in told(session))
    assert session.replacement() is None


def test_put_back_after_a_plan_switch_keeps_the_new_plan(house: House, session: Session) -> None:
    copy = older(house)
    session.act("assign", {"role": "scribe", "who": "Mio"})
    session.act("note", {"text": "lost"})
    house.places.store.write_bytes(copy)
    plan = house.places.data / "ours.toml"
    plan.write_text('extends = "default"\nid = "ours"\nname = "Ours"\nabout = "Ours."\n')
    session.act("adopt-plan", {"plan": str(plan)})
    roles = session.record.incident.roles
    session.put_back()
    assert session.record.incident.roles == roles
    assert any("Mio" in line for line in told(session))


def test_open_session_restores_an_incident_that_is_gone(house: House, session: Session) -> None:
    other = house.store("Raj")
    session.act("note", {"text": "one"})
    full = older(house)
    house.close()
    house.places.store.unlink()
    for copy in house.places.rescue.iterdir():
        copy.rename(copy.with_suffix(".kept"))
    house.store().declare("Another", "SEV3")
    empty = older(house)
    house.places.store.write_bytes(full)
    for copy in house.places.rescue.glob("*.kept"):
        copy.rename(copy.with_suffix(".jsonl"))
    held = other.session(session.record.id)
    house.places.store.write_bytes(empty)
    with pytest.raises(StoreError):
        held.act("note", {"text": "nowhere"})
    held.put_back()
    assert (held.record.incident.title, held.record.incident.name) == ("Checkout fails", "INC-2")
    held.act("note", {"text": "goes on"})
    assert told(held)[-1] == "note goes on"


def test_an_incident_is_named_for_putting_back_by_number_or_id(house: House, session: Session) -> None:
    journal = house.store().journal
    [number] = [one.number for one in journal.incidents()]
    store = house.store()
    copy = older(house)
    session.act("note", {"text": "one"})
    house.places.store.write_bytes(copy)
    assert store.to_put_back(str(number)).put_back().own
    with pytest.raises(NotFound):
        store.to_put_back("999")


# What a write costs


def steps_of_a_note(session: Session) -> int:
    steps: list[int] = []
    connection = session._journal.database.connection
    connection.set_progress_handler(lambda: steps.append(1), 1)
    session.act("note", {"text": "one"})
    connection.set_progress_handler(None, 0)
    return len(steps)


def test_cost_of_a_note_does_not_grow_with_the_store(house: House) -> None:
    store = house.store()
    other, session = store.declare("Other", "SEV3"), store.declare("Checkout fails", "SEV2")
    few = steps_of_a_note(session)
    other._journal.append(
        other.record, lambda record: [_logged(record.seq + 1 + place) for place in range(20_000)], who="Ana", now=START
    )
    assert steps_of_a_note(session) == few


def test_cost_of_finding_an_incident_does_not_grow_with_the_store(house: House) -> None:
    store = house.store()
    first = store.declare("Checkout fails", "SEV2")
    connection = store.journal.database.connection
    counts = []
    for _ in range(2):
        steps: list[int] = []
        connection.set_progress_handler(lambda steps=steps: steps.append(1), 1)
        assert store.journal.find("1").id == store.journal.find(first.record.id).id == first.record.id
        connection.set_progress_handler(None, 0)
        counts.append(len(steps))
        for _ in range(30):
            store.declare("Another", "SEV3", runbook="")
    # A step more where the next id is looked at.
    assert counts[1] <= counts[0] + 1


def _logged(seq: int) -> PendingFact:
    return PendingFact(Logged(note=f"n{seq}", now=Note(NoteKind.NOTE, "x", START, "Ana"), was=None))
