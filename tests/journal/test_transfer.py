from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.journal.transfer import export_lines, import_lines
from support.builders import RUNBOOK
from support.damaged_stores import stored_incident
from support.journal import created, journal_in, note, texts


def exported(folder: Path) -> list[bytes]:
    with journal_in(folder) as journal:
        record = created(journal)
        note(journal, record, "one")
        note(journal, record, "two")
        return list(export_lines(journal, record.id))


def edited(line: bytes, **changes: Any) -> bytes:
    return json.dumps({**json.loads(line), **changes}).encode()


def test_an_incident_goes_to_another_store_and_is_the_same_there(tmp_path: Path) -> None:
    with journal_in(tmp_path / "a") as here, journal_in(tmp_path / "b") as there:
        record = stored_incident(here)
        lines = list(export_lines(here, record.id))
        taken = import_lines(there, lines)
        assert taken.events == record.events
        assert taken.incident == record.incident
        assert list(export_lines(there, record.id)) == lines
        assert there.document(sha256(RUNBOOK.read_bytes()).hexdigest()) == RUNBOOK.read_bytes()
        assert there.find("1").title == "Checkout fails"
        assert there.verify() == []


def test_a_number_that_is_taken_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    lines = exported(tmp_path / "a")
    with journal_in(tmp_path / "b") as journal:
        created(journal, "the first here")
        taken = import_lines(journal, lines)
        assert taken.incident.name == journal.find(taken.id).name == "INC-2"
        assert texts(taken.events) == ["one", "two"]
        assert journal.verify() == []


def test_every_time_moves_with_the_shift_those_inside_facts_too(tmp_path: Path) -> None:
    by = timedelta(days=3, hours=2, minutes=1)
    with journal_in(tmp_path / "a") as here, journal_in(tmp_path / "b") as there:
        record = stored_incident(here)
        moved = import_lines(there, export_lines(here, record.id), shift=by)
        assert [event.happened - by for event in moved.events] == [event.happened for event in record.events]
        assert [event.recorded - by for event in moved.events] == [event.recorded for event in record.events]
        was, now = record.incident, moved.incident
        assert now.severity is not None
        assert was.severity is not None
        assert now.severity.since == was.severity.since + by
        assert {name: at - by for name, at in now.milestones.items()} == dict(was.milestones)
        assert now.plan == was.plan
        assert there.find("1").opened == was.opened + by
        assert there.verify() == []


@settings(max_examples=20, deadline=None)
@given(st.timedeltas(min_value=timedelta(days=-900), max_value=timedelta(days=900)))
def test_a_shift_there_and_back_changes_nothing(tmp_path_factory: pytest.TempPathFactory, by: timedelta) -> None:
    folder = tmp_path_factory.mktemp("shift")
    lines = exported(folder / "a")
    with journal_in(folder / "b") as there, journal_in(folder / "c") as back:
        moved = import_lines(there, lines, shift=by)
        returned = import_lines(back, export_lines(there, moved.id), shift=-by)
        assert list(export_lines(back, returned.id)) == lines


def test_a_rescue_copy_is_read_like_an_export(tmp_path: Path) -> None:
    with journal_in(tmp_path / "a") as here:
        record = stored_incident(here)
        note(here, record, "after")
        copy = (tmp_path / "a" / "rescue" / f"{record.id}.jsonl").read_bytes()
    with journal_in(tmp_path / "b") as there:
        taken = import_lines(there, copy.splitlines(keepends=True))
        assert taken.events == record.events
        assert there.document(sha256(RUNBOOK.read_bytes()).hexdigest()) == RUNBOOK.read_bytes()


def test_text_that_a_terminal_would_obey_is_cleaned_at_this_entrance(tmp_path: Path) -> None:
    lines = exported(tmp_path / "a")
    hostile = "\x1b]52;c;UFdORUQ=\x07 gone\tand \x9b2J"
    header = json.dumps({key: json.loads(lines[0])[key] for key in ("format", "version", "incident")}).encode()
    fact = json.loads(lines[3])["fact"]
    fact["now"]["text"] = hostile
    with journal_in(tmp_path / "b") as journal:
        taken = import_lines(journal, [header, *lines[1:3], edited(lines[3], fact=fact, who="\x1b[31mAna")])
        [text] = texts(taken.events)
        assert not {"\x1b", "\x9b", "\x07"} & set(text)
        assert text.endswith("2J")
        assert taken.events[-1].who == "Ana"


