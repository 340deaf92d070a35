"""Reports and declarations on a real store: what comes along from files and plan, and names nobody else has."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.incident.declare import Declaration
from incident_cockpit.incident.record import Record
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from support.refusals import refuses
from support.shared_store import START, House

PLAN = """
extends = "default"
id = "ours"
name = "Ours"
runbook = "look"

[triage]
first = true
validate_within = "15m"

[channel]
name = "incident-{date}"

[[participants]]
who = "Support"

[[types]]
id = "breach"
name = "Data breach"
steps = ["Keep what shows it"]
runbook = "breach"
aware = true

[[reporters]]
id = "customer"
name = "Customer"
route = "support desk"
"""
LOOK, BREACH = b"# Look\n\n- [ ] Look at it\n", b"# Breach\n\n- [ ] Call the officer\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.places.plans.mkdir(parents=True)
    (made.places.plans / "ours.toml").write_text(PLAN)
    made.places.runbooks.mkdir(parents=True)
    (made.places.runbooks / "look.md").write_bytes(LOOK)
    (made.places.runbooks / "breach.md").write_bytes(BREACH)
    yield made
    made.close()


@pytest.fixture
def store(house: House) -> Store:
    return house.store()


@pytest.fixture
def reported(store: Store) -> Session:
    return store.report("Somebody lists our customers", by="Jo", sort="cust", plan="ours")


def titles(session: Session) -> list[str]:
    return [book.title for book in session.record.incident.steps.runbooks.values()]


def test_a_report_is_kept_with_its_runbook(store: Store, reported: Session) -> None:
    report = reported.record.incident.report
    assert report is not None
    assert (report.who, report.sort, report.via) == ("Jo", "customer", "support desk")
    assert titles(reported) == ["Look"]
    assert store.journal.document(sha256(LOOK).hexdigest()) == LOOK
    [row] = store.incidents(live_only=True)
    assert (row.triage, row.standing, row.severity, row.phase, row.commander) == (
        "in triage",
        "in triage",
        None,
        None,
        "",
    )
    assert store.journal.verify() == []


def test_whoever_speaks_reports_where_nobody_else_is_named(store: Store) -> None:
    report = store.report("x", plan="ours", text="first line\nsecond \x1b[31mline").record.incident.report
    assert report is not None
    assert (report.who, report.text) == ("Ana", "first line\nsecond line")


@pytest.mark.parametrize(
    ("said", "says"),
    [({"sort": "martian"}, "martian"), ({"plan": "nowhere"}, "nowhere"), ({"runbook": "nowhere"}, "nowhere")],
)
def test_wrong_value_makes_no_report(store: Store, said: dict[str, str], says: str) -> None:
    with pytest.raises(Refused, match=says):
        store.report("x", **{"plan": "ours", **said})
    assert store.incidents() == []


def test_declare_attaches_the_runbooks_of_the_plan(store: Store, reported: Session) -> None:
    done = reported.declare(Declaration("1", "all of them", ("breach",)))
    assert done.warning == ""
    assert titles(reported) == ["Look", "Data breach: first steps", "Breach"]
    books = list(reported.record.incident.steps.runbooks.values())
    assert all(store.journal.document(book.sha256) for book in books)
    assert reported.record.incident.milestones["aware"] == START
    [row] = store.incidents()
    assert (row.triage, row.standing, row.severity) == (None, "investigating", "SEV1")
    assert store.journal.verify() == []


def test_the_action_does_the_same_and_the_type_brings_its_own(reported: Session) -> None:
    reported.act("declare", {"severity": "2", "why": "some of them"})
    assert titles(reported) == ["Look"]
    reported.act("type", {"type": "breach"})
    assert titles(reported) == ["Look", "Data breach: first steps", "Breach"]
    reported.act("undo", {})
    assert titles(reported) == ["Look"]


def test_a_runbook_that_only_the_plan_names_holds_nothing_up(house: House, reported: Session) -> None:
    (house.places.runbooks / "breach.md").unlink()
    done = reported.declare(Declaration("1", types=("breach",)))
    assert reported.record.incident.declared
    assert "runbook breach" in done.warning
    (house.places.runbooks / "look.md").unlink()
    made = house.store().declare("x", "SEV1", plan="ours")
    assert "runbook look" in made.warning
    assert house.store().report("y", plan="ours").warning == made.warning


def test_one_that_somebody_chose_has_to_be_there(store: Store, reported: Session) -> None:
    before = reported.record.seq
    with pytest.raises(NotFound, match="nowhere"):
        reported.declare(Declaration("1"), runbook="nowhere")
    assert reported.record.seq == before
    reported.declare(Declaration("1"), runbook="breach")
    assert titles(reported) == ["Look", "Breach"]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (Declaration("SEV9"), "SEV9"),
        (Declaration("1", types=("flood",)), "flood"),
        (Declaration("1", found_by="chance"), "chance"),
    ],
)
def test_a_wrong_word_declares_nothing(reported: Session, said: Declaration, says: str) -> None:
    before = reported.record.seq
    with pytest.raises(Refused, match=says):
        reported.declare(said)
    assert reported.record.seq == before


def test_no_two_incidents_have_one_channel(house: House, store: Store, reported: Session) -> None:
    def channel(session: Session) -> str:
        return session.record.incident.meeting.channel

    first = store.declare("one", "SEV1", plan="ours")
    other = house.store("Raj").declare("two", "SEV1", plan="ours")
    reported.act("declare", {"severity": "1"})
    assert [channel(one) for one in (first, other, reported)] == [
        "incident-2026-11-20", "incident-2026-11-20-2", "incident-2026-11-20-3",
    ]  # fmt: skip
    # A chat keeps the name of a channel that was left.
    first.act("channel", {"name": "war-room"})
    assert channel(store.declare("three", "SEV1", plan="ours")) == "incident-2026-11-20-4"


def test_the_name_is_chosen_when_it_is_kept(
    house: House, store: Store, reported: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process declares in the moment between the question and the lock."""
    other = house.store("Raj")
    append = type(store.journal).append

    def late(journal: object, record: Record, decide: object, **rest: object) -> object:
        monkeypatch.undo()
        other.declare("two", "SEV1", plan="ours")
        return append(journal, record, decide, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store.journal), "append", late)
    reported.act("declare", {"severity": "1"})
    assert reported.record.incident.meeting.channel == "incident-2026-11-20-2"


