"""The last door for every text: secrets are redacted and no name in it can call anybody, whoever wrote or edited it."""

from __future__ import annotations

from incident_cockpit.exports.formats.format import Heading, Rendered
from incident_cockpit.exports.formats.neutral import read, redacted
from incident_cockpit.text import secrets
from incident_cockpit.text.escape import slack_paste


def safe(text: str) -> str:
    """Return what actually leaves of a text a person has edited: secrets redacted, names that call nobody.

    Doing it twice changes nothing more, and it is right for every target.
    """
    return guarded(text)[0]


def edited(text: str, target: str, heading: Heading) -> tuple[Rendered, tuple[str, ...]]:
    """Return a text that a person has written or edited as the format `target` takes it, and the kinds of its secrets.

    It is read as `formats.neutral` says: its stars and dashes are meant, because whoever edits a text sees them.
    """
    from incident_cockpit.exports.formats.registry import FORMATS

    # A key of several lines is whole only before the text is taken apart.
    clean, found = secrets.redact(text)
    blocks, late = redacted(read(clean))
    return FORMATS[target].render(blocks, heading), (*(one.name for one in found), *late)


def guarded(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text as `safe` does, and the kinds of secrets that were redacted, one for each place."""
    # Redacted first: the sign put after an @ would hide a password in an address.
    redacted, found = secrets.redact(text)
    return slack_paste(redacted), tuple(one.name for one in found)
