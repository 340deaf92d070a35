"""Export and import of an incident as JSON Lines: whole and checked line by line, or not at all."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import Enum
from functools import partial
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.opening import IncidentOpened
from incident_cockpit.incident.record import Record
from incident_cockpit.journal import append, jsonl
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.put_back import whole_lines
from incident_cockpit.text.sanitize import clean, is_clean

# A number with more digits names no incident (`read.find`), and SQLite has a largest integer.
_LARGEST_NUMBER = 999_999_999
# The id becomes a file name.
_ID = re.compile(r"[0-9a-f]{32}")


Check = Callable[[Record], tuple[int, str] | None]


class _Parcel(Struct):
    """The part of a file read so far: events with their line numbers, and the hash of the last one."""

    header: jsonl.Header
    events: list[tuple[int, Event]] = field(default_factory=list)
    documents: dict[str, bytes] = field(default_factory=dict)
    head: str = jsonl.GENESIS


def export_lines(journal: Journal, incident: str) -> Iterator[bytes]:
    """Return the incident as lines without line ends: header, documents and stored events; raises NotFound."""
    stored = whole_lines(journal, incident)
    if not stored:
        raise NotFound(f"there is no incident {incident}", "list all incidents: incident list")
    yield from exported(incident, stored, journal.document)


def exported(incident: str, stored: Sequence[bytes], document: Callable[[str], bytes | None]) -> Iterator[bytes]:
    """Return these lines of an incident in the format of `export_lines`."""
    head = jsonl.GENESIS
    for line in stored:
        head = jsonl.chained(head, line)
    yield jsonl.header(incident, len(stored), head)
    yield from jsonl.with_documents(stored, document)


def import_lines(
    journal: Journal, source: Iterable[bytes], *, shift: timedelta = timedelta(0), check: Check = lambda _record: None
) -> Record:
    """Store the incident in these lines, with every time moved by `shift`, and return its record.

    It gets a new number if its own is taken. `check` returns the seq of an event with which the incident could not be
    used, and why. Raises Refused with the line for anything damaged, missing, duplicate, of an unknown version or
    already in the store; nothing is stored then.
    """
    parcel = _read(source)
    events = [(number, _cleaned(number, event, shift)) for number, event in parcel.events]
    _check_usable(parcel.header.incident, events, check)
    return journal.take_in(parcel.header.incident, lambda: _fitted(journal, parcel.header, events), parcel.documents)


def _read(source: Iterable[bytes]) -> _Parcel:
    parcel: _Parcel | None = None
    for number, ended in enumerate(source, start=1):
        line = ended.rstrip(b"\r\n")
        if not line:
            continue
        if parcel is None:
            parcel = _Parcel(_header(number, line))
        else:
            _take_line(parcel, number, line)
    if parcel is None or not parcel.events:
        raise Refused("the file contains no events", "choose a file written by: incident export")
    _check_whole(parcel)
    return parcel


def _header(number: int, line: bytes) -> jsonl.Header:
    try:
        header = msgspec.json.decode(line, type=jsonl.Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _not_ours(number) from error
    if header.format != jsonl.FORMAT or not _ID.fullmatch(header.incident):
        raise _not_ours(number)
    if header.version != jsonl.VERSION:
        raise Refused(
            f"line {number}: the file is of version {header.version}, this program reads version {jsonl.VERSION}",
            "update incident-cockpit to read it",
        )
    return header


def _not_ours(number: int) -> Refused:
    return Refused(
        f"line {number} is not the header of an exported incident", "choose a file written by: incident export"
    )


def _take_line(parcel: _Parcel, number: int, line: bytes) -> None:
    try:
        keys = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        if "document" in keys:
            _take_document(parcel, number, msgspec.json.decode(line, type=jsonl.EmbeddedDocument))
            return
        event = codec.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _damaged(number, "it is not valid JSON") from error
    except Refused as error:
        raise Refused(f"line {number}: {error.why}", error.what_to_do) from error
    _check_place(parcel, number, event)
    parcel.events.append((number, event))
    parcel.head = jsonl.chained(parcel.head, line)


def _take_document(parcel: _Parcel, number: int, document: jsonl.EmbeddedDocument) -> None:
    try:
        blob = b64decode(document.base64, validate=True)
    except ValueError as error:
        raise _damaged(number, "its document is not base64") from error
    if sha256(blob).hexdigest() != document.document:
        raise _damaged(number, "its document does not match its hash")
    parcel.documents[document.document] = blob


def _check_place(parcel: _Parcel, number: int, event: Event) -> None:
    expected = len(parcel.events) + 1
    if event.incident != parcel.header.incident:
        raise _damaged(number, "it belongs to another incident")
    if event.seq < expected:
        raise _damaged(number, f"event {event.seq} is duplicate")
    if event.seq > expected:
        raise _damaged(number, f"event {expected} is missing before it")
    if not 1 <= event.act <= event.seq or (event.undoes is not None and not 1 <= event.undoes < event.seq):
        raise _damaged(number, "it refers to a later event")
    if not _ID.fullmatch(event.id):
        raise _damaged(number, "its id is invalid")
    if isinstance(event.fact, IncidentOpened) != (expected == 1):
        raise _damaged(number, "only the first event may open the incident")


def _damaged(number: int, why: str) -> Refused:
    return Refused(
        f"line {number} is damaged: {why}",
        "export the incident again; for a damaged rescue copy: incident restore FILE",
    )


def _check_whole(parcel: _Parcel) -> None:
    header, count = parcel.header, len(parcel.events)
    if header.events is not None and header.events != count:
        raise Refused(f"the file is truncated: it has {count} of {header.events} events", "export the incident again")
    if header.head is not None and header.head != parcel.head:
        raise Refused("an event in the file was changed after it was exported", "export the incident again")


def _cleaned(number: int, event: Event, shift: timedelta) -> Event:
    try:
        cleaned: Event = _mapped(event, partial(_leaf, shift))
    except OverflowError as error:
        raise _damaged(number, "its time is out of range") from error
    return cleaned


def _check_usable(incident: str, events: Sequence[tuple[int, Event]], check: Check) -> None:
    """Refuse an incident that cannot be folded or that `check` rejects."""
    record = Record(incident)
    for number, event in events:
        try:
            record.extend([event])
        except Refused as refused:
            raise _damaged(number, refused.why) from refused
    fault = check(record)
    if fault is not None:
        seq, why = fault
        raise Refused(
            f"line {events[seq - 1][0]}: {why}", "nothing was imported; export the incident again from its own store"
        )


def _fitted(journal: Journal, header: jsonl.Header, events: Sequence[tuple[int, Event]]) -> list[Event]:
    """Return the events with a free number; called with the write lock held, so that the number stays free."""
    known = next((listed for listed in journal.incidents() if listed.id == header.incident), None)
    if known is not None:
        raise Refused(f"this incident already exists as {known.name}", f"open it with: incident open {known.name}")
    numbered = [_with_free_number(journal, event) if event.seq == 1 else event for _, event in events]
    for number, event in events:
        if journal.database.rows("SELECT 1 FROM events WHERE id = ?", (event.id,)):
            raise _damaged(number, "an event with its id already exists")
    return numbered


def _with_free_number(journal: Journal, event: Event) -> Event:
    opened = event.fact
    taken = {listed.number for listed in journal.incidents()}
    if not isinstance(opened, IncidentOpened) or (1 <= opened.number <= _LARGEST_NUMBER and opened.number not in taken):
        return event
    return replace(event, fact=replace(opened, number=append.next_number(journal.database)))


def _leaf(shift: timedelta, value: object) -> object:
    """Move a time, or clean a text: an imported file is untrusted input."""
    if isinstance(value, date):
        return value + shift if shift else value
    if isinstance(value, str) and not isinstance(value, Enum) and not is_clean(value):
        # A control character becomes its name, the longest replacement there is.
        return clean(value, limit=len("<U+10FFFF>") * len(value))
    return value


def _mapped(value: Any, leaf: Callable[[object], object]) -> Any:
    """Return the value with every leaf changed, or the same object if nothing changed."""
    if isinstance(value, Struct):
        changes = {}
        for name in value.__struct_fields__:
            old = getattr(value, name)
            new = _mapped(old, leaf)
            if new is not old:
                changes[name] = new
        return replace(value, **changes) if changes else value
    if isinstance(value, tuple | list | frozenset):
        return type(value)(_mapped(each, leaf) for each in value)
    if isinstance(value, Mapping):
        return {_mapped(key, leaf): _mapped(each, leaf) for key, each in value.items()}
    return leaf(value)
