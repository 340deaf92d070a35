"""Attachments: links and files on entries of the timeline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change
from incident_cockpit.incident.facts.topic import Line, Topic, put, value_of
from incident_cockpit.text.plurals import sized

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

LONGEST_LINK = 2_000
# Of the line that something is pinned to, as much as tells it from others.
LONGEST_ENTRY_START = 100

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{0,40}://", re.IGNORECASE)


class AttachedFile(Struct, frozen=True):
    """A file as it was when it was attached: its name, its size in bytes and its SHA-256.

    `copy` is the name of its copy in the evidence folder, on the machine where it was attached.
    """

    name: str
    size: int
    sha256: str
    copy: str

    @property
    def where(self) -> str:
        """Return the path of the copy, relative to the data folder."""
        return f"evidence/{self.copy}"


class Attachment(Struct, frozen=True):
    """A link or a file on one entry; `line` is the seq of the entry, `to` its first words.

    `along` is true where it came with the entry itself.
    """

    line: int
    to: str
    by: str
    when: datetime
    link: str = ""
    file: AttachedFile | None = None
    along: bool = False

    @property
    def words(self) -> str:
        """Return the address, or the file's name and size."""
        return self.link if self.file is None else f"{self.file.name} ({sized(self.file.size)})"

    def same_as(self, other: Attachment) -> bool:
        """Return whether both are the same address, or files with the same content."""
        if self.file is None or other.file is None:
            return self.file is other.file and self.link == other.link
        return self.file.sha256 == other.file.sha256


class AttachmentAdded(Change, frozen=True):
    """A link or a file was attached to an entry."""

    kind: ClassVar[str] = "line.pinned"
    names: ClassVar[str] = "pin"
    pin: str
    now: Attachment | None
    was: Attachment | None

    @property
    def quiet(self) -> bool:
        """Return whether it came with the entry, which shows it."""
        return value_of(self.now, self.was).along


def is_address(text: str) -> bool:
    """Return whether a text is an address of any scheme rather than a file."""
    return _ADDRESS.match(text) is not None


def check_link(text: str) -> str:
    """Return an address that may be attached; raises Refused for any but http and https."""
    # Late: logging does not need it.
    from urllib.parse import urlsplit

    shown = text if len(text) <= LONGEST_ENTRY_START else f"{text[:LONGEST_ENTRY_START]}…"
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        whole = False
    if not whole or any(sign.isspace() for sign in text):
        raise Refused(
            f'"{shown}" is not a web link',
            "enter an address that starts with https:// or http://, or the path of a file",
            about="link",
        )
    if len(text) > LONGEST_LINK:
        raise Refused(
            f"The link has {len(text):,} characters, more than {LONGEST_LINK:,}",
            f"use a shorter one than {shown}",
            about="link",
        )
    return text


Attachments = Mapping[int, Mapping[str, Attachment]]


def attachments_of(incident: Incident, line: int) -> tuple[Attachment, ...]:
    """Return the attachments of the entry with this seq, oldest first."""
    return tuple(incident.attachments.get(line, {}).values())


def _fold(state: Attachments, fact: AttachmentAdded) -> Attachments:
    line = value_of(fact.now, fact.was).line
    return put(state, line, put(state.get(line, {}), fact.pin, fact.now) or None)


def _words(fact: AttachmentAdded, incident: Incident) -> Line:
    attachment = value_of(fact.now, fact.was)
    return Line("pinned", f"{attachment.words} → {attachment.to}")


TOPIC = Topic("attachments", {}, (AttachmentAdded,), _fold, _words)
