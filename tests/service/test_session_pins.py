"""A pinned file is on the disk before its line is in the journal, and nothing is copied for a line that is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.incident.facts.attachments import AttachedFile, AttachmentAdded
from incident_cockpit.service import evidence
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
def session(house: House) -> Session:
    made = house.store().declare("Checkout fails", "SEV2")
    made.act("note", {"text": "5xx at 8%"})
    return made


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "graph.png"
    path.write_bytes(b"\x89PNG")
    return path


def copies(house: House) -> list[Path]:
    return sorted(house.places.evidence.iterdir()) if house.places.evidence.exists() else []


def files(session: Session) -> list[AttachedFile]:
    return [file for _, file in evidence.attached_files(session.record)]


def test_the_copy_is_there_before_the_line_is(
    house: House, session: Session, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    append = session._journal.append

    def watched(*words: Any, **named: Any) -> Any:
        seen.extend(path.read_bytes() for path in copies(house))
        return append(*words, **named)

    monkeypatch.setattr(session._journal, "append", watched)
    session.act("pin", {"link": str(graph)})
    assert seen == [b"\x89PNG"]
    [file] = files(session)
    assert evidence.copy_path(file, house.places) == copies(house)[0]


def test_a_store_that_fails_keeps_the_copy_for_the_next_try(
    house: House, session: Session, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_words: Any, **_named: Any) -> Any:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(session._journal, "append", fails)
        with pytest.raises(StoreError):
            session.act("note", {"text": "5xx graph"}, files=[str(graph)])
    assert len(copies(house)) == 1
    session.act("note", {"text": "5xx graph"}, files=[str(graph)])
    assert len(copies(house)) == 1


@pytest.mark.parametrize(
    ("action", "values", "more"),
    [
        ("pin", {"entry": "no such line"}, {}),
        ("pin", {"entry": "#99"}, {}),
        ("note", {"text": " "}, {"files": True}),
        ("note", {"text": "x"}, {"files": True, "links": ["ftp://x"]}),
        ("undo", {}, {"files": True}),
    ],
)
def test_nothing_is_copied_for_what_is_refused(
    house: House, session: Session, graph: Path, action: str, values: dict[str, str], more: dict[str, Any]
) -> None:
    before = session.record.seq
    named = {**values, "link": str(graph)} if action == "pin" else values
    given = {**more, "files": [str(graph)]} if more else {}
    with pytest.raises(Refused):
        session.act(action, named, **given)
    assert (session.record.seq, copies(house)) == (before, [])


def test_nothing_is_copied_where_one_of_several_cannot_be_read(house: House, session: Session, graph: Path) -> None:
    with pytest.raises(Refused):
        session.act("note", {"text": "x"}, files=[str(graph), str(graph.with_name("gone"))])
    assert copies(house) == []


def test_one_act_keeps_line_and_pins_together(session: Session, graph: Path) -> None:
    done = session.act("note", {"text": "5xx graph"}, links=["https://g.example/1"], files=[str(graph)])
    line, *pins = done.own
    assert {event.act for event in done.own} == {line.seq}
    assert [event.fact.now.line for event in pins if isinstance(event.fact, AttachmentAdded) and event.fact.now] == [
        line.seq
    ] * 2
    session.act("undo", {})
    assert session.record.incident.attachments == {}


def test_two_people_pin_the_same_file(house: House, session: Session, graph: Path) -> None:
    session.act("pin", {"link": str(graph)})
    other = house.store("Raj").session(session.record.id)
    other.act("note", {"text": "the same here"}, files=[str(graph)])
    session.refresh()
    assert len(files(session)) == 2
    assert len(copies(house)) == 1


def test_other_incidents_keep_their_own_copy(house: House, session: Session, graph: Path) -> None:
    session.act("pin", {"link": str(graph)})
    other = house.store().declare("Search fails", "SEV2")
    other.act("note", {"text": "x"}, files=[str(graph)])
    assert [path.name.split("-")[1] for path in copies(house)] == ["1", "2"]


def test_attachment_to_a_newer_entry_is_decided_on_the_present(house: House, session: Session, graph: Path) -> None:
    other = house.store("Raj").session(session.record.id)
    other.act("pin", {"link": "https://g.example/1", "entry": "5xx at 8%"})
    with pytest.raises(Refused):
        session.act("pin", {"link": "https://g.example/1", "entry": "5xx at 8%"})
    session.act("pin", {"link": str(graph), "entry": "5xx at 8%"})
    assert len(files(session)) == 1


# Looking at them


def checked(store: Store) -> evidence.CheckedFiles:
    return evidence.check_files(store.journal, store.places)


def test_files_are_checked_in_every_incident(house: House, session: Session, graph: Path) -> None:
    session.act("pin", {"link": str(graph)})
    house.store().declare("Search fails", "SEV2").act("note", {"text": "x"}, files=[str(graph)])
    first, second = copies(house)
    assert checked(house.store()).whole == 2
    first.write_bytes(b"")
    second.unlink()
    found = checked(house.store())
    assert (found.whole, len(found.missing), len(found.altered)) == (0, 1, 1)
    assert found.missing[0] == naming("INC-2", "graph.png", "#")
    assert found.altered[0] == naming("INC-1", str(first))


def test_a_copy_that_cannot_be_read_is_said(
    house: House, session: Session, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session.act("pin", {"link": str(graph)})

    def denied(_path: Path) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(evidence.evidence_store, "digest_of", denied)
    [sentence] = checked(house.store()).altered
    assert "cannot be read" in sentence
    assert "Permission denied" in sentence
