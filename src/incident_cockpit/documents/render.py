"""Filling in the templates of a plan: a small part of Jinja, in a sandbox, bounded in what it can do and write."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.documents.blocks import literal, read, redacted
from incident_cockpit.documents.document import marked
from incident_cockpit.documents.formats.format import Heading, Rendered
from incident_cockpit.documents.formats.plain import write_text
from incident_cockpit.errors import Refused
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.templates import environment, template_errors
from incident_cockpit.text import redact
from incident_cockpit.text.blocks import Blocks

if TYPE_CHECKING:
    from types import TracebackType

    from jinja2 import Template


Value = str | int | Sequence["Value"] | Mapping[str, "Value"]


class StatusText(str):
    """A word of a list that has more to say of itself: a template joins it with others, or asks for its status."""

    __slots__ = ("status",)
    status: str

    def __new__(cls, name: str, status: str) -> StatusText:
        """Make the word with its status."""
        made = super().__new__(cls, name)
        made.status = status
        return made


LONGEST_TEXT = 40_000  # above it Slack cuts a message off, and no reader gets that far


def render(text: str, variables: Mapping[str, Value], source: str, escape: Callable[[str], str] = str) -> str:
    """Return the template filled in, each text among the variables passed through `escape` on the way.

    `source` names the template in what is refused. Raises Refused, with the line, for a template that is broken,
    reaches for what the sandbox does not give, or writes more than anybody reads.
    """
    template = _prepared(text, source)
    written, parts = 0, []
    try:
        for part in template.generate(_escaped(variables, escape)):
            written += len(part)
            if written > LONGEST_TEXT:
                raise _refused(source, f"it writes more than {LONGEST_TEXT:,} characters")
            parts.append(part)
    except Refused:
        raise
    except Exception as error:  # a template can fail in as many ways as a program
        raise _refused(source, str(error) or type(error).__name__, _line_of(error.__traceback__)) from error
    return "".join(parts).strip("\n")


def _escaped(value: Mapping[str, Value], escape: Callable[[str], str]) -> dict[str, Value]:
    return {name: _escape_one(one, escape) for name, one in value.items()}


def _escape_one(value: Value, escape: Callable[[str], str]) -> Value:
    if isinstance(value, StatusText):
        return StatusText(escape(value), escape(value.status))
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return _escaped(value, escape)
    return [_escape_one(one, escape) for one in value] if isinstance(value, Sequence) else value


@cache
def _prepared(text: str, source: str) -> Template:
    from jinja2 import StrictUndefined

    for wrong in template_errors(text):
        raise _refused(source, wrong)
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
    return Refused(f"The {source} cannot be filled in: {at}{why}", "mend it in the plan, or write the text by hand")


# -- filling: A template filled in, people's words made safe; a plain text where it is broken; then written for its
# target.

# What a severity leaves behind that nobody has given yet: a bold that does not begin at its first word, and a bracket.
_GAP = re.compile(r"^\* +(?=[^*\n]*\S\*)|(?<=\() +", re.MULTILINE)


class TemplateText(Struct, frozen=True):
    """A template of the plan, and how it is named where it cannot be filled in."""

    text: str
    source: str


class FilledText(Struct, frozen=True):
    """A text that may leave, for no target yet, and what it is about.

    `broken` says why a template gave way, `redacted` what sorts of secrets were taken out.
    """

    blocks: Blocks
    heading: Heading
    broken: tuple[str, ...]
    redacted: tuple[str, ...]

    @property
    def words(self) -> str:
        """Return what the text says, without any target's signs."""
        return write_text(self.blocks)

    def written(self, target: str) -> Rendered:
        """Return the text for a target, by the name of its format."""
        from incident_cockpit.documents.formats.registry import FORMATS

        return FORMATS[target].render(self.blocks, self.heading)


def fill(
    incident: Incident,
    wording: TemplateText | None,
    built_in: str,
    facts: Mapping[str, Value],
    *,
    inside: bool,
) -> FilledText:
    """Fill in the plan's words, or the built-in ones where it has none or they are broken.

    A text late is worse than a text plain, so a template that cannot be filled in costs a warning and nothing more.
    Readers inside are told where an incident is restricted.
    """
    found: list[str] = []
    broken: list[str] = []
    chosen = wording or TemplateText(built_in, "built-in text")
    try:
        text = _filled(chosen, facts, found)
    except Refused as refusal:
        found.clear()
        broken.append(f"{refusal.why}; a built-in text stands here instead")
        text = _filled(TemplateText(built_in, "built-in text"), facts, found)
    if inside:
        text = marked(incident, text, literal)
    # Once more as a whole: what the template says may make a secret of words that were none by themselves.
    blocks, late = redacted(read(text))
    return FilledText(blocks, _heading(facts, inside=inside), tuple(broken), _standing(blocks, (*found, *late)))


def redaction_warnings(redacted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the warning that says what was taken out, if anything was."""
    return (f"Redacted: {', '.join(sorted(set(redacted)))}",) if redacted else ()


def _standing(blocks: Blocks, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds that the text itself lost; a template names but some of the facts it could."""
    words = write_text(blocks)
    return tuple(kind for kind in dict.fromkeys(kinds) if redact.stand_in(kind) in words)


def _filled(wording: TemplateText, facts: Mapping[str, Value], found: list[str]) -> str:
    filled = render(wording.text, facts, wording.source, _escaper(found))
    if not facts.get("severity"):
        filled = _GAP.sub(lambda gap: "*" if gap.group().startswith("*") else "", filled)
    return filled


def _escaper(found: list[str]) -> Callable[[str], str]:
    """Return what makes people's words safe inside the template's own; secrets are looked for in each by itself."""

    def escape(text: str) -> str:
        clean, kinds = redact.redact(text)
        found.extend(one.name for one in kinds)
        return literal(clean)

    return escape


def _heading(facts: Mapping[str, Value], *, inside: bool) -> Heading:
    """Return what the text is about, for the targets that have boxes of their own for it.

    Our word for how bad it is tells readers outside nothing.
    """
    said = {name: redact.redact(str(facts.get(name, "")))[0] for name in ("id", "title", "severity", "public")}
    number = facts.get("number", 0)
    return Heading(
        said["id"],
        said["title"],
        said["severity"] if inside else "",
        said["public"],
        number if isinstance(number, int) else 0,
    )