class TestDuplicate:
    """The other incident has to be there, and somebody has to be at work on it."""

    @pytest.fixture
    def other(self, store: Store, reported: Session) -> Session:
        return store.declare("Our customers are listed", "SEV1", plan="ours")

    @pytest.mark.parametrize("word", ["2", "INC-2", "#2", "customers are"])
    def test_it_is_named_in_any_way(self, store: Store, reported: Session, other: Session, word: str) -> None:
        reported.act("duplicate", {"of": word, "reason": "the same list"})
        report = reported.record.incident.report
        assert report is not None
        assert report.same_as == "INC-2"
        assert [row.standing for row in store.incidents()] == ["investigating", "duplicate"]

    def test_one_that_is_not_there(self, reported: Session) -> None:
        with pytest.raises(NotFound, match="9"):
            reported.act("duplicate", {"of": "9"})
        with refuses("of"):
            reported.act("duplicate", {"of": ""})
        with refuses():
            reported.act("duplicate", {"of": "1"})
        assert reported.record.incident.triage == "in triage"

    def test_two_are_never_each_other_s(self, reported: Session, other: Session) -> None:
        reported.act("duplicate", {"of": "2"})
        with pytest.raises(Refused, match="duplicate of INC-2") as refused:
            other.act("duplicate", {"of": "1"})
        assert "INC-2" in refused.value.what_to_do


def test_a_dismissed_one_is_over_in_the_list(store: Store, reported: Session) -> None:
    reported.act("dismiss", {"reason": "a list of our own making"})
    assert store.incidents(live_only=True) == []
    [row] = store.incidents()
    assert (row.standing, row.live, row.ended) == ("false alarm", False, START)
    assert store.journal.verify() == []
    reported.act("undo", {})
    [row] = store.incidents(live_only=True)
    assert (row.standing, row.ended) == ("in triage", None)


def test_a_time_before_the_report_declares_nothing(reported: Session) -> None:
    before = reported.record.seq
    with refuses():
        reported.declare(Declaration("1"), when=START.replace(hour=13))
    assert reported.record.seq == before
