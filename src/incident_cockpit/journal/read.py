"""Reads events, incidents and documents, with the standard module alone because `log` and `status` wait for it."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.incident import codec
from incident_cockpit.incident.envelope import Event
from incident_cockpit.incident.topics.channel import ChannelSet
from incident_cockpit.journal.database import Database
from incident_cockpit.text.count import counted

_NUMBER = re.compile(r"(?:inc-|#)?([0-9]{1,9})", re.IGNORECASE)
_ID_PREFIX = re.compile(r"[0-9a-f]{4,32}", re.IGNORECASE)
_COLUMNS = "id, number, title, severity, phase, live, opened, ended, commander, seq, updated, triage, legal_duties"
_SHOWN = 5


class Listed(Struct, frozen=True):
    """One incident as a list shows it; times are aware UTC, severity and phase are the plan's ids.

    `triage` says where its report stands, such as "in triage" or "false alarm", None where there is no more to say.
    `legal_duties` is how many legal duties are owed although it is not live any more.
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
    legal_duties: int = 0

    @property
    def standing(self) -> str:
        """Return in a word where it stands: what became of its report, else the phase."""
        return self.triage or self.phase or ""

    @property
    def owed(self) -> str:
        """Return which legal duties outlive it: "3 legal duties owed", "" where none does."""
        return f"{counted(self.legal_duties, 'legal duty', 'legal duties')} owed" if self.legal_duties else ""

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


def listed(database: Database, live_only: bool = False, owing: bool = False) -> list[Listed]:
    """Return the incidents, newest first; `owing` adds those to the live ones that have legal duties left."""
    where = "WHERE live" + (" OR legal_duties > 0" if owing else "") if live_only else ""
    return [_listed(row) for row in database.rows(f"SELECT {_COLUMNS} FROM incidents {where} ORDER BY number DESC")]  # noqa: S608 - words of ours


def _listed(
    row: tuple[str, int, str, str | None, str | None, int, str, str | None, str, int, str, str | None, int],
) -> Listed:
    incident, number, title, severity, phase, live, opened, ended, commander, seq, updated, triage, duties = row
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
        legal_duties=duties,
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


def channels(database: Database, besides: str = "") -> frozenset[str]:
    """Return every channel name that an incident ever had, one incident aside: a chat keeps the names of old ones."""
    found = database.rows("SELECT line FROM events WHERE kind = ? AND incident <> ?", (ChannelSet.kind, besides))
    facts = (codec.decode(line).fact for (line,) in found)
    return frozenset(fact.now for fact in facts if isinstance(fact, ChannelSet) and fact.now)


def document(database: Database, digest: str) -> bytes | None:
    """Return the document with this SHA-256, or None."""
    found = database.rows("SELECT blob FROM documents WHERE sha256 = ?", (digest,))
    return bytes(found[0][0]) if found else None


def head(database: Database, incident: str) -> tuple[int, str] | None:
    """Return the seq and the hash of the incident's last event, or None when it has none."""
    found = database.rows("SELECT seq, hash FROM events WHERE incident = ? ORDER BY seq DESC LIMIT 1", (incident,))
    return (found[0][0], found[0][1]) if found else None
