"""Status of an incident, in one line for a prompt or in a few for a person; without click, as it is printed often."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call
from incident_cockpit.errors import ExitCode, Unreadable
from incident_cockpit.files import is_there
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.due import Urgency, due_items, urgency
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.overview import lateness, with_late
from incident_cockpit.service.store import Store
from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.times.format import countdown, run_time

_LONGEST_TITLE = 32
# tmux reads styles and commands behind this sign in what it is given.
_TMUX = re.compile(r"#(?=[\[({#])")


def status(call: Call, line: bool, incident_id: str | None = None) -> int:
    """Print the status of the current incident; `incident_id` overrides --incident."""
    reference = call.reference(incident_id)
    with call.store() as store:
        if line and not call.json:
            output.text(_one_line(call, store, reference))
            return ExitCode.OK
        record = store.record(call.select(store, incident_id).id)
        now = store.clock.now()
        if call.json:
            from incident_cockpit.cli.views import json

            output.json(json.status(_as_seen(record), now))
        else:
            elsewhere = with_late(store.others(record.id), now)
            late = (f"! {row.name} has {lateness(times, now)}" for row, times in elsewhere)
            output.lines([*summary(record, now), *late])
    return ExitCode.OK


def _one_line(call: Call, store: Store, reference: str | None) -> str:
    """Return the line for a prompt; without a current incident it lists the open ones instead of failing."""
    if reference is None and not is_there(store.places.store):
        return ""
    now = store.clock.now()
    if reference is None and not call.env.get("INCIDENT") and store.journal.current() is None:
        unclosed = store.unclosed()
        if len(unclosed) != 1:
            return _several(store, unclosed, now) if unclosed else ""
    current = store.select(reference)
    late = (f"! {row.name}: {len(times)} late" for row, times in with_late(store.others(current.id), now))
    try:
        line = one_line(_as_seen(store.record(current.id)), now)
    except Unreadable:
        line = f"{current.name} cannot be read"
    return "  ".join((line, *late))


def _several(store: Store, unclosed: Sequence[Listed], now: datetime) -> str:
    """Return the names of the incidents that may be the current one, with the number of late items in each."""
    late = {row.id: times for row, times in with_late(store.others(), now)}
    names = (f"{row.name} ({len(late[row.id])} late)" if row.id in late else row.name for row in unclosed)
    return f"{len(unclosed)} incidents {'open' if unclosed[0].live else 'not closed'}: {' '.join(names)}"


def _as_seen(record: Record) -> Record:
    """Return the record as others may see it: prompts and bars are on shared screens, and bots repeat them."""
    if not record.incident.codename:
        return record
    from incident_cockpit.documents.document import veiled

    return veiled(record)


def one_line(record: Record, now: datetime) -> str:
    """Return the incident in one line: severity, name, title, phase, run time, and what is due next."""
    incident = record.incident
    severity = incident.severity.value if incident.severity else "-"
    phase = incident.plan.phase_name(incident.phase.value) if incident.adopted and incident.phase else ""
    parts = [severity, incident.name, _TMUX.sub("# ", clean_line(incident.title, limit=_LONGEST_TITLE))]
    parts += [incident.triage or phase or "-", run_time(incident.started, incident.ended, now)]
    items = due_items(incident)
    if items:
        late = "! " if urgency(items[0], now) is Urgency.LATE else ""
        text = _TMUX.sub("# ", clean_line(items[0].text, limit=_LONGEST_TITLE))
        parts.append(f"{late}{text} {countdown(items[0].at, now)}")
    return "  ".join(parts)


def summary(record: Record, now: datetime) -> Iterator[str]:
    """Yield the incident in a few lines: what it is, who commands, what is next, what is due; times are in UTC."""
    from incident_cockpit.cli.views.layout import UNBROKEN, as_text
    from incident_cockpit.documents.sections.head import head
    from incident_cockpit.documents.sections.people import commander
    from incident_cockpit.documents.sections.runbooks import progress
    from incident_cockpit.documents.sections.updates import due_rows, next_action
    from incident_cockpit.documents.snapshot import Snapshot

    view = Snapshot(record, now, UTC)
    sections = (head, commander, progress, next_action, due_rows)
    yield from as_text((block for section in sections for block in section(view)), UNBROKEN)
