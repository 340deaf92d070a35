"""All checks of a text before it is sent, one line a warning."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from incident_cockpit.documents.document import channel_warning, marking, tells_title
from incident_cockpit.documents.lint.claims import check_causes, check_promises
from incident_cockpit.documents.lint.gaps import check_gaps, check_jargon, contains_name, named_people
from incident_cockpit.documents.lint.length import check_length
from incident_cockpit.documents.render import is_internal
from incident_cockpit.incident.state import Incident
from incident_cockpit.text import redact
from incident_cockpit.text.escape import mentions
from incident_cockpit.text.plurals import counted

# More warnings of one kind tell nothing new.
_MOST = 3


def check_text(text: str, target: str = "slack") -> Iterator[str]:
    """Yield warnings for any reader; `target` is "" for a text that was made to fit."""
    yield from (f"Possible secret: {secret.name}; it will be redacted" for secret in redact.find(text)[:5])
    if not text.strip():
        yield "The text is empty"
    if target:
        yield from check_length(text, target)
    mentioned = mentions(text)
    if mentioned:
        yield f"{counted(mentioned, '@mention')} will notify no one"


def check_disclosure(text: str, incident: Incident, *, inside: bool) -> Iterator[str]:
    """Yield what these readers must not learn from the text, and a missing marking of a restricted incident."""
    if not inside:
        yield from (f"Names {who}, but its readers are outside" for who in named_people(text, incident))
        yield from islice(check_causes(text, incident), _MOST)
        yield from islice(check_jargon(text, incident.plan), _MOST)
        if incident.codename and contains_name(incident.codename, text):
            yield f"Codename {incident.codename}: readers outside do not know it; describe the incident instead"
    if tells_title(text, incident):
        yield f"Title of a restricted incident: use the codename {incident.codename}"
    if inside and (warning := channel_warning(incident)):
        yield warning
    mark = marking(incident)
    if inside and mark and not text.lstrip().startswith("RESTRICTED"):
        yield f"First line missing: {mark}"


def check_contents(text: str, incident: Incident, audience: str) -> Iterator[str]:
    """Yield what an update to this audience should not contain, and what its readers will miss."""
    yield from islice(check_promises(text), _MOST)
    if is_internal(incident.plan, audience):
        yield from islice(check_causes(text, incident, inside=True), _MOST)
    yield from check_gaps(text, incident, audience)
