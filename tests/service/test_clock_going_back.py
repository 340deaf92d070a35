"""A clock that goes back: it stops nobody, the order of the record holds, and no age or countdown turns negative."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.cli.views.status import summary
from incident_cockpit.documents.handoff_brief import HANDOFF_BRIEF
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.documents.situation import SITUATION
from incident_cockpit.documents.timeline import TIMELINE
from incident_cockpit.documents.update import compose_update
from incident_cockpit.errors import Refused
from incident_cockpit.incident.codec import encode
from incident_cockpit.incident.facts.clock import ClockWentBack
from incident_cockpit.incident.facts.notes import CommandRun
from incident_cockpit.incident.facts.steps import Status
from incident_cockpit.incident.views.clocks import unmet_gates
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.metrics import metrics
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.journal.transfer import export_lines, import_lines
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from incident_cockpit.times.business_calendar import Within
from incident_cockpit.times.format import countdown
from support.shared_store import START, House

ACTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("note", {"text": "5xx at 8%"}),
    ("action", {"text": "rolled back"}),
    ("effect", {"action": "rolled back", "outcome": "helped"}),
    ("decide", {"text": "fail over", "why": "no other way", "revisit": "30m"}),
    ("hypothesis", {"text": "bad deploy"}),
    ("confirm", {"hypothesis": "bad deploy", "evidence": "it began with it"}),
    ("tick", {"step": "s1"}),
    ("timebox", {"step": "s2", "within": "10m"}),
    ("assign", {"role": "scribe", "who": "Mio"}),
    ("ask", {"who": "Raj", "within": "10m", "text": "replica lag"}),
    ("answer", {"ask": "Raj", "answer": "none"}),
    ("timer", {"within": "5m", "text": "look again"}),
    ("need", {"text": "a DBA"}),
    ("need-met", {"need": "a DBA"}),
    ("severity", {"severity": "SEV1", "reason": "all of EU"}),
    ("severity", {"severity": "SEV2", "reason": "less"}),
    ("impact", {"impact": "checkout fails"}),
    ("system", {"system": "checkout", "health": "degraded"}),
    ("sent", {"audience": "internal", "route": "by hand", "text": "we are looking"}),
    ("escalate", {"who": "Kim", "reason": "beyond us"}),
    ("handoff", {"who": "Raj"}),
    ("keep-command", {}),
    ("phase", {"phase": "monitoring", "reason": "calm"}),
    ("phase", {"phase": "investigating", "reason": "it is back"}),
    ("resolve", {"verified": "5xx at baseline"}),
    ("mark", {"name": "detected"}),
    ("review-held", {}),
    ("close", {"reason": "enough"}),
    ("undo", {}),
    ("redo", {}),
)
NEGATIVE = re.compile(r"T-\d|(?<![\w-])-\d+[smhd]\b|in -|late -")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


@pytest.fixture
def session(house: House) -> Session:
    return house.store().declare("Checkout fails", "SEV2")


def steps_back(session: Session) -> list[ClockWentBack]:
    return [event.fact for event in session.record.events if isinstance(event.fact, ClockWentBack)]


def read_aloud(session: Session, house: House) -> str:
    """Return everything that tells times, as of now."""
    record, now, zone = session.record, house.clock.now(), session.zone
    texts = [
        *summary(record, now),
        POSTMORTEM.text(record, now, zone),
        TIMELINE.text(record, now, zone),
        SITUATION.text(record, now, zone),
    ]
    texts += [HANDOFF_BRIEF.text(record, now, zone), compose_update(record, "internal", now, zone).text]
    return "\n".join(texts)


@pytest.mark.parametrize(("name", "values"), ACTS, ids=[f"{number}-{name}" for number, (name, _) in enumerate(ACTS)])
def test_a_clock_that_steps_back_stops_no_act(
    house: House, session: Session, name: str, values: dict[str, object]
) -> None:
    needed = {"effect": 1, "confirm": 4, "answer": 9, "need-met": 12, "keep-command": 20, "redo": 28, "close": 24}
    needed |= {"undo": 0}
    for place in (0, needed[name]) if name in needed else (0,):
        session.act(*ACTS[place])
    if values.get("severity") == "SEV2" or values.get("phase") == "investigating":
        session.act(*ACTS[ACTS.index((name, values)) - 1])
    house.clock.set_back(seconds=3)
    done = session.act(name, values)
    assert done.own
    assert {event.happened for event in done.own} == {house.clock.now()}
    assert len(steps_back(session)) == 1


def test_one_entry_says_that_the_clock_went_back(house: House, session: Session) -> None:
    house.clock.set_back(seconds=3)
    session.act("note", {"text": "one"})
    house.clock.forward(seconds=1)
    session.act("note", {"text": "two"})
    [step] = steps_back(session)
    assert (step.before, step.now) == (START, START - timedelta(seconds=3))
    [line] = [line for line in timeline_entries(session.record) if "clock went back" in line.text]
    assert "3s" in line.text
    # Another step is another entry, also while the clock has not caught up with the record.
    house.clock.set_back(seconds=1)
    session.act("note", {"text": "three"})
    house.clock.forward(minutes=10)
    session.act("note", {"text": "four"})
    house.clock.set_back(minutes=2)
    session.act("note", {"text": "five"})
    assert [step.before - step.now for step in steps_back(session)] == [timedelta(seconds=s) for s in (3, 1, 120)]


def test_only_the_recorded_time_never_goes_back(house: House, session: Session) -> None:
    house.clock.set_back(seconds=3)
    session.act("note", {"text": "one"})
    house.clock.forward(seconds=5)
    session.act("note", {"text": "two"})
    first, _, second = session.record.events[-3:]
    assert (first.happened, first.recorded) == (START - timedelta(seconds=3), START)
    assert second.happened == second.recorded == START + timedelta(seconds=2)


def test_the_entry_about_the_clock_is_no_part_of_what_is_undone(house: House, session: Session) -> None:
    house.clock.set_back(seconds=3)
    session.act("note", {"text": "one"})
    session.act("undo", {})
    assert "one" not in [line.text for line in timeline_entries(session.record)]
    session.act("redo", {})
    assert "one" in [line.text for line in timeline_entries(session.record)]
    assert len(steps_back(session)) == 1


def test_typed_future_time_is_refused_after_the_clock_went_back(house: House, session: Session) -> None:
    house.clock.set_back(seconds=3)
    with pytest.raises(Refused):
        session.act("note", {"text": "x"}, when=house.clock.now() + timedelta(minutes=3))


def test_a_command_that_ran_while_the_clock_went_back_is_kept(house: House, session: Session) -> None:
    house.clock.forward(minutes=10)
    began = house.clock.now()
    house.clock.set_back(hours=1)
    session.act("ran", {"run": CommandRun("kubectl get pods", 0, 2.0, "", "out.txt", 10)}, began)
    assert session.record.incident.commands


def test_an_update_that_was_sent_is_not_asked_for_again(house: House, session: Session) -> None:
    plan = session.record.incident.plan
    told = Deadline(
        id="tell", kind=DeadlineKind.DEADLINE, text="Tell them", start="declared", within=Within("10m", seconds=600),
        met_by="update internal",
    )  # fmt: skip
    session._load_plan = lambda _name: replace(plan, name="ours", deadlines=(told,))  # type: ignore[assignment]
    session.act("adopt-plan", {"plan": "ours"})
    assert "clock:tell" in [item.key for item in due_items(session.record.incident)]
    house.clock.set_back(seconds=3)
    session.act("sent", {"audience": "internal", "route": "by hand", "text": "we are looking"})
    assert "clock:tell" not in [item.key for item in due_items(session.record.incident)]


def test_a_gate_of_the_end_is_met_after_a_clock_went_back(house: House, session: Session) -> None:
    session.act("resolve", {"verified": "5xx at baseline"})
    house.clock.forward(minutes=1)
    session.act("phase", {"phase": "investigating", "reason": "it is back"})
    session.act("resolve", {"verified": "5xx at baseline"})
    gate = next(gate for gate in unmet_gates(session.record.incident) if gate.met_by.startswith("done "))
    house.clock.set_back(minutes=1)
    session.act("complete", {"item": gate.completion_mark})
    assert gate not in unmet_gates(session.record.incident)


def test_machine_with_a_late_clock_works_on_an_import(house: House, tmp_path: Path) -> None:
    there = house.store().declare("Checkout fails", "SEV2")
    data = list(export_lines(house.store().journal, there.record.id))
    other = House(tmp_path / "other")
    other.clock.set_back(minutes=3)
    other.store()  # Takes the ids that the first machine took.
    store = other.store("Raj")
    here = store.session(import_lines(store.journal, data).id)
    now = other.clock.now()
    for name, values in (("note", {"text": "x"}), ("tick", {"step": "s1"}), ("timer", {"within": "5m", "text": "y"})):
        here.act(name, values)
    assert here.record.incident.steps.status("r1.s1") is Status.DONE
    [timer] = [item for item in due_items(here.record.incident) if item.text == "y"]
    assert countdown(timer.at, now) == "in 5m"
    assert [step.before - step.now for step in steps_back(here)] == [timedelta(minutes=3)]
    assert not NEGATIVE.search(read_aloud(here, other))
    # What was recorded on the spot is no fact from before the incident, whatever the clock says.
    assert not any(line.early or line.recorded for line in timeline_entries(here.record))
    assert store.journal.verify() == []
    other.close()


def test_a_race_for_the_lock_is_no_clock_that_went_back(house: House, session: Session) -> None:
    """Whoever waits for the lock has read the clock before those who wrote meanwhile."""
    waiting = house.store("Raj").session(session.record.id)
    readings = iter([START, START + timedelta(seconds=9)])
    waiting._clock = type("Waited", (), {"now": lambda _self: next(readings)})()  # type: ignore[assignment]
    house.clock.forward(seconds=4)
    session.act("note", {"text": "quicker"})
    waiting.act("note", {"text": "slower"})
    assert steps_back(waiting) == []
    assert all(one.recorded <= two.recorded for one, two in pairwise(waiting.record.events))


shifts = st.one_of(
    st.integers(-10, 30), st.integers(-7_200, 7_200), st.sampled_from([-1, 0, 1, -86_400 * 400, 86_400 * 400])
)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(shifts, st.integers(0, len(ACTS) - 1)), min_size=1, max_size=14))
def test_no_sequence_of_clock_readings_changes_what_can_be_done(told: list[tuple[int, int]]) -> None:
    """The same acts are taken as on a clock that only goes forward, and the record holds."""
    with TemporaryDirectory() as folder:
        steady, stepping = House(Path(folder) / "steady"), House(Path(folder) / "stepping")
        one, other = (house.store().declare("Checkout fails", "SEV2") for house in (steady, stepping))
        expected, clocked = 0, START
        for shift, place in told:
            steady.clock.forward(seconds=1)
            stepping.clock.forward(seconds=shift)
            taken = attempt(one, place)
            assert attempt(other, place) == taken, ACTS[place]
            if taken:
                expected += stepping.clock.now() <= clocked - timedelta(seconds=1)
                clocked = stepping.clock.now()
        assert len(steps_back(other)) == expected
        assert all(before.recorded <= after.recorded for before, after in pairwise(other.record.events))
        assert not NEGATIVE.search(read_aloud(other, stepping))
        assert all(one.value is None or one.value >= timedelta(0) for one in metrics(other.record.incident))
        check_store(stepping.store(), other, Path(folder))
        steady.close()
        stepping.close()


def attempt(session: Session, place: int) -> bool:
    """Return whether an act was taken."""
    try:
        return bool(session.act(*ACTS[place]).own)
    except Refused:
        return False


def check_store(store: Store, session: Session, folder: Path) -> None:
    """Check that the store is whole and that the incident goes to another store and comes out as it was."""
    assert store.journal.verify() == []
    data = list(export_lines(store.journal, session.record.id))
    third = House(folder / "third")
    journal = third.store().journal
    brought = import_lines(journal, data)
    assert [encode(event) for event in brought.events] == [encode(event) for event in session.record.events]
    assert list(export_lines(journal, brought.id)) == data
    assert journal.verify() == []
    third.close()
