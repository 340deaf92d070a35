"""Commands that rebuild a damaged store, and that take an incident out of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incident_cockpit.cli import output
from incident_cockpit.cli.completion import incidents as complete_incidents
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common
from incident_cockpit.errors import ExitCode, Refused, Unreadable
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.store import Store
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.sanitize import clean_line

if TYPE_CHECKING:
    from incident_cockpit.journal.restore import Report


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@common(incident=False)
def restore(call: Call, files: tuple[str, ...]) -> int:
    """Rebuild a lost or damaged store.

    It takes what can still be read of the database, what is in the rescue copies, and what is in each FILE: an export,
    a rescue copy, a copy of the database, or a folder of those.

    A database that is whole keeps its place, and gets what the others have more. A damaged one is kept under another
    name, and open cockpits go on in the new one. Exits with 4 when events are missing or may be.
    """
    from incident_cockpit.journal.removal import removals
    from incident_cockpit.journal.rescue_copy import Rescue
    from incident_cockpit.journal.restore import restore as rebuild

    with call.store() as store:
        places = store.places
        report = rebuild(places.store, Rescue(places.rescue), removals(places.removed), map(Path, files))
    if call.json:
        output.shape({
            "store": str(places.store),
            "changed": report.changed,
            "set_aside": str(report.set_aside) if report.set_aside else None,
            "incidents": [
                {
                    "id": one.id, "name": one.name or None, "events": len(one.events),
                    "missing": one.missing, "unsure": one.unsure,
                }
                for one in report.incidents
            ],
            "notes": report.notes,
        })  # fmt: skip
    else:
        _tell(places.store, report)
    for note in report.notes:
        output.say(note)
    if report.set_aside is not None:
        output.say(f"the damaged database is kept as {report.set_aside}")
    return ExitCode.OK if report.whole else ExitCode.STORE


def _tell(store: Path, report: Report) -> None:
    if not report.changed:
        output.text(f"{store}: nothing to restore")
    for one in report.incidents:
        name = clean_line(one.name) or f"incident {one.id}"
        if one.missing:
            output.text(f"{name}: {counted(len(one.events), 'event')}, {one.missing} more missing at its end")
        elif one.unsure:
            output.text(f"{name}: {counted(len(one.events), 'event')}, and more may be missing at its end")
        elif report.changed:
            output.text(f"{name}: {counted(len(one.events), 'event')}")


@click.command()
@click.argument("incident_id", metavar="ID", shell_complete=complete_incidents)
@click.option("--reason", required=True, metavar="TEXT", help="Why it is removed, such as: drill.")
@click.option("--confirm", metavar="TITLE", help="Its title, which is asked for on a terminal.")
@common(incident=False)
def remove(call: Call, incident_id: str, reason: str, confirm: str | None) -> int:
    """Take an incident out of the store, and keep it in a file.

    This is for drills, tests, and incidents that cannot be read. All of it is written to a file first, whose name is
    printed; who removed it and why is listed beside it. One that can be read is removed only when its title is typed.
    """
    from incident_cockpit.journal.removal import remove as take_out

    why = clean_line(reason)
    if not why:
        raise Refused("the reason is empty", "say why it is removed, such as: --reason drill", ExitCode.USAGE)
    with call.store() as store:
        listed = store.select(call.named(incident_id))
        if _usable(store, listed):
            _check_title(listed, confirm)
        removal = take_out(store.journal, store.places.removed, listed, who=store.who, at=store.clock.now(), reason=why)
    if call.json:
        output.shape({"name": removal.name, "title": removal.title, "events": removal.events, "file": removal.file})
    else:
        output.text(removal.file)
    kept = f"its {counted(removal.events, 'event')} are kept in this file"
    output.say(f"{removal.name} {clean_line(removal.title)}: removed ({why}); {kept}")
    return ExitCode.OK


def _usable(store: Store, listed: Listed) -> bool:
    """Return whether the incident can be read and shown."""
    try:
        store.record(listed.id)
        store.reader.check_latest()
    except Unreadable:
        return False
    return True


def _check_title(listed: Listed, confirm: str | None) -> None:
    """Refuse to remove an incident that can be read unless its title was typed."""
    if confirm is None and sys.stdin.isatty():
        output.ask(f"{listed.name} {clean_line(listed.title)} can be read. To remove it, type its title: ")
        confirm = sys.stdin.readline()
    if " ".join((confirm or "").split()) != " ".join(listed.title.split()):
        raise Refused(
            f"{listed.name} can be read, and its title was not typed",
            f"to remove it all the same, add: --confirm '{clean_line(listed.title)}'",
        )
