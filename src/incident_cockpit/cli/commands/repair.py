"""Commands that check and repair the store: `verify`, `put-back`, `restore` and `remove`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incident_cockpit.cli import entries, output
from incident_cockpit.cli.completion import incidents as complete_incidents
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common, incident_argument
from incident_cockpit.errors import ExitCode, Refused, Unreadable
from incident_cockpit.incident.integrity import complaints
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.evidence import CheckedFiles, check_files
from incident_cockpit.service.store import Store
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.sanitize import clean_line

if TYPE_CHECKING:
    from incident_cockpit.journal.restore import RestoreResult


@click.command()
@common(incident=False)
def verify(call: Call) -> int:
    """Check the store and every event in it.

    It checks the file, the hash chain, the list, the rescue copies and the attached files, and exits with 4 when
    something is wrong. A file that was attached on another machine is reported as missing, which is not an error.

    The hash chain detects damage, but not a deliberate rewrite of the whole store.
    """
    with call.store() as store:
        errors = store.journal.verify(complaints)
        path = store.places.store
        count: int | None = None
        files = CheckedFiles()
        try:
            count = len(store.incidents())
            files = check_files(store.journal, store.places)
        except Refused as refused:
            # The cause is mostly among the errors already, in more detail.
            errors = errors or [refused.why]
    errors += files.altered
    if call.json:
        attached = {"whole": files.whole, "missing": files.missing, "altered": files.altered}
        output.json({"store": str(path), "incidents": count, "complaints": errors, "pinned_files": attached})
    elif count is not None and not errors:
        unchanged = f", {counted(files.whole, 'attached file')} unchanged" if files.whole else ""
        output.text(f"{path}: {counted(count, 'incident')}{unchanged}, OK")
    for sentence in (*errors, *files.missing):
        output.say(sentence)
    return ExitCode.STORE if errors else ExitCode.OK


@click.command("put-back")
@incident_argument
@common()
def put_back(call: Call, incident_id: str | None) -> int:
    """Put back events lost when the store was replaced.

    They are read from the rescue copies, appended with their author and time, and marked. An incident missing from the
    store is imported whole; ID is its number or the start of its id.
    """
    return entries.put_back(call, incident_id)


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@common(incident=False)
def restore(call: Call, files: tuple[str, ...]) -> int:
    """Rebuild a lost or damaged store.

    It combines what is readable of the database, the rescue copies, and each FILE: an export, a rescue copy, a copy of
    the database, or a folder of those.

    An intact database stays in place, and missing events are added to it. A damaged one is renamed and kept, and open
    cockpits continue with the new one. Exits with 4 if events are, or may be, missing.
    """
    from incident_cockpit.journal.removal import removals
    from incident_cockpit.journal.rescue_copy import Rescue
    from incident_cockpit.journal.restore import restore as rebuild

    with call.store() as store:
        places = store.places
        report = rebuild(places.store, Rescue(places.rescue), removals(places.removed), map(Path, files))
    if call.json:
        output.json({
            "store": str(places.store),
            "changed": report.changed,
            "set_aside": str(report.set_aside) if report.set_aside else None,
            "incidents": [
                {
                    "id": rebuilt.id, "name": rebuilt.name or None, "events": len(rebuilt.events),
                    "missing": rebuilt.missing, "unsure": rebuilt.unsure,
                }
                for rebuilt in report.incidents
            ],
            "notes": report.notes,
        })  # fmt: skip
    else:
        _print_report(places.store, report)
    for note in report.notes:
        output.say(note)
    if report.set_aside is not None:
        output.say(f"the damaged database was renamed to {report.set_aside}")
    return ExitCode.OK if report.whole else ExitCode.STORE


def _print_report(store: Path, report: RestoreResult) -> None:
    if not report.changed:
        output.text(f"{store}: nothing to restore")
    for rebuilt in report.incidents:
        name = clean_line(rebuilt.name) or f"incident {rebuilt.id}"
        events = counted(len(rebuilt.events), "event")
        if rebuilt.missing:
            output.text(f"{name}: {events}, {rebuilt.missing} more missing at its end")
        elif rebuilt.unsure:
            output.text(f"{name}: {events}, more may be missing at its end")
        elif report.changed:
            output.text(f"{name}: {events}")


@click.command()
@click.argument("incident_id", metavar="ID", shell_complete=complete_incidents)
@click.option("--reason", required=True, metavar="TEXT", help="Reason for removing it, such as: drill.")
@click.option("--confirm", metavar="TITLE", help="Its title, as confirmation. [default: asked for on a terminal]")
@common(incident=False)
def remove(call: Call, incident_id: str, reason: str, confirm: str | None) -> int:
    """Remove an incident from the store, and save it to a file.

    For drills, tests, and incidents that cannot be read. The whole incident is first written to a file, whose name is
    printed; the reason and your name are logged beside it. Confirm with its title, unless it cannot be read.
    """
    from incident_cockpit.journal.removal import remove as remove_incident

    why = clean_line(reason)
    if not why:
        raise Refused("reason required", "for example: --reason drill", ExitCode.USAGE, about="reason")
    with call.store() as store:
        row = store.select(call.reference(incident_id))
        if _is_readable(store, row):
            _check_title(row, confirm)
        removal = remove_incident(
            store.journal, store.places.removed, row, who=store.who, at=store.clock.now(), reason=why
        )
    if call.json:
        output.json({"name": removal.name, "title": removal.title, "events": removal.events, "file": removal.file})
    else:
        output.text(removal.file)
    saved = f"{counted(removal.events, 'event')} saved in this file"
    output.say(f"{removal.name} {clean_line(removal.title)}: removed ({why}); {saved}")
    return ExitCode.OK


def _is_readable(store: Store, row: Listed) -> bool:
    """Return whether the incident can be read and shown."""
    try:
        store.record(row.id)
        store.reader.check_latest()
    except Unreadable:
        return False
    return True


def _check_title(row: Listed, confirm: str | None) -> None:
    """Refuse to remove an incident that can be read unless its title is confirmed."""
    if confirm is None and sys.stdin.isatty():
        output.ask(f"{row.name} {clean_line(row.title)} can be read. To remove it, type its title: ")
        confirm = sys.stdin.readline()
    if " ".join((confirm or "").split()) != " ".join(row.title.split()):
        raise Refused(
            f"{row.name} can be read, so removing it needs its title",
            f"to remove it, add: --confirm '{clean_line(row.title)}'",
            about="confirm",
        )
