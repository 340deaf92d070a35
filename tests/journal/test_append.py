from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.ids import CountedIds
from incident_cockpit.incident.event import PendingFact
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.severity import DatedValue
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import fold
from incident_cockpit.journal.replaced import follow
from support.journal import NOW, created, journal_in, note, noting, opening, texts
from support.patience import patience


def test_appended_events_are_read_back_in_order(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        for number in range(5):
            assert note(journal, record, f"line {number}").warning is None
        read = journal.read(record.id)
        assert texts(read) == [f"line {number}" for number in range(5)]
        assert read == record.events
        assert fold(read) == record.incident
        assert journal.load(record.id).incident == record.incident
        assert [event.seq for event in journal.read(record.id, after_seq=4)] == [5, 6, 7]
        assert journal.verify() == []


def test_the_facts_of_one_action_share_its_act_and_its_times(tmp_path: Path) -> None:
    with journal_in(tmp_path, CountedIds()) as journal:
        record = created(journal)
        earlier = NOW - timedelta(minutes=7)
        made = journal.append(record, noting("one", "two"), who="Raj", now=NOW, happened=earlier).events
    assert [(event.seq, event.act, event.who) for event in made] == [(3, 3, "Raj"), (4, 3, "Raj")]
    assert {(event.happened, event.recorded) for event in made} == {(earlier, NOW)}
    assert len({event.id for event in record.events}) == 4


def test_a_taking_back_keeps_what_it_takes_back(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        [logged] = note(journal, record, "by mistake").events
        inverse = PendingFact(logged.fact.inverse(), undoes=logged.seq)  # type: ignore[attr-defined]
        journal.append(record, lambda _: [inverse], who="Ana", now=NOW)
        assert journal.read(record.id)[-1].undoes == logged.seq


def test_a_refusal_writes_nothing_and_the_record_learns_what_others_wrote(tmp_path: Path) -> None:
    def refuse(record: Record) -> list[PendingFact]:
        seen.append(record.seq)
        raise Refused("no", "do something else")

    seen: list[int] = []
    with journal_in(tmp_path) as mine, journal_in(tmp_path) as theirs:
        record = created(mine)
        note(theirs, theirs.load(record.id), "from elsewhere")
        with pytest.raises(Refused, match="no: do something else"):
            mine.append(record, refuse, who="Ana", now=NOW)
        assert seen == [3]
        assert texts(record.events) == ["from elsewhere"]
        assert len(mine.read(record.id)) == 3
        assert texts(note(mine, record, "goes on").events) == ["goes on"]


def test_no_facts_write_nothing(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        assert journal.append(record, lambda _: [], who="Ana", now=NOW).events == ()
        assert record.seq == len(journal.read(record.id)) == 2


def test_a_fact_that_cannot_be_folded_or_listed_is_never_stored(tmp_path: Path) -> None:
    without_plan = PhaseChanged(now=DatedValue("investigating", NOW), was=None)
    with journal_in(tmp_path) as journal:
        record = created(journal)
        with pytest.raises(Refused):
            journal.append(record, lambda _: [PendingFact(without_plan)], who="Ana", now=NOW)
        assert record.seq == len(journal.read(record.id)) == 2
        assert journal.verify() == []


def test_a_fact_that_could_not_be_read_again_is_never_stored(tmp_path: Path) -> None:
    unreadable = MilestoneReached(name="detected", now="at noon", was=None)  # type: ignore[arg-type]
    with journal_in(tmp_path) as journal:
        record = created(journal)
        with pytest.raises(StoreError):
            journal.append(record, lambda _: [PendingFact(unreadable)], who="Ana", now=NOW)
        assert len(journal.load(record.id).events) == 2


def test_a_second_try_after_a_crash_stores_nothing_twice(tmp_path: Path) -> None:
    ids = ["a" * 32, "b" * 32]
    with journal_in(tmp_path) as journal:
        record = created(journal)
        stale = journal.load(record.id)
        first = journal.append(record, noting("one", "two"), who="Ana", now=NOW, event_ids=ids)
        note(journal, record, "later")
        again = journal.append(stale, noting("one", "two"), who="Ana", now=NOW, event_ids=ids)
        assert again.events == first.events
        assert [event.id for event in again.events] == ids
        assert texts(journal.read(record.id)) == texts(stale.events) == ["one", "two", "later"]


def test_an_event_id_of_another_incident_is_refused(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        one, other = created(journal), created(journal)
        with pytest.raises(StoreError):
            journal.append(other, noting("x"), who="Ana", now=NOW, event_ids=[one.events[0].id])
        assert len(journal.read(other.id)) == 2


def test_documents_are_kept_with_the_events_and_must_be_what_they_say(tmp_path: Path) -> None:
    blob = b"# Runbook\n"
    digest = sha256(blob).hexdigest()
    with journal_in(tmp_path) as journal:
        record = created(journal)
        for _ in range(2):
            journal.append(record, noting("with it"), who="Ana", now=NOW, documents={digest: blob})
        assert journal.document(digest) == blob
        assert journal.document("0" * 64) is None
        with pytest.raises(StoreError, match="document"):
            journal.append(record, noting("x"), who="Ana", now=NOW, documents={"0" * 64: blob})
        assert texts(record.events) == ["with it", "with it"]


def test_numbers_count_up_and_a_refused_opening_uses_none(tmp_path: Path) -> None:
    def refuse(number: int) -> list[PendingFact]:
        raise Refused(f"not {number}")

    with journal_in(tmp_path) as journal:
        assert created(journal).incident.name == "INC-1"
        with pytest.raises(Refused, match="not 2"):
            journal.create(refuse, who="Ana", now=NOW)
        assert created(journal).incident.name == "INC-2"
        assert len(journal.incidents()) == 2


def test_a_record_follows_own_and_others_writes(tmp_path: Path) -> None:
    with journal_in(tmp_path) as mine, journal_in(tmp_path) as theirs:
        record = created(mine)
        follow(mine, record)
        note(theirs, theirs.load(record.id), "news")
        follow(mine, record)
        follow(mine, record)
        assert texts(record.events) == ["news"]
        note(mine, record, "mine")
        assert (texts(record.events), record.restarts) == (["news", "mine"], 0)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.strip())))
def test_any_text_comes_back_as_it_went_in(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    with journal_in(tmp_path_factory.mktemp("any")) as journal:
        record = created(journal)
        for line in lines:
            note(journal, record, line)
        assert texts(journal.read(record.id)) == [line.strip() for line in lines]
        assert journal.verify() == []


def test_writing_and_reading_an_existing_store_imports_nothing_heavy(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
    code = (
        "import sys; from pathlib import Path; from support.journal import journal_in, note\n"
        "with journal_in(Path(sys.argv[1])) as journal: note(journal, journal.load(sys.argv[2]), 'x')\n"
        "heavy = {'sqlite_utils', 'textual', 'rich', 'pendulum', 'pydantic', 'click'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    tests = str(Path(__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), record.id],
        check=False,
        cwd=tests,
        capture_output=True,
        timeout=patience(),
    )
    assert ran.returncode == 0, ran.stderr.decode()


def test_creating_is_whole_or_not_at_all(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        bad = [*opening("x")(1), PendingFact(PhaseChanged(now=DatedValue("gone", NOW), was=None))]
        with pytest.raises(Refused):
            journal.create(lambda _: bad, who="Ana", now=NOW)
        assert journal.incidents() == []
        assert not (tmp_path / "rescue").exists()
