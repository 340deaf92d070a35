"""The list of a store knows which incidents owe legal duties after their end, in older stores too."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from incident_cockpit.incident.event import Fact, PendingFact
from incident_cockpit.incident.facts.classification import TypeSet
from incident_cockpit.incident.facts.milestones import MilestoneReached
from incident_cockpit.incident.facts.notes import Logged, Note, NoteKind
from incident_cockpit.incident.facts.phase import PhaseChanged
from incident_cockpit.incident.facts.plan import PlanAdopted
from incident_cockpit.incident.facts.severity import DatedValue
from incident_cockpit.incident.facts.timers import CompletionMark, CompletionMarked, CompletionStatus
from incident_cockpit.journal import schema
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.rescue_copy import Rescue
from incident_cockpit.journal.restore import restore
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from support.builders import START, default_plan
from support.deadlines import only, span
from support.journal import created, journal_in

DUTY = Deadline(
    "authority", DeadlineKind.NOTICE, "Tell the authority", "aware", span("72h"), "done authority", types=("breach",)
)


def closed(journal: Journal, *facts: Fact) -> str:
    """Store an incident that was closed without anybody asking for its duties."""
    record = created(journal)
    course: list[Fact] = [
        PlanAdopted(now=only(default_plan(), DUTY), was=None),
        *facts,
        PhaseChanged(now=DatedValue("closed", START), was=None),
        MilestoneReached(name="closed", now=START, was=None),
    ]
    journal.append(record, lambda _: [PendingFact(fact) for fact in course], who="Ana", now=START)
    return record.id


def owed(journal: Journal) -> dict[str, int]:
    return {row.id: row.legal_duties for row in journal.incidents()}


def older(store: Path, *statements: str) -> None:
    """Take the store back to the schema in which the list knew of no legal duties."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE incidents DROP COLUMN legal_duties")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '003%'")
        connection.execute("PRAGMA user_version = 2")
        for statement in statements:
            connection.execute(statement)


def test_a_damaged_incident_keeps_no_older_store_from_being_opened(tmp_path: Path) -> None:
    breach = TypeSet(now=DatedValue("breach", START), was=None)
    logged = Logged(note="n9", now=Note(NoteKind.NOTE, "5xx at 8%", START, "Ana"), was=None)
    with journal_in(tmp_path) as journal:
        _, whole = closed(journal, breach, logged), closed(journal, breach)
    older(
        tmp_path / "incidents.db",
        "DROP TRIGGER events_are_never_changed",
        # No note that was never logged can be changed into nothing.
        "UPDATE events SET line = CAST(json_set(CAST(line AS TEXT), '$.fact.now', NULL) AS BLOB)"
        " WHERE kind = 'note.logged'",
    )
    with journal_in(tmp_path) as journal:
        assert owed(journal)[whole] == 1


def test_a_rebuilt_store_knows_which_duties_were_left_open(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        owing = closed(journal, TypeSet(now=DatedValue("breach", START), was=None))
    (tmp_path / "incidents.db").unlink()
    restore(tmp_path / "incidents.db", Rescue(tmp_path / "rescue"), {}, ())
    with journal_in(tmp_path) as journal:
        assert owed(journal) == {owing: 1}
        assert journal.verify() == []


def test_an_older_store_learns_which_duties_were_left_open(tmp_path: Path) -> None:
    breach = TypeSet(now=DatedValue("breach", START), was=None)
    deed = CompletionMark(CompletionStatus.WAIVED, "Tell the authority", "Noor", START, "no risk")
    waived = CompletionMarked(deed="authority", now=deed, was=None)
    with journal_in(tmp_path) as journal:
        owing, answered, other = closed(journal, breach), closed(journal, breach, waived), closed(journal)
        assert owed(journal) == {owing: 1, answered: 0, other: 0}
    older(tmp_path / "incidents.db")
    with journal_in(tmp_path) as journal:
        assert owed(journal) == {owing: 1, answered: 0, other: 0}
        assert journal.verify() == []
        assert journal.database.rows("PRAGMA user_version") == [(schema.VERSION,)]


def test_a_damaged_incident_does_not_keep_an_older_store_from_opening(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        closed(journal, TypeSet(now=DatedValue("breach", START), was=None))
    with closing(sqlite3.connect(tmp_path / "incidents.db", isolation_level=None)) as connection:
        connection.execute("ALTER TABLE incidents DROP COLUMN legal_duties")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '003%'")
        connection.execute("DROP TRIGGER events_are_never_changed")
        connection.execute("UPDATE events SET line = CAST('{' AS BLOB) WHERE seq = 2")
        connection.execute("PRAGMA user_version = 2")
    with journal_in(tmp_path) as journal:
        assert len(journal.incidents()) == 1
        assert journal.verify() != []


def test_the_short_list_has_those_that_owe_and_no_other_that_is_over(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        owing = closed(journal, TypeSet(now=DatedValue("breach", START), was=None))
        closed(journal)
        live = created(journal).id
        assert {row.id for row in journal.incidents(live_only=True, owing=True)} == {owing, live}
        assert [row.id for row in journal.incidents(live_only=True)] == [live]
        assert next(row.owed for row in journal.incidents() if row.id == owing) == "1 legal duty outstanding"
