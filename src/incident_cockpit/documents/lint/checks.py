"""What to think of before a text leaves, one line each; nothing of it stops anybody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from incident_cockpit.documents.document import in_a_name, marking, tells_title
from incident_cockpit.documents.lint.causes import check_causes
from incident_cockpit.documents.lint.length import check_length
from incident_cockpit.documents.lint.missing import check_gaps, check_jargon
from incident_cockpit.documents.lint.names import contains_name, named_people
from incident_cockpit.documents.lint.promises import check_promises
from incident_cockpit.documents.phrasing import is_internal
from incident_cockpit.incident.state import Incident
from incident_cockpit.text import redact
from incident_cockpit.text.escape import mentions
from incident_cockpit.text.plurals import counted

# More of a sort tell nobody more.
_MOST = 3


def check_text(text: str, target: str = "slack") -> Iterator[str]:
    """Yield what is wrong with a text whoever reads it; `target` is "" where it was made to fit already."""
    yield from (f"Looks like a secret: {found.name}; it is redacted when it leaves" for found in redact.find(text)[:5])
    if not text.strip():
        yield "It is empty"
    if target:
        yield from check_length(text, target)
    called = mentions(text)
    if called:
        yield f"{counted(called, '@name')} in it: nobody will be called by it"


def check_disclosure(text: str, incident: Incident, *, inside: bool) -> Iterator[str]:
    """Yield what these readers must not learn from the text, and the marking that colleagues must see on it."""
    if not inside:
        yield from (f"It names {who}, and its readers are outside" for who in named_people(text, incident))
        yield from islice(check_causes(text, incident), _MOST)
        yield from islice(check_jargon(text, incident.plan), _MOST)
        if incident.codename and contains_name(incident.codename, text):
            yield f"Nobody outside knows what {incident.codename} is: say it in words that its readers know"
    if tells_title(text, incident):
        yield f"It tells the title, and the incident is restricted: call it {incident.codename}"
    slug = in_a_name(incident.title)
    if inside and incident.codename and slug and slug in incident.meeting.channel:
        yield "The channel's name tells the title: give it another one, then say so with :channel NAME"
    mark = marking(incident)
    if inside and mark and not text.lstrip().startswith("RESTRICTED"):
        yield f"Its first line is missing: {mark}"


def check_contents(text: str, incident: Incident, audience: str) -> Iterator[str]:
    """Yield what an update to this audience should not say, and what its readers look for and do not find."""
    yield from islice(check_promises(text), _MOST)
    if is_internal(incident.plan, audience):
        yield from islice(check_causes(text, incident, inside=True), _MOST)
    yield from check_gaps(text, incident, audience)
