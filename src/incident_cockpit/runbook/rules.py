"""Which parts of a text are steps: what has a box, or else what is numbered, or else templates, bullets, headings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from incident_cockpit.runbook.inline import Env, inline_tokens, pieces
from incident_cockpit.runbook.items import Item, Walk, heading_item
from incident_cockpit.runbook.model import StepKind
from incident_cockpit.runbook.source import Source
from incident_cockpit.runbook.worklike import counts_itself, heads_work, numbered, tells, working

if TYPE_CHECKING:
    from markdown_it.token import Token

TASKS, EMPTIES, NUMBERED = "task items", "boxes without room", "numbered steps"
HEADINGS, PARAGRAPHS, BULLETS, TEMPLATE, SECTIONS = (
    "numbered headings",
    "numbered paragraphs",
    "bullets",
    "template in a code fence",
    "headings of work",
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text taken apart, in which rules look for steps."""

    source: Source
    tokens: list[Token]
    env: Env
    walk: Walk


@dataclass(frozen=True, slots=True)
class Found:
    """The rule that found steps, in words, and the items it chose in document order."""

    rule: str
    kind: StepKind
    items: tuple[Item, ...]


def _tasks(parsed: Parsed) -> list[Item]:
    return [item for item in parsed.walk.items if item.box]


def _empties(parsed: Parsed) -> list[Item]:
    return parsed.walk.nearly


def _numbered(parsed: Parsed) -> list[Item]:
    return _outermost([item for item in parsed.walk.items if item.ordered and _says_something(item, parsed)])


def _headings(parsed: Parsed) -> list[Item]:
    found = [n for n, section in enumerate(parsed.walk.sections) if section.level > 1 and numbered(section.title)]
    # One such heading is a title that begins with a number.
    return _as_items(found, parsed) if len(found) > 1 else []


def _paragraphs(parsed: Parsed) -> list[Item]:
    """Return the paragraphs that count themselves, with what follows them, and the lines that do so inside one."""
    found: list[Item] = []
    starts = [line for _, line in parsed.walk.headings]
    for number in parsed.walk.blocks:
        where = parsed.tokens[number].map
        if parsed.tokens[number].type != "paragraph_open" or not where:
            continue
        lines = parsed.tokens[number + 1].content.split("\n")
        counted = [place for place, line in enumerate(lines) if counts_itself(line)]
        section = bisect_right(starts, where[0]) - 1
        for place, after in zip(counted, [*counted, len(lines)][1:], strict=True):
            item = heading_item(parsed.source, number, where[0] + place, section)
            item.kind, item.closes, item.end = StepKind.NUMBERED, number + 2, where[0] + after
            item.words = "\n".join(lines[place:after]) if counted != [0] else None
            found.append(item)
    _stretch(found, parsed)
    return found if len(found) > 1 else []


def _stretch(items: list[Item], parsed: Parsed) -> None:
    """Let each paragraph reach to the next one or to the next heading."""
    headings = parsed.walk.headings
    for item, after in zip(items, [*items, None][1:], strict=True):
        if item.words is None:
            ends = [(len(parsed.tokens), len(parsed.source.lines)), *headings[item.section + 1 : item.section + 2]]
            ends += [(after.opens, after.line)] if after else []
            item.closes, item.end = min(ends)


def _bullets(parsed: Parsed) -> list[Item]:
    if not parsed.walk.items:
        return []
    under = working(parsed.walk.sections)
    found = [
        item
        for item in parsed.walk.items
        if item.section in under and not item.ordered and item.opens != item.title and _says_something(item, parsed)
    ]
    kept = _outermost(found)
    telling = [item for item in kept if tells(parsed.tokens[item.title + 1].content)]
    return telling or kept


def _sections(parsed: Parsed) -> list[Item]:
    sections = parsed.walk.sections
    items = _as_items([n for n, section in enumerate(sections) if section.level > 1], parsed)
    full = [item for item in items if item.closes > item.opens + 3]
    work = [item for item in full if heads_work(sections[item.section])]
    # A heading or two among many others does not make a page a procedure.
    return work if len(work) * 3 >= len(full) else []


# In the order in which they are tried; TEMPLATE has its place among them, but reads another text.
RULES: Mapping[str, tuple[StepKind, Callable[[Parsed], list[Item]]]] = {
    TASKS: (StepKind.TASK, _tasks),
    EMPTIES: (StepKind.TASK, _empties),
    NUMBERED: (StepKind.NUMBERED, _numbered),
    HEADINGS: (StepKind.HEADING, _headings),
    PARAGRAPHS: (StepKind.NUMBERED, _paragraphs),
    TEMPLATE: (StepKind.TEMPLATE, lambda _parsed: []),
    BULLETS: (StepKind.BULLET, _bullets),
    SECTIONS: (StepKind.HEADING, _sections),
}


def find(rule: str, parsed: Parsed) -> Found:
    """Return what one rule finds, which may be nothing."""
    kind, search = RULES[rule]
    return Found(rule, kind, tuple(search(parsed)))


def _outermost(items: list[Item]) -> list[Item]:
    """Leave out the items inside others: without boxes a sub-list explains its step."""
    inside = set(map(id, items))
    kept: list[Item] = []
    for item in items:
        above = item.parent
        while above is not None and id(above) not in inside:
            above = above.parent
        if above is None:
            kept.append(item)
    return kept


def _as_items(sections: list[int], parsed: Parsed) -> list[Item]:
    """Return headings as items that reach to the next heading."""
    headings = parsed.walk.headings
    made: list[Item] = []
    for section in sections:
        number, line = headings[section]
        item = heading_item(parsed.source, number, line, section)
        last = section + 1 == len(headings)
        item.closes, item.end = (len(parsed.tokens), len(parsed.source.lines)) if last else headings[section + 1]
        made.append(item)
    return made


def _says_something(item: Item, parsed: Parsed) -> bool:
    """Tell a step from an empty item and from an entry in a list of contents or references."""
    tokens = parsed.tokens
    if item.closes == item.opens + 1:
        return False
    if tokens[item.title].type != "paragraph_open" or item.closes > item.opens + 4:
        return True
    content = tokens[item.title + 1].content
    # An entry of a list of contents is a link and nothing else.
    if not content.startswith(("[", "<", "!", "&", "\\")):
        return bool(content.strip())
    words = inline_tokens(content, parsed.env)
    if words and words[0].type == "link_open" and words[-1].type == "link_close":
        return sum(token.type == "link_open" for token in words) > 1
    return any(piece.strip() for piece in pieces(words))
