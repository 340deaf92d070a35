"""Rendering of templates, a part of Jinja in a sandbox with limits, and the phrasing that all texts share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.documents.blocks import literal, read, redacted
from incident_cockpit.documents.document import marked
from incident_cockpit.documents.formats.format import Heading, Rendered
from incident_cockpit.documents.formats.plain import write_text
from incident_cockpit.errors import Refused
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.schema import Plan
from incident_cockpit.plan.templates import environment, template_errors
from incident_cockpit.text import redact
from incident_cockpit.text.blocks import Blocks
from incident_cockpit.times.format import clock, zone_label

if TYPE_CHECKING:
    from types import TracebackType

    from jinja2 import Template


Value = str | int | Sequence["Value"] | Mapping[str, "Value"]


class StatusText(str):
    """A name in a list with a status: a template joins the names, or asks one for its status."""

    __slots__ = ("status",)
    status: str

    def __new__(cls, name: str, status: str) -> StatusText:
        """Create the name with its status."""
        text = super().__new__(cls, name)
        text.status = status
        return text


LONGEST_TEXT = 40_000  # Slack truncates a message above this length


def render(text: str, variables: Mapping[str, Value], source: str, escape: Callable[[str], str] = str) -> str:
    """Return the template filled in, each text among the variables escaped by `escape`.

    `source` names the template in errors. Raises Refused, with the line, for a template that is broken, uses what the
    sandbox forbids, or writes more than LONGEST_TEXT characters.
    """
    template = _compiled(text, source)
    length, parts = 0, []
    try:
        for part in template.generate(_escaped(variables, escape)):
            length += len(part)
            if length > LONGEST_TEXT:
                raise _refused(source, f"it writes more than {LONGEST_TEXT:,} characters")
            parts.append(part)
    except Refused:
        raise
    except Exception as error:  # a template can fail in as many ways as a program
        raise _refused(source, str(error) or type(error).__name__, _line_of(error.__traceback__)) from error
    return "".join(parts).strip("\n")


def _escaped(variables: Mapping[str, Value], escape: Callable[[str], str]) -> dict[str, Value]:
    return {name: _escaped_value(value, escape) for name, value in variables.items()}


def _escaped_value(value: Value, escape: Callable[[str], str]) -> Value:
    if isinstance(value, StatusText):
        return StatusText(escape(value), escape(value.status))
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return _escaped(value, escape)
    return [_escaped_value(item, escape) for item in value] if isinstance(value, Sequence) else value


@cache
def _compiled(text: str, source: str) -> Template:
    from jinja2 import StrictUndefined

    for error in template_errors(text):
        raise _refused(source, error)
    return environment().overlay(undefined=StrictUndefined).from_string(text)


def _line_of(trace: TracebackType | None) -> int | None:
    """Return the last line of the template in the trace; Jinja writes its own numbers into it."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _refused(source: str, why: str, line: int | None = None) -> Refused:
    at = f"line {line}: " if line is not None else ""
    return Refused(f"The {source} cannot be filled in: {at}{why}", "correct it in the plan, or write the text by hand")


# -- filling: a template with user text escaped, or the default text if the template is broken

# A severity that is not set leaves a bold that does not begin at its first word, or a blank after a bracket.
_GAP = re.compile(r"^\* +(?=[^*\n]*\S\*)|(?<=\() +", re.MULTILINE)


class TemplateText(Struct, frozen=True):
    """A template of the plan, and its name for errors."""

    text: str
    source: str


class FilledText(Struct, frozen=True):
    """A text that may leave, for no target yet, with its heading.

    `broken` gives the reason why a template was replaced, `redacted` the kinds of the secrets that were redacted.
    """

    blocks: Blocks
    heading: Heading
    broken: tuple[str, ...]
    redacted: tuple[str, ...]

    @property
    def plain_text(self) -> str:
        """Return the text without any target's markup."""
        return write_text(self.blocks)

    def written(self, target: str) -> Rendered:
        """Return the text in a target format, by the format's name."""
        from incident_cockpit.documents.formats.registry import FORMATS

        return FORMATS[target].render(self.blocks, self.heading)


