"""What the tables look like, and the steps from an older store to a newer one: added at the end, never changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

# Says "an incident store" in the file's header, so that another program's database is never taken for ours.
APPLICATION_ID = int.from_bytes(b"INCK", "big")

# A plain INSERT OR REPLACE deletes without asking the DELETE trigger, hence the third guard. sqlite-utils' transform()
# drops triggers without a word, so every migration ends by putting them back.
TRIGGERS = {
    "events_are_never_changed": "BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END",
    "events_are_never_deleted": "BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
    "events_are_never_replaced": """BEFORE INSERT ON events WHEN EXISTS (
        SELECT 1 FROM events WHERE position = NEW.position OR id = NEW.id
            OR (incident = NEW.incident AND seq = NEW.seq)
    ) BEGIN SELECT RAISE(ABORT, 'events are never replaced'); END""",
}

_TIMELINE = """
SELECT 'INC-' || incidents.number AS incident, incidents.title AS title, events.seq AS seq,
    events.happened AS happened, events.recorded AS recorded, events.who AS who, events.kind AS kind,
    json_extract(CAST(events.line AS TEXT), '$.fact') AS fact
FROM events JOIN incidents ON incidents.id = events.incident
ORDER BY incidents.number, events.happened, events.seq
"""


def _first(db: Database) -> None:
    db.create_table(
        "events",
        {
            "position": int, "incident": str, "seq": int, "id": str, "kind": str, "happened": str, "recorded": str,
            "who": str, "line": bytes, "hash": str,
        },
        pk="position",
        not_null={"incident", "seq", "id", "kind", "happened", "recorded", "who", "line", "hash"},
        strict=True,
    )  # fmt: skip
    db.table("events").create_index(["id"], unique=True)
    db.table("events").create_index(["incident", "seq"], unique=True)
    db.create_table(
        "incidents",
        {
            "id": str, "number": int, "title": str, "severity": str, "phase": str, "live": int, "opened": str,
            "ended": str, "commander": str, "seq": int, "updated": str,
        },
        pk="id",
        not_null={"number", "title", "live", "opened", "commander", "seq", "updated"},
        strict=True,
    )  # fmt: skip
    db.table("incidents").create_index(["number"], unique=True)
    db.create_table("documents", {"sha256": str, "blob": bytes}, pk="sha256", not_null={"blob"}, strict=True)
    db.create_table("settings", {"key": str, "value": str}, pk="key", not_null={"value"}, strict=True)
    db.create_view("timeline", _TIMELINE)


def _triage(db: Database) -> None:
    """Let the list say of a report that it is in triage, or what it turned out to be."""
    db.table("incidents").add_column("triage", str)


def _legal_duties(db: Database) -> None:
    """Let the list say how many legal duties an incident owes that was closed, or dismissed, with them open."""
    # Late: only an older store is counted anew.
    from incident_cockpit.incident import codec
    from incident_cockpit.incident.record import Record
    from incident_cockpit.incident.views.legal_duties import legal_duties_owed
    from incident_cockpit.journal.read import gapless

    db.table("incidents").add_column("legal_duties", int, not_null_default=0)
    # Duties come from a type or from becoming aware: most incidents need not be read.
    ended = """SELECT id FROM incidents WHERE NOT live AND id IN (
        SELECT incident FROM events WHERE kind = 'type.set'
            OR (kind = 'milestone.reached' AND instr(CAST(line AS TEXT), '"aware"') > 0))"""
    for (incident,) in db.execute(ended).fetchall():
        lines = db.execute("SELECT line FROM events WHERE incident = ? ORDER BY seq", (incident,)).fetchall()
        # A damaged incident must not keep the store from being opened, in whatever way it shows: doctor tells of it.
        with suppress(Exception):
            record = Record(incident, gapless((codec.decode(line) for (line,) in lines), 0))
            owed = len(legal_duties_owed(record.incident))
            db.execute("UPDATE incidents SET legal_duties = ? WHERE id = ?", (owed, incident))


MIGRATIONS: tuple[Callable[[Database], None], ...] = (_first, _triage, _legal_duties)
VERSION = len(MIGRATIONS)


def migrate(db: Database) -> None:
    """Bring the store to `VERSION`; the caller holds the write lock, so that of several processes one does the work."""
    from sqlite_utils import Migrations

    steps = Migrations("incident_cockpit")
    for number, step in enumerate(MIGRATIONS, start=1):
        steps(name=f"{number:03d}{step.__name__}")(step)
    steps.apply(db)
    for name, body in TRIGGERS.items():
        db.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        db.execute(f'CREATE TRIGGER "{name}" {body}')
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {VERSION}")
