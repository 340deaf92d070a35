"""The door for documents: a list of sections, written as blocks, with secrets redacted and a codename for the title.

What leaves goes through here, so that no section has to know of secrets or of restricted incidents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from incident_cockpit.documents.blocks import as_chat, read, redacted
from incident_cockpit.documents.formats.format import Heading, Rendered
from incident_cockpit.documents.snapshot import Fit, Section, Snapshot
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.facts.classification import ChannelSet
from incident_cockpit.incident.facts.opening import IncidentOpened, Retitled
from incident_cockpit.incident.facts.plan import PlanAdopted
from incident_cockpit.incident.facts.runbooks import RunbookAttached, RunbookMerged
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.channel_names import plain_slug
from incident_cockpit.text import redact
from incident_cockpit.text.blocks import BlockKind, Blocks, Run, Style, paragraph
from incident_cockpit.text.escape import slack_paste

MARKDOWN = "markdown"


class Document(Struct, frozen=True):
    """A text about an incident: its sections in their order, and how much of each it shows.

    `target` is what it is written for: "slack" to paste into a chat, "markdown" for a file. `in_utc` is for texts that
    are kept: their times are in UTC, whatever the zone of the reader.
    """

    id: str
    title: str
    sections: tuple[Section, ...]
    fit: Fit = Fit()
    target: str = "slack"
    in_utc: bool = False

    def blocks(self, record: Record, now: datetime, zone: tzinfo) -> Blocks:
        """Return the document for colleagues: marked if the incident is restricted, and without secrets."""
        mark = marking(record.incident)
        blocks = redacted(self.private(veiled(record), now, zone))[0]
        return _marked(blocks, Run(mark, Style.STRONG if self.target == MARKDOWN else Style.PLAIN)) if mark else blocks

    def private(self, record: Record, now: datetime, zone: tzinfo) -> Blocks:
        """Return the document for the screen of its reader alone: with the title, and nothing redacted."""
        snapshot = Snapshot(record, now, UTC if self.in_utc else zone, self.fit)
        return tuple(block for section in self.sections for block in section(snapshot))

    def text(self, record: Record, now: datetime, zone: tzinfo) -> str:
        """Return the document for colleagues as its target takes it."""
        from incident_cockpit.documents.formats.registry import FORMATS
        from incident_cockpit.documents.markdown import as_markdown

        blocks = self.blocks(record, now, zone)
        if self.target == MARKDOWN:
            return as_markdown(blocks)
        return FORMATS[self.target].render(as_chat(blocks), Heading()).text


def _marked(blocks: Blocks, mark: Run) -> Blocks:
    """Return the blocks under the marking of a restricted incident; their title has it, too: both are searched for."""
    first, *rest = blocks
    if first.kind is BlockKind.HEADING:
        first = replace(first, lines=((*first.lines[0], Run(" (RESTRICTED)")),))
    return (paragraph(mark), replace(first, apart=True), *rest)


def safe(text: str) -> str:
    """Return an edited text as it leaves: secrets redacted, and no name in it that notifies a person.

    A second call changes nothing more; the result is right for every target.
    """
    return guarded(text)[0]


def guarded(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the text as `safe` does, and the kinds of secrets that were redacted, one for each place."""
    # Redacted first: the sign put after an @ would hide a password in an address.
    clean, secrets = redact.redact(text)
    return slack_paste(clean), tuple(secret.name for secret in secrets)


def edited(text: str, target: str, heading: Heading) -> tuple[Rendered, tuple[str, ...]]:
    """Return a text that was written or edited as the format `target` takes it, and the kinds of its secrets.

    It is read as a template: its stars and dashes are meant, because its author sees them.
    """
    from incident_cockpit.documents.formats.registry import FORMATS

    # A key of several lines is whole only before the text is taken apart.
    clean, secrets = redact.redact(text)
    blocks, kinds = redacted(read(clean))
    return FORMATS[target].render(blocks, heading), (*(secret.name for secret in secrets), *kinds)


# Restricted incidents: the codename replaces the title in what leaves, and texts are marked.

