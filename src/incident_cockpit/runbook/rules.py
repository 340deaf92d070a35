"""Which list items are steps: those with a box, or else the numbered ones, or else bullets under fit headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from incident_cockpit.runbook.inline import Env, inline_tokens, pieces
from incident_cockpit.runbook.items import Item, Walk
from incident_cockpit.runbook.model import Section, StepKind

if TYPE_CHECKING:
    from markdown_it.token import Token

_WORK = re.compile(
    r"\b(?:steps?|procedures?|checklists?|actions?|process|playbook|runbook|instructions?|tasks?|to-?do|what to do|"
    r"how to|triage|diagnos\w+|debug\w*|assess\w*|investigat\w+|identif\w+|verif\w+|confirm\w*|analy[sz]\w+|"
    r"mitigat\w+|remediat\w+|resol\w+|respon[ds]\w*|contain\w*|eradicat\w+|recover\w*|restor\w+|repair\w*|fix\w*|"
    r"troubleshoot\w*|roll ?back\w*|revert\w*|escalat\w+|notif\w+|communicat\w+|failover|fail over|clean ?up|"
    r"deploy\w*|upgrad\w+|rotat\w+|before|during|after|prepar\w+|wrap[- ]?up|close|post-incident)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:references?|links?|resources|see also|further reading|meaning|overview|background|glossary|definitions?|"
    r"contents|changelog|history|examples?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule that found steps, in words, and the items it chose in document order."""

    rule: str
    kind: StepKind
    items: tuple[Item, ...]


def choose(walk: Walk, tokens: list[Token], env: Env) -> Choice:
    """Return the steps by the first rule that finds any; none at all is an empty choice."""
    boxed = tuple(item for item in walk.items if item.box)
    if boxed:
        return Choice("task items", StepKind.TASK, boxed)
    numbered = _outermost([item for item in walk.items if item.ordered and _says_something(item, tokens, env)])
    if numbered:
        return Choice("numbered steps", StepKind.NUMBERED, numbered)
    working = _working(walk.sections)
    bullets = [
        item
        for item in walk.items
        if item.section in working and not item.ordered and _says_something(item, tokens, env)
    ]
    return Choice("bullets", StepKind.BULLET, _outermost(bullets))


def _outermost(items: list[Item]) -> tuple[Item, ...]:
    """Leave out the items inside others: without boxes a sub-list explains its step."""
    inside = set(map(id, items))
    kept: list[Item] = []
    for item in items:
        above = item.parent
        while above is not None and id(above) not in inside:
            above = above.parent
        if above is None:
            kept.append(item)
    return tuple(kept)


def _says_something(item: Item, tokens: list[Token], env: Env) -> bool:
    """Tell a step from an empty item and from an entry in a list of contents or references."""
    if item.closes == item.opens + 1:
        return False
    if tokens[item.opens + 1].type != "paragraph_open" or item.closes > item.opens + 4:
        return True
    words = inline_tokens(tokens[item.opens + 2].content, env)
    if words and words[0].type == "link_open" and words[-1].type == "link_close":
        return sum(token.type == "link_open" for token in words) > 1
    return any(piece.strip() for piece in pieces(words))


def _working(sections: list[Section]) -> set[int]:
    """Return the sections in which bullets are work: by their own title, or by that of a heading above them."""
    found: set[int] = set()
    above: list[tuple[int, bool]] = []
    for number, section in enumerate(sections):
        while above and above[-1][0] >= section.level:
            above.pop()
        # A document's own title is no sign: "Incident response" heads the glossary as well.
        works = bool(_WORK.search(section.title)) and section.level > 1
        works = (works or any(working for _, working in above)) and not _REFERENCE.search(section.title)
        above.append((section.level, works))
        if works:
            found.add(number)
    return found
