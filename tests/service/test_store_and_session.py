"""The one door, on a real store: declare, act, follow others, and nothing written that was refused."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from incident_cockpit.config.settings import Settings
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.service.identity import speaker
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from support.builders import RUNBOOK
from support.shared_store import START, House

CHECKLIST = b"# Payments\n\n- [ ] Look at the queue\n- [x] Know the owner\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


@pytest.fixture
def store(house: House) -> Store:
    return house.store()


@pytest.fixture
def session(store: Store) -> Session:
    return store.declare("Checkout fails", "SEV2", started=START - timedelta(minutes=20))


def notes(session: Session) -> list[str]:
    return [line.text for line in timeline_entries(session.record) if line.sort == "note"]


def test_nothing_is_on_disk_before_it_is_needed(house: House, store: Store) -> None:
    assert not house.places.store.exists()
    store.close()
    assert not house.places.store.exists()


def test_declare_adopts_the_plan_and_its_runbook(store: Store, session: Session) -> None:
    incident = session.record.incident
    assert (incident.name, incident.title) == ("INC-1", "Checkout fails")
    assert incident.started == START - timedelta(minutes=20)
    assert incident.plan == store.plan("default") == store.plan()
    [runbook] = incident.steps.runbooks.values()
    assert runbook.sha256 == sha256(RUNBOOK.read_bytes()).hexdigest()
    assert store.journal.document(runbook.sha256) == RUNBOOK.read_bytes()
    assert store.journal.verify() == []


def test_next_incident_gets_the_next_number(store: Store, session: Session) -> None:
    other = store.declare("Search is slow", "sev3", runbook="")
    assert other.record.incident.name == "INC-2"
    assert other.record.incident.steps.runbooks == {}
    assert [one.name for one in store.incidents()] == ["INC-2", "INC-1"]


@pytest.mark.parametrize(
    ("title", "severity", "options", "says"),
    [
        (" ", "SEV1", {}, "title"),
        ("x" * 201, "SEV1", {}, "201 characters"),
        ("x", "SEV9", {}, "SEV9"),
        ("x", "SEV1", {"plan": "nowhere"}, "nowhere"),
        ("x", "SEV1", {"runbook": "nowhere"}, "nowhere"),
        ("x", "SEV1", {"runbook": "/nowhere/at-all.md"}, "at-all"),
    ],
)
def test_wrong_value_makes_no_incident(
    store: Store, title: str, severity: str, options: dict[str, str], says: str
) -> None:
    with pytest.raises(Refused, match=f"(?i){says}") as refused:
        store.declare(title, severity, **options)  # type: ignore[arg-type]
    assert refused.value.what_to_do
    assert store.incidents() == []


def test_a_start_that_has_not_come_makes_no_incident(store: Store) -> None:
    with pytest.raises(Refused, match="15:00"):
        store.declare("x", "SEV1", started=START + timedelta(hours=1))
    assert store.incidents() == []


def test_what_was_done_is_on_the_disk_when_it_returns(house: House, session: Session) -> None:
    house.clock.forward(minutes=3)
    done = session.act("note", {"text": "5xx at \x1b[31m8%"}, when=START + timedelta(minutes=1))
    assert [event.seq for event in done.own] == [session.record.seq]
    assert done.own == done.news
    assert done.warning == ""
    again = house.store("Raj").session(session.record.id)
    assert again.record.events == session.record.events
    assert again.record.incident == session.record.incident
    [event] = done.own
    assert (event.who, event.recorded - event.happened) == ("Ana", timedelta(minutes=2))
    assert notes(again) == ["5xx at 8%"]


@pytest.mark.parametrize(
    ("name", "values", "when", "says"),
    [
        ("nonsense", {}, None, "nonsense"),
        ("note", {"text": ""}, None, "."),
        ("note", {"words": "x"}, None, "words"),
        ("impact", {"impact": "x"}, START - timedelta(hours=1), "before"),
        ("note", {"text": "x"}, START + timedelta(minutes=3), "."),
        ("severity", {"severity": "SEV1"}, None, "reason"),
        ("attach", {"runbook": "nowhere"}, None, "nowhere"),
        ("attach", {"runbook": ""}, None, "runbook"),
        ("undo", {}, None, "."),
        ("help", {}, None, "cockpit"),
    ],
)
def test_what_is_refused_writes_nothing(
    house: House, session: Session, name: str, values: dict[str, str], when: datetime | None, says: str
) -> None:
    before = list(session.record.events)
    with pytest.raises(Refused, match=f"(?i){says}"):
        session.act(name, values, when=when)
    assert session.record.events == before
    assert house.store().session(session.record.id).record.events == before


def test_a_refused_time_is_said_in_the_zone_it_was_typed_in(house: House) -> None:
    session = house.store(zone="Europe/Paris").declare("x", "SEV2")
    with pytest.raises(Refused, match=r"2026-11-20 14:00 Paris is before .*\(2026-11-20 14:00 UTC\)"):
        session.act("impact", {"impact": "x"}, when=START - timedelta(hours=1))


def test_a_clock_time_is_read_in_the_zone_of_the_library(house: House) -> None:
    session = house.store(zone="Europe/Paris").declare("x", "SEV2", started=START - timedelta(hours=1))
    session.act("milestone", {"name": "detected", "at": "14:45"})
    assert session.record.incident.milestones["detected"] == START - timedelta(minutes=15)


def test_what_others_write_is_seen_and_acted_upon(house: House, session: Session) -> None:
    other = house.store("Raj").session(session.record.id)
    assert session.refresh() == ()
    [theirs] = other.act("note", {"text": "theirs"}).own
    assert session.refresh() == (theirs,)
    assert session.refresh() == ()
    [second] = other.act("assign", {"role": "ic", "who": "Raj"}).own
    done = session.act("note", {"text": "mine"})
    assert done.news == (second, *done.own), "an action first learns what others did"
    assert notes(session) == ["theirs", "mine"]
    with pytest.raises(Refused, match="Incident Commander"):
        session.act("assign", {"role": "ic", "who": "raj"})


def test_what_was_learned_by_a_refused_action_is_still_news(house: House, session: Session) -> None:
    [theirs] = house.store("Raj").session(session.record.id).act("note", {"text": "theirs"}).own
    with pytest.raises(Refused):
        session.act("note", {"text": ""})
    assert session.refresh() == (theirs,)


def test_each_undoes_their_own(house: House, session: Session) -> None:
    raj = house.store("Raj").session(session.record.id)
    raj.act("note", {"text": "theirs"})
    session.act("note", {"text": "mine"})
    raj.act("undo", {})
    session.refresh()
    assert notes(session) == ["mine"]


@pytest.mark.parametrize("by_path", [True, False])
def test_attached_runbook_keeps_its_bytes(
    house: House, session: Session, store: Store, tmp_path: Path, by_path: bool
) -> None:
    folder = tmp_path if by_path else house.places.runbooks
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "payments.md"
    file.write_bytes(CHECKLIST)
    session.act("attach", {"runbook": str(file) if by_path else "payments"})
    file.unlink()
    runbook = list(session.record.incident.steps.runbooks.values())[-1]
    assert [step.text for step in runbook.steps] == ["Look at the queue", "Know the owner"]
    assert store.journal.document(runbook.sha256) == CHECKLIST
    assert house.store().journal.verify() == []


def test_one_of_the_users_own_goes_before_one_that_is_shipped(house: House, store: Store) -> None:
    house.places.runbooks.mkdir(parents=True)
    (house.places.runbooks / "service-outage.md").write_bytes(CHECKLIST)
    [runbook] = store.declare("x", "SEV2").record.incident.steps.runbooks.values()
    assert len(runbook.steps) == 2


def test_only_unclosed_incident_is_current_however_old(house: House, store: Store, session: Session) -> None:
    assert store.select().id == session.record.id
    session.act("resolve", {"verified": "5xx at baseline"})
    house.clock.forward(hours=24 * 40)
    assert store.select().id == store.select(to_write=True).id == session.record.id, "its closing and its review go on"
    other = store.declare("Search is slow", "SEV3")
    assert store.select().id == other.record.id, "what is open goes first"
    other.act("resolve", {"verified": "p95 at 200 ms"})
    with pytest.raises(Refused, match="2 incidents") as refused:
        store.select()
    assert refused.value.code is ExitCode.USAGE
    other.act("close", {"reason": "a drill"})
    assert store.select().id == session.record.id


def test_closed_incident_is_current_for_reading_for_a_day(house: House, store: Store, session: Session) -> None:
    other = store.declare("Search is slow", "SEV3")
    for one in (other, session):
        one.act("resolve", {"verified": "back at baseline"})
        one.act("close", {"reason": "a drill"})
        house.clock.forward(minutes=20)
    told: list[str] = []
    assert store.select(say=told.append).id == session.record.id
    assert len(told) == 1
    assert "INC-1 Checkout fails was closed 20m ago" in told[0]
    with pytest.raises(NotFound, match="incident") as refused:
        store.select(to_write=True)
    assert "--incident 1" in refused.value.what_to_do
    assert store.select("1", to_write=True).id == session.record.id
    house.clock.forward(hours=24)
    with pytest.raises(NotFound, match="incident"):
        store.select()


def test_several_open_incidents_are_listed_and_none_is_guessed(store: Store, session: Session) -> None:
    store.declare("Search is slow", "SEV3")
    with pytest.raises(Refused, match="2 incidents") as refused:
        store.select()
    assert refused.value.code is ExitCode.USAGE
    assert "INC-1  SEV2  Checkout fails" in refused.value.why
    assert "INC-2  SEV3  Search is slow" in refused.value.why
    assert "incident use 2" in refused.value.what_to_do, "a command that works as it stands"


def test_reference_goes_before_environment_and_use(house: House, store: Store) -> None:
    ids = [store.declare(title, "SEV3").record.id for title in ("one", "two", "three")]
    store.journal.use(ids[2])
    assert store.select().id == ids[2]
    named = house.store(INCIDENT="INC-2")
    assert named.select().id == ids[1]
    assert named.select("1").id == ids[0]
    with pytest.raises(NotFound):
        named.select("nowhere")


def test_a_session_of_nothing_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.session("0" * 32)


@pytest.mark.parametrize(
    ("env", "user", "who"),
    [
        ({"INCIDENT_USER": "Ana", "LOGNAME": "root"}, "Raj", "Ana"),
        ({"INCIDENT_USER": " \n", "LOGNAME": "root"}, "Raj", "Raj"),
        ({"LOGNAME": "root", "USER": "other"}, None, "root"),
        ({"USER": "other"}, None, "other"),
        ({"INCIDENT_USER": "A\x00na\nB"}, None, "A␀na B"),
    ],
)
def test_who_speaks_is_said_then_set_then_logged_in(env: dict[str, str], user: str | None, who: str) -> None:
    assert speaker(env, Settings(user=user)) == who


def test_a_speaker_always_has_a_name_that_fits_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(speaker({"INCIDENT_USER": "x" * 500}, Settings())) == 80

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert speaker({}, Settings()) == f"uid {os.getuid()}"


def test_store_takes_home_and_speaker_from_the_environment(tmp_path: Path) -> None:
    config = tmp_path / "home"
    env = {"INCIDENT_HOME": str(config), "INCIDENT_USER": "Raj"}
    with Store.of(env) as store, Store.of(env, who="Ana") as other:
        assert (store.who, other.who) == ("Raj", "Ana")
        assert store.places.store.is_relative_to(config)
        session = store.declare("x", "SEV3")
        assert other.select().id == session.record.id


def test_the_zone_is_that_of_the_settings(house: House) -> None:
    assert house.store(zone="Asia/Tokyo").zone == ZoneInfo("Asia/Tokyo")
    with pytest.raises(Refused, match="time zone"):
        str(house.store(zone="Mars/Olympus").zone)


def test_two_sessions_of_one_library_both_hear_the_news(store: Store, session: Session) -> None:
    other = store.session(session.record.id)
    assert (session.refresh(), other.refresh()) == ((), ())
    done = session.act("note", {"text": "5xx at 8%"})
    assert other.refresh() == done.own
    theirs = store.session(session.record.id).act("note", {"text": "3%"})
    assert (session.refresh(), other.refresh()) == (theirs.own, theirs.own)
    assert (session.refresh(), other.refresh()) == ((), ())


def test_a_rescue_copy_that_failed_is_said_of_a_new_incident_too(house: House, store: Store) -> None:
    assert store.declare("x", "SEV1").warning == ""
    rescue = house.places.rescue
    rescue.rename(rescue.with_name("aside"))
    rescue.write_text("in the way")
    assert "saved, but its rescue copy" in store.declare("y", "SEV1").warning
