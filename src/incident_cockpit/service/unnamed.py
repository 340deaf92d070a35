"""Which incident is meant where none is named: the only one that is not closed, or the one that was closed last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.reader import Reader
from incident_cockpit.times.format import ago

# How long after its close an incident is still the one that is read.
_LATELY = timedelta(days=1)


def unnamed(journal: Journal, reader: Reader, now: datetime, *, to_write: bool, say: Callable[[str], None]) -> Listed:
    """Return the incident that is meant, as `Store.meant` does; raises NotFound, and Refused for several."""
    found = unclosed(journal)
    if len(found) > 1:
        # One that cannot be read keeps no other from being worked on.
        found = [one for one in found if not reader.why_unreadable(one)] or found
    if len(found) == 1:
        return found[0]
    if found:
        listed = "\n".join(f"  INC-{one.number}  {one.severity or '?'}  {one.title}" for one in found)
        standing = "open" if found[0].live else "resolved and not closed"
        raise Refused(
            f"{len(found)} incidents are {standing} and none was named:\n{listed}",
            f"name one, as in --incident {found[0].number}, INCIDENT={found[0].number}, "
            f"or for good: incident use {found[0].number}",
            ExitCode.USAGE,
        )
    return _closed_lately(journal, reader, now, to_write, say)


def unclosed(journal: Journal) -> list[Listed]:
    """Return the open incidents, or where none is open those that are resolved and not closed, newest first."""
    live = journal.incidents(live_only=True)
    return live or [one for one in journal.incidents() if journal.closed_at(one) is None]


def _closed_lately(
    journal: Journal, reader: Reader, now: datetime, to_write: bool, say: Callable[[str], None]
) -> Listed:
    """Return the incident that was closed last, if within a day; one that was dismissed counts after the others.

    Raises NotFound where there is none such, or where it is written to without being named.
    """
    ended = [(one, at) for one in journal.incidents() if (at := journal.closed_at(one)) is not None]
    if not ended:
        raise NotFound("there is no open incident", 'declare one: incident new "what is broken"')
    ended.sort(key=lambda found: (found[1] >= now - _LATELY, found[0].triage is None, found[1]), reverse=True)
    last, at = next((found for found in ended if not reader.why_unreadable(found[0])), ended[0])
    closed = f"{last.name} {last.title} was {'closed' if last.triage is None else 'dismissed'} {ago(at, now)}"
    if to_write or at < now - _LATELY:
        raise NotFound(
            f"there is no open incident; {closed}",
            f"to go on with it, name it: --incident {last.number}, or for good: incident use {last.number}; "
            'or declare one: incident new "what is broken"',
        )
    say(f"no incident is open; {closed}")
    return last
