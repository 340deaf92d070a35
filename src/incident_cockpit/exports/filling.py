"""A template filled in, people's words made safe; a plain text where it is broken; then written for its target."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.exports.formats.format import Heading, Rendered
from incident_cockpit.exports.formats.neutral import Blocks, literal, read, redacted
from incident_cockpit.exports.formats.plain import written
from incident_cockpit.exports.restricted import marked
from incident_cockpit.exports.templates import Value, render
from incident_cockpit.incident.state import Incident
from incident_cockpit.text import secrets

# What a severity leaves behind that nobody has given yet: a bold that does not begin at its first word, and a bracket.
_GAP = re.compile(r"^\* +(?=[^*\n]*\S\*)|(?<=\() +", re.MULTILINE)


class Wording(Struct, frozen=True):
    """A template of the plan, and how it is named where it cannot be filled in."""

    text: str
    source: str


class Filled(Struct, frozen=True):
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
        return written(self.blocks)

    def written(self, target: str) -> Rendered:
        """Return the text for a target, by the name of its format."""
        from incident_cockpit.exports.formats.registry import FORMATS

        return FORMATS[target].render(self.blocks, self.heading)


def fill(
    incident: Incident,
    wording: Wording | None,
    built_in: str,
    facts: Mapping[str, Value],
    *,
    inside: bool,
) -> Filled:
    """Fill in the plan's words, or the built-in ones where it has none or they are broken.

    A text late is worse than a text plain, so a template that cannot be filled in costs a warning and nothing more.
    Readers inside are told where an incident is restricted.
    """
    found: list[str] = []
    broken: list[str] = []
    chosen = wording or Wording(built_in, "built-in text")
    try:
        text = _filled(chosen, facts, found)
    except Refused as refusal:
        found.clear()
        broken.append(f"{refusal.why}; a built-in text stands here instead")
        text = _filled(Wording(built_in, "built-in text"), facts, found)
    if inside:
        text = marked(incident, text, literal)
    # Once more as a whole: what the template says may make a secret of words that were none by themselves.
    blocks, late = redacted(read(text))
    return Filled(blocks, _heading(facts, inside=inside), tuple(broken), _standing(blocks, (*found, *late)))


def redactions(redacted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the warning that says what was taken out, if anything was."""
    return (f"Redacted: {', '.join(sorted(set(redacted)))}",) if redacted else ()


def _standing(blocks: Blocks, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds that the text itself lost; a template names but some of the facts it could."""
    words = written(blocks)
    return tuple(kind for kind in dict.fromkeys(kinds) if secrets.stand_in(kind) in words)


def _filled(wording: Wording, facts: Mapping[str, Value], found: list[str]) -> str:
    filled = render(wording.text, facts, wording.source, _escaper(found))
    if not facts.get("severity"):
        filled = _GAP.sub(lambda gap: "*" if gap.group().startswith("*") else "", filled)
    return filled


def _escaper(found: list[str]) -> Callable[[str], str]:
    """Return what makes people's words safe inside the template's own; secrets are looked for in each by itself."""

    def escape(text: str) -> str:
        clean, kinds = secrets.redact(text)
        found.extend(one.name for one in kinds)
        return literal(clean)

    return escape


def _heading(facts: Mapping[str, Value], *, inside: bool) -> Heading:
    """Return what the text is about, for the targets that have boxes of their own for it.

    Our word for how bad it is tells readers outside nothing.
    """
    said = {name: secrets.redact(str(facts.get(name, "")))[0] for name in ("id", "title", "severity", "public")}
    number = facts.get("number", 0)
    return Heading(
        said["id"],
        said["title"],
        said["severity"] if inside else "",
        said["public"],
        number if isinstance(number, int) else 0,
    )
