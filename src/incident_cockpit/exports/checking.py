"""What to think of before a text leaves, one line each; nothing of it stops anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from incident_cockpit.exports.cautions import causes, gaps, jargon, promises
from incident_cockpit.exports.restricted import in_a_name, marking, tells_title
from incident_cockpit.incident.state import Incident
from incident_cockpit.text import secrets
from incident_cockpit.text.count import counted
from incident_cockpit.text.escape import mentions

SLACK_SPLITS_AT = 4_000

# More of a sort tell nobody more.
_MOST = 3

NO_IMPACT = "The impact is not described: readers will ask who is affected and how"


def form(text: str, *, splits: bool = True) -> Iterator[str]:
    """Yield what is wrong with a text whoever reads it; `splits` is off where it was parted for its target already."""
    yield from (f"Looks like a secret: {found.name}; it is redacted when it leaves" for found in secrets.find(text)[:5])
    if not text.strip():
        yield "It is empty"
    if splits and len(text) > SLACK_SPLITS_AT:
        yield f"It has {len(text):,} characters: Slack splits it above {SLACK_SPLITS_AT:,}"
    called = mentions(text)
    if called:
        yield f"{counted(called, '@name')} in it: nobody will be called by it"


def readers(text: str, incident: Incident, *, inside: bool) -> Iterator[str]:
    """Yield what these readers must not learn from the text, and the marking that colleagues must see on it."""
    if not inside:
        yield from (f"It names {who}, and its readers are outside" for who in _named(text, incident))
        yield from islice(causes(text, incident), _MOST)
        yield from islice(jargon(text, incident.plan), _MOST)
        if incident.codename and _stands(incident.codename, text):
            yield f"Nobody outside knows what {incident.codename} is: say it in words that its readers know"
    if tells_title(text, incident):
        yield f"It tells the title, and the incident is restricted: call it {incident.codename}"
    slug = in_a_name(incident.title)
    if inside and incident.codename and slug and slug in incident.meeting.channel:
        yield "The channel's name tells the title: give it another one, then say so: channel NAME"
    mark = marking(incident)
    if inside and mark and not text.lstrip().startswith("RESTRICTED"):
        yield f"Its first line is missing: {mark}"


def update(text: str, incident: Incident, audience: str) -> Iterator[str]:
    """Yield what an update to this audience should not promise, and what its readers look for and do not find."""
    yield from islice(promises(text), _MOST)
    yield from gaps(text, incident, audience)


def _named(text: str, incident: Incident) -> Iterator[str]:
    """Yield the people of the incident whose names stand in the text."""
    for who in dict.fromkeys(_people(incident)):
        if _stands(who, text):
            yield who


def _people(incident: Incident) -> Iterator[str]:
    """Yield everybody the incident knows by name; a person can be in it several times."""
    yield from (holding.who for held in incident.roles.values() for holding in held)
    for ask in incident.asks.values():
        yield from (ask.who, *ask.before)
    for one in incident.hypotheses.values():
        yield from filter(None, (one.by, one.tester))
    for note in (*incident.notes.actions.values(), *incident.notes.decisions.values()):
        yield note.by
    yield from (ground.who for ground in incident.decisions.values() if ground.who)
    yield from (need.met_by for need in incident.needs.values() if need.met_by)
    yield from (sent.by for sent in incident.updates.sent.values())
    if incident.handoff is not None:
        yield incident.handoff.incoming
    if incident.report is not None:
        yield from filter(None, (incident.report.who, incident.report.investigator))


def _stands(name: str, text: str) -> bool:
    """Return whether a name stands in the text as a word of its own."""
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))