def fill(
    incident: Incident,
    own: TemplateText | None,
    built_in: str,
    facts: Mapping[str, Value],
    *,
    inside: bool,
) -> FilledText:
    """Fill in the plan's own template, or the built-in one if there is none or it is broken.

    A late text is worse than a plain one, so a broken template costs a warning only. For internal readers the text of a
    restricted incident is marked.
    """
    kinds: list[str] = []
    broken: list[str] = []
    default = TemplateText(built_in, "built-in text")
    try:
        text = _filled(own or default, facts, kinds)
    except Refused as refusal:
        kinds.clear()
        broken.append(f"{refusal.why}; the built-in text is used instead")
        text = _filled(default, facts, kinds)
    if inside:
        text = marked(incident, text, literal)
    # Redacted again as a whole: the template's words may make a secret of a value that is none by itself.
    blocks, late = redacted(read(text))
    # A template uses only some of the facts, so only the kinds whose stand-ins are in the text count.
    plain_text = write_text(blocks)
    present = tuple(kind for kind in dict.fromkeys((*kinds, *late)) if redact.stand_in(kind) in plain_text)
    return FilledText(blocks, _heading(facts, inside=inside), tuple(broken), present)


def redaction_warnings(redacted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the warning that names what was redacted, if anything was."""
    return (f"Redacted: {', '.join(sorted(set(redacted)))}",) if redacted else ()


def _filled(template: TemplateText, facts: Mapping[str, Value], kinds: list[str]) -> str:
    """Return the template filled in; the kinds of redacted secrets are added to `kinds`."""

    def escape(text: str) -> str:
        clean, secrets = redact.redact(text)
        kinds.extend(secret.name for secret in secrets)
        return literal(clean)

    filled = render(template.text, facts, template.source, escape)
    if not facts.get("severity"):
        filled = _GAP.sub(lambda gap: "*" if gap.group().startswith("*") else "", filled)
    return filled


def _heading(facts: Mapping[str, Value], *, inside: bool) -> Heading:
    """Return the heading, for targets with fields of their own; readers outside do not get our severity."""
    texts = {name: redact.redact(str(facts.get(name, "")))[0] for name in ("id", "title", "severity", "public")}
    number = facts.get("number", 0)
    return Heading(
        texts["id"],
        texts["title"],
        texts["severity"] if inside else "",
        texts["public"],
        number if isinstance(number, int) else 0,
    )


# Phrasing that all texts share: one line of text, a time with its zone, internal and external audiences.

LONGEST_LINE = 300


def one_line(text: str) -> str:
    """Return the text on one line of at most LONGEST_LINE characters.

    Secrets are redacted before a cut, because half a secret would not be detected as one.
    """
    flat = " ".join(text.split())
    if len(flat) > LONGEST_LINE:
        flat = redact.redact(flat)[0]
    return flat if len(flat) <= LONGEST_LINE else flat[: LONGEST_LINE - 1].rstrip() + "…"


def time_with_zone(at: datetime, now: datetime, zone: tzinfo) -> str:
    """Return the time for readers elsewhere: with its zone and in UTC, and with its date unless that is today."""
    local, label = at.astimezone(zone), zone_label(zone, at)
    day = "" if local.date() == now.astimezone(zone).date() else f"{local:%Y-%m-%d} "
    return f"{day}{clock(at, zone)} {label}" + (f" ({clock(at, UTC)} UTC)" if label != "UTC" else "")


def is_internal(plan: Plan, audience: str) -> bool:
    """Return whether the audience are colleagues, who may read names, causes and details.

    An audience without the key `inside` in the plan is internal if its name begins with "internal".
    """
    inside = next((cadence.inside for cadence in plan.cadences if cadence.audience == audience), None)
    return audience.casefold().startswith("internal") if inside is None else inside
