"""JSON Lines of an incident, the format of exports and rescue copies: a header, documents and events."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec

FORMAT = "incident-cockpit"
VERSION = 1

# User text cannot imitate this key: inside a JSON string its quotes would be escaped.
DIGEST = re.compile(rb'"sha256":"([0-9a-f]{64})"')
# The hash before an incident's first event.
GENESIS = "0" * 64


class Header(msgspec.Struct, frozen=True, omit_defaults=True):
    """The first line; exports have `events` and `head` (the last hash), which reveal a cut or edited file."""

    format: str
    version: int
    incident: str
    events: int | None = None
    head: str | None = None


class EmbeddedDocument(msgspec.Struct, frozen=True):
    """A file the events refer to, such as a runbook's source, named by its SHA-256."""

    document: str
    base64: str


def header(incident: str, events: int | None = None, head: str | None = None) -> bytes:
    """Return the header line of an incident's file."""
    return msgspec.json.encode(Header(FORMAT, VERSION, incident, events, head))


def with_documents(lines: Iterable[bytes], document: Callable[[str], bytes | None]) -> Iterator[bytes]:
    """Insert each document before the first event line that refers to it."""
    sent: set[str] = set()
    for line in lines:
        for match in DIGEST.findall(line):
            digest = match.decode()
            if digest not in sent and (blob := document(digest)) is not None:
                yield msgspec.json.encode(EmbeddedDocument(digest, b64encode(blob).decode()))
            sent.add(digest)
        yield line


def first_break(stored: Sequence[tuple[int, bytes, str, int]]) -> int | None:
    """Return the seq of the first event with a wrong hash, or None.

    Rows are (seq, line, hash, position) in order of seq. An event is chained to the one before it, or to the one stored
    before it: these differ where a gap was filled later.
    """
    before = {}
    head = GENESIS
    for _, _, hashed, position in sorted(stored, key=lambda row: row[3]):
        before[position], head = head, hashed
    head = GENESIS
    for seq, line, hashed, position in stored:
        if hashed not in (chained(head, line), chained(before[position], line)):
            return seq
        head = hashed
    return None


def chained(before: str, line: bytes) -> str:
    """Return the hash of a stored line that follows the hash `before`; its first digit is the scheme."""
    return sha256(b"1" + before.encode() + line).hexdigest()