_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def marking(incident: Incident) -> str:
    """Return the marking above every text about a restricted incident, "" for any other."""
    return f"RESTRICTED: {incident.codename}. Do not forward." if incident.codename else ""


def marked(incident: Incident, text: str, escape: Callable[[str], str] = str) -> str:
    """Return the text under its marking, for colleagues; `escape` makes the codename safe where the text is pasted."""
    mark = marking(incident)
    return f"{escape(mark)}\n\n{text}" if mark else text


def file_stem(incident: Incident, kind: str) -> str:
    """Return the name of a file about the incident without its suffix: "INC-7-postmortem"."""
    codename = _NOT_IN_A_NAME.sub("-", incident.codename.casefold()).strip("-")[:40].strip("-")
    parts = (incident.name, *(("RESTRICTED", codename) if incident.codename else ()), kind)
    return "-".join(part for part in parts if part)


def veiled(record: Record) -> Record:
    """Return the record of a restricted incident with its codename wherever its title was written.

    A former channel that was named after the title is hidden, too. The present channel is not, or responders would not
    find it; a warning says so before its name is copied.
    """
    codename = record.incident.codename
    if not codename:
        return record
    titles = tuple(dict.fromkeys(_titles(record.events)))
    hidden = [_pattern(name) for name in sorted(set(_former_channels(record, titles)), key=len, reverse=True)]
    # A title of one word may be any word, so it stays where it is.
    hidden += [_pattern(title) for title in sorted(titles, key=len, reverse=True) if len(title.split()) > 1]
    pattern = re.compile("|".join(each.pattern for each in hidden), re.IGNORECASE) if hidden else None
    return Record(record.id, [_veil(event, pattern, codename) for event in record.events])


def tells_title(text: str, incident: Incident) -> bool:
    """Return whether a text about a restricted incident gives its title away."""
    return bool(incident.codename) and bool(_pattern(incident.title).search(text))


def in_a_name(title: str) -> str:
    """Return the beginning of a title as it is in the name of a channel."""
    return plain_slug(title)[:20].strip("-")


def channel_warning(incident: Incident) -> str:
    """Return the warning that the channel of a restricted incident is named after its title, "" if it is not."""
    slug = in_a_name(incident.title)
    if incident.codename and slug and slug in incident.meeting.channel:
        return "The channel name reveals the title: rename the channel, then run :channel NAME"
    return ""


def _titles(events: Iterable[Event]) -> Iterable[str]:
    for event in events:
        match event.fact:
            case IncidentOpened(title=title):
                yield title
            case Retitled(now=now):
                yield now


def _former_channels(record: Record, titles: Sequence[str]) -> Iterable[str]:
    """Yield the former channels that were named after a title."""
    slugs = [slug for slug in map(in_a_name, titles) if slug]
    for event in record.events:
        if isinstance(event.fact, ChannelSet):
            name = event.fact.now
            if name != record.incident.meeting.channel and any(slug in name for slug in slugs):
                yield name


def _pattern(title: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, title.split())) + r"(?!\w)", re.IGNORECASE)


def _veil(event: Event, hidden: re.Pattern[str] | None, codename: str) -> Event:
    match event.fact:
        case IncidentOpened():
            return replace(event, fact=replace(event.fact, title=codename))
        case Retitled():
            return replace(event, fact=replace(event.fact, now=codename, was=codename))
    # Plans and runbooks are written for every incident: they tell nothing of this one.
    if hidden is None or isinstance(event.fact, PlanAdopted | RunbookAttached | RunbookMerged):
        return event
    return replace(event, fact=_without(event.fact, hidden, codename))


def _without(value: Any, hidden: re.Pattern[str], codename: str) -> Any:
    if isinstance(value, str):
        # A word of the plan or of the model stays as it is.
        return hidden.sub(lambda _: codename, value) if type(value) is str else value
    if isinstance(value, Struct):
        fields = asdict(value).items()
        return replace(value, **{name: _without(field, hidden, codename) for name, field in fields})
    if isinstance(value, tuple):
        return tuple(_without(item, hidden, codename) for item in value)
    if isinstance(value, dict):
        return {key: _without(item, hidden, codename) for key, item in value.items()}
    return value
