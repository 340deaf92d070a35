"""Schema of the store and its migrations, which are only ever added at the end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

# Identifies an incident store in the file header, so that the database of another program is not mistaken for one.
APPLICATION_ID = int.from_bytes(b"INCK", "big")

# A plain INSERT OR REPLACE deletes without asking the DELETE trigger, hence the third guard. sqlite-utils' transform()
# drops triggers silently, so every migration ends by creating them again.
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
    """Add the triage status of a report to the list."""
    db.table("incidents").add_column("triage", str)


def _legal_duties(db: Database) -> None:
    """Add the number of legal duties still open after an incident's end to the list."""
    # Late: only an older store needs it.
    from incident_cockpit.incident import codec
    from incident_cockpit.incident.record import Record
    from incident_cockpit.incident.views.legal_duties import legal_duties_owed
    from incident_cockpit.journal.read import gapless

    db.table("incidents").add_column("legal_duties", int, not_null_default=0)
    # Legal duties require a type or the milestone aware: most incidents need not be read.
    ended = """SELECT id FROM incidents WHERE NOT live AND id IN (
        SELECT incident FROM events WHERE kind = 'type.set'
            OR (kind = 'milestone.reached' AND instr(CAST(line AS TEXT), '"aware"') > 0))"""
    for (incident,) in db.execute(ended).fetchall():
        lines = db.execute("SELECT line FROM events WHERE incident = ? ORDER BY seq", (incident,)).fetchall()
        # A damaged incident must not prevent opening the store: doctor reports it.
        with suppress(Exception):
            record = Record(incident, gapless((codec.decode(line) for (line,) in lines), 0))
            owed = len(legal_duties_owed(record.incident))
            db.execute("UPDATE incidents SET legal_duties = ? WHERE id = ?", (owed, incident))


MIGRATIONS: tuple[Callable[[Database], None], ...] = (_first, _triage, _legal_duties)
VERSION = len(MIGRATIONS)


def migrate(db: Database) -> None:
    """Migrate the store to `VERSION`; the caller holds the write lock, so that only one process migrates."""
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