def test_an_incident_that_is_there_already_is_refused(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal:
        record = created(journal)
        lines = list(export_lines(journal, record.id))
        with pytest.raises(Refused, match="INC-1"):
            import_lines(journal, lines)
        assert len(journal.incidents()) == 1


def test_an_unknown_incident_cannot_be_exported(tmp_path: Path) -> None:
    with journal_in(tmp_path) as journal, pytest.raises(NotFound):
        next(export_lines(journal, "0" * 32))


Damage = Callable[[list[bytes]], list[bytes]]
DAMAGES: dict[str, tuple[Damage, str]] = {
    "nothing": (lambda lines: [], "no events"),
    "blank": (lambda lines: [b"", b"\n"], "no events"),
    "only a header": (lambda lines: lines[:1], "no events"),
    "no header": (lambda lines: lines[1:], "line 1 "),
    "another program's": (lambda lines: [b'{"format":"jrnl","version":1,"incident":"x"}'], "line 1 "),
    "not JSON": (lambda lines: [b"# Notes", *lines], "line 1 "),
    "a path for an id": (lambda lines: [edited(lines[0], incident="../../x"), *lines[1:]], "line 1 "),
    "a newer version": (lambda lines: [edited(lines[0], version=2), *lines[1:]], "version 2.*version 1.*update"),
    "half a line": (lambda lines: [*lines[:-1], lines[-1][:-9]], "line 5.*JSON"),
    "no UTF-8": (lambda lines: [*lines[:-1], lines[-1].replace(b"two", b"\xff\xff")], "line 5"),
    "nested deeply": (lambda lines: [*lines, b"[" * 100_000], "line 6 is damaged"),
    "an unknown kind": (lambda lines: [*lines[:-1], edited(lines[-1], kind="x.y")], "line 5.*x.y"),
    "a line missing": (lambda lines: [*lines[:3], *lines[4:]], "line 4.*event 3"),
    "a line twice": (lambda lines: [*lines[:3], *lines[2:]], "line 4.*event 2"),
    "cut off": (lambda lines: lines[:-1], "3 of 4"),
    "a changed text": (lambda lines: [*lines[:-1], lines[-1].replace(b"two", b"six")], "was changed after"),
    "a stray": (lambda lines: [*lines[:-1], edited(lines[-1], incident="f" * 32)], "line 5.*another incident"),
    "undoes what comes": (lambda lines: [*lines[:-1], edited(lines[-1], undoes=9)], "line 5"),
    "an act ahead": (lambda lines: [*lines[:-1], edited(lines[-1], act=9)], "line 5"),
    "a naive time": (
        lambda lines: [*lines[:-1], edited(lines[-1], happened="2026-01-01T00:00:00")], "line 5.*timezone",
    ),
    "a naive reading of the clock": (
        lambda lines: [*lines[:-1], edited(lines[-1], clock="2026-01-01T00:00:00")], "line 5.*timezone",
    ),
    "a foreign event id": (lambda lines: [*lines[:-1], edited(lines[-1], id="x")], "line 5.*id"),
    "opened twice": (
        lambda lines: [*lines[:-1], edited(lines[-1], kind="incident.opened", fact={"number": 1, "title": "x"})],
        "line 5",
    ),
    "a document that is none": (
        lambda lines: [lines[0], b'{"document":"aa","base64":"!"}', *lines[1:]], "line 2.*base64",
    ),
    "another document": (
        lambda lines: [lines[0], edited(b"{}", document="aa", base64=b64encode(b"x").decode()), *lines[1:]],
        "line 2.*hash",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_refused_with_its_line_and_nothing_is_stored(tmp_path: Path, name: str) -> None:
    damage, words = DAMAGES[name]
    lines = damage(exported(tmp_path / "a"))
    with journal_in(tmp_path / "b") as journal:
        with pytest.raises(Refused, match=words):
            import_lines(journal, lines)
        assert journal.incidents() == []
        assert journal.database.rows("SELECT count(*) FROM events") == [(0,)]


def test_an_incident_that_could_not_be_worked_on_is_refused_with_its_line(tmp_path: Path) -> None:
    lines = exported(tmp_path / "a")
    with journal_in(tmp_path / "b") as journal:
        with pytest.raises(Refused, match="line 4: no view of it"):
            import_lines(journal, lines, check=lambda record: (record.seq - 1, "no view of it"))
        assert journal.incidents() == []


def test_an_event_id_that_another_incident_has_is_refused(tmp_path: Path) -> None:
    lines = exported(tmp_path / "a")
    header = json.dumps({key: json.loads(lines[0])[key] for key in ("format", "version", "incident")}).encode()
    with journal_in(tmp_path / "b") as journal:
        known = created(journal).events[0].id
        with pytest.raises(Refused, match="line 5"):
            import_lines(journal, [header, *lines[1:-1], edited(lines[-1], id=known)])
