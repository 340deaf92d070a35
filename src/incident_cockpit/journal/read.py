"""Reads events, incidents and documents, with the standard module alone because `log` and `status` wait for it."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime

from msgspec import Struct

from incident_cockpit.errors import NotFound, Refused, Unreadable
from incident_cockpit.incident import codec
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.topics.channel import ChannelSet
from incident_cockpit.journal.database import Database

_NUMBER = re.compile(r"(?:inc-|#)?([0-9]{1,9})", re.IGNORECASE)
_ID_PREFIX = re.compile(r"[0-9a-f]{4,32}", re.IGNORECASE)
_COLUMNS = "id, number, title, severity, phase, live, opened, ended, commander, seq, updated, triage"
_SHOWN = 5


class Listed(Struct, frozen=True):
    """One incident as a list shows it; times are aware UTC, severity and phase are the plan's ids.

    `triage` says where its report stands, such as "in triage" or "false alarm", None where there is no more to say.
    `unreadable` says why its events cannot be read, as far as that is known.
    """

    id: str
    number: int
    title: str
    severity: str | None
    phase: str | None
    live: bool
    opened: datetime
    ended: datetime | None
    commander: str
    seq: int
    updated: datetime
    triage: str | None = None
    unreadable: str = ""

    @property
    def standing(self) -> str:
        """Return in a word where it stands: what became of its report, else the phase."""
        return self.triage or self.phase or ""

    @property
    def words(self) -> str:
        """Return its title, and why it cannot be read."""
        return f"{self.title} (cannot be read: {self.unreadable})" if self.unreadable else self.title

    @property
    def name(self) -> str:
        """Return the short name people use, such as "INC-7"."""
        return f"INC-{self.number}"


def lines_after(database: Database, incident: str, seq: int) -> list[bytes]:
    """Return the incident's stored lines behind `seq`, as they were written."""
    found = database.rows("SELECT line FROM events WHERE incident = ? AND seq > ? ORDER BY seq", (incident, seq))
    return [line for (line,) in found]


def events_after(database: Database, incident: str, seq: int) -> list[Event]:
    """Return the incident's events behind `seq`; raises StoreError for one that cannot be read."""
    return [codec.decode(line) for line in lines_after(database, incident, seq)]


def listed(database: Database, live_only: bool = False) -> list[Listed]:
    """Return the incidents, newest first."""
    where = "WHERE live" if live_only else ""
    return [_listed(row) for row in database.rows(f"SELECT {_COLUMNS} FROM incidents {where} ORDER BY number DESC")]  # noqa: S608 - words of ours


def _listed(
    row: tuple[str, int, str, str | None, str | None, int, str, str | None, str, int, str, str | None],
) -> Listed:
    incident, number, title, severity, phase, live, opened, ended, commander, seq, updated, triage = row
    return Listed(
        id=incident,
        number=number,
        title=title,
        severity=severity,
        phase=phase,
        live=bool(live),
        opened=datetime.fromisoformat(opened),
        ended=datetime.fromisoformat(ended) if ended else None,
        commander=commander,
        seq=seq,
        updated=datetime.fromisoformat(updated),
        triage=triage,
    )


def find(database: Database, word: str) -> Listed:
    """Return the incident that is meant by a number, the start of its id, or a part of its title.

    Raises NotFound, or Refused with the list when several are meant.
    """
    word = " ".join(word.split())
    everything = listed(database)
    number = _NUMBER.fullmatch(word)
    readings = (
        [one for one in everything if number and one.number == int(number[1])],
        [one for one in everything if _ID_PREFIX.fullmatch(word) and one.id.startswith(word.lower())],
        [one for one in everything if word and word.casefold() in one.title.casefold()],
    )
    meant = next((reading for reading in readings if reading), [])
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise NotFound(f"there is no incident '{word}'", "see them all with: incident list")
    more = f" and {len(meant) - _SHOWN} more" if len(meant) > _SHOWN else ""
    names = ", ".join(f"{one.name} {one.title}" for one in meant[:_SHOWN])
    raise Refused(f"'{word}' could mean {len(meant)} incidents", f"say which by its number: {names}{more}")


def ids(database: Database) -> list[str]:
    """Return the ids of the incidents that have events."""
    return [incident for (incident,) in database.rows("SELECT DISTINCT incident FROM events ORDER BY incident")]


def channels(database: Database, besides: str = "") -> frozenset[str]:
    """Return every channel name that an incident ever had, one incident aside: a chat keeps the names of old ones."""
    found = database.rows("SELECT line FROM events WHERE kind = ? AND incident <> ?", (ChannelSet.kind, besides))
    names = set()
    for (line,) in found:
        # An incident that cannot be read keeps no other from being worked on.
        with suppress(Unreadable):
            fact = codec.decode(line).fact
            if isinstance(fact, ChannelSet) and fact.now:
                names.add(fact.now)
    return frozenset(names)


def document(database: Database, digest: str) -> bytes | None:
    """Return the document with this SHA-256, or None."""
    found = database.rows("SELECT blob FROM documents WHERE sha256 = ?", (digest,))
    return bytes(found[0][0]) if found else None


def head(database: Database, incident: str) -> tuple[int, str] | None:
    """Return the seq and the hash of the incident's last event, or None when it has none."""
    found = database.rows("SELECT seq, hash FROM events WHERE incident = ? ORDER BY seq DESC LIMIT 1", (incident,))
    return (found[0][0], found[0][1]) if found else None
