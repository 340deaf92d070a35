"""Step formats: the rules that find steps in a text, and the steps made of what they find."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from incident_cockpit.runbook.links import Anchors, Env, has_link_syntax, inline_tokens, links, plain, text_parts
from incident_cockpit.runbook.model import CodeBlock, Link, Section, Step, StepKind, StepMark
from incident_cockpit.runbook.source import QUOTE, RunbookSource, strip_containers
from incident_cockpit.runbook.tables import read_mark, strip_checkbox
from incident_cockpit.runbook.walk import Item, Walk, heading_item
from incident_cockpit.text.sanitize import clean, clean_line

if TYPE_CHECKING:
    from markdown_it.token import Token


_WORK = re.compile(
    r"\b(?:steps?|procedures?|checklists?|actions?|process|playbook|runbook|instructions?|tasks?|to-?do|what to do|"
    r"how to|triage|diagnos\w+|debug\w*|assess\w*|investigat\w+|identif\w+|verif\w+|confirm\w*|analy[sz]\w+|"
    r"mitigat\w+|remediat\w+|resol\w+|respon[ds]\w*|contain\w*|eradicat\w+|recover\w*|restor\w+|repair\w*|fix\w*|"
    r"troubleshoot\w*|roll ?back\w*|revert\w*|escalat\w+|notif\w+|communicat\w+|failover|fail over|clean ?up|"
    r"deploy\w*|upgrad\w+|rotat\w+|before|during|after|prepar\w+|wrap[- ]?up|close|post-incident|"
    # German, Dutch
    r"schritte?|vorgehen\w*|ma(?:ß|ss)nahmen?|checkliste|ablauf|behebung|sofortma\w+|diagnose|stappen|werkwijze|"
    # French, Spanish, Portuguese, Italian
    r"étapes?|proc[ée]dure|marche à suivre|actions? immédiates?|résolution|pasos?|procedimientos?|procedimento|"
    r"acciones|resolución|mitigación|passos?|ações|resolução|passaggi|procedura|azioni|risoluzione|"
    # Polish, Turkish, Russian, Ukrainian
    r"kroki|procedury|adımlar\w*|шаги|порядок действий|действия|инструкция|диагностика|восстановление|кроки|дії)\b|"
    # Scripts that write no spaces, or put letters before a word
    r"手順|対応|対処|復旧|切り分け|步骤|步驟|处理|處理|操作流程|절차|단계|조치|خطوات|إجراءات|שלבים|פעולות|चरण|कदम",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:references?|links?|resources|see also|further reading|meaning|overview|background|glossary|definitions?|"
    r"contents|changelog|history|examples?)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:(?:step|stage|phase|task|schritt|étape|paso|passo|stap|krok|шаг|adım)\s*)?\d{1,2}(?:[.):]\s|\s*[-–—:]\s|$)|"
    r"(?:step|schritt|étape|paso|passo|stap|krok|шаг|adım)\s*\d{1,2}\b|步骤\s*\d|手順\s*\d|단계\s*\d|第\s*\d+\s*步",
    re.IGNORECASE,
)
_COUNTED_LINE = re.compile(
    r"\s*(?:\*\*|__|[*_])?(?:(?:step|schritt|étape|paso|passo|stap|krok|шаг|adım)\s*\d{1,2}\b|"
    r"\d{1,2}(?:\\[.)]|[、．])|步骤\s*\d|手順\s*\d|第\s*[\d一二三四五六七八九十]+\s*步|단계\s*\d)",
    re.IGNORECASE,
)
_DESCRIPTION = re.compile(
    r"(?:the|a|an|this|that|these|those|it|its|there|they|we|he|she|our|their|my|which|because|where|who|is|are|was)\b",
    re.IGNORECASE,
)


def work_sections(sections: list[Section]) -> set[int]:
    """Return the sections whose bullets are work, by their own title or by that of a heading above them.

    Without headings below the title there is no clue: then all sections are, and the text before the first, -1.
    """
    if not any(section.level > 1 for section in sections):
        return {-1, *(number for number, section in enumerate(sections) if not _REFERENCE.search(section.title))}
    work: set[int] = set()
    above: list[tuple[int, bool]] = []
    for number, section in enumerate(sections):
        while above and above[-1][0] >= section.level:
            above.pop()
        # A document's own title is no clue: "Incident response" is above the glossary as well.
        is_work = bool(_WORK.search(section.title)) and section.level > 1
        is_work = (is_work or any(is_work_above for _, is_work_above in above)) and not _REFERENCE.search(section.title)
        above.append((section.level, is_work))
        if is_work:
            work.add(number)
    return work


def is_work_heading(section: Section) -> bool:
    """Return whether a heading's own title names work."""
    return section.level > 1 and bool(_WORK.search(section.title)) and not _REFERENCE.search(section.title)


def is_numbered_title(title: str) -> bool:
    """Return whether a heading is numbered as a step: "3. Drain", "Step 3: drain"."""
    return _NUMBERED.match(title) is not None


def is_numbered_line(line: str) -> bool:
    """Return whether a line of prose is numbered as a step: "Step 3: drain", "**Step 3** drain", an escaped number."""
    return _COUNTED_LINE.match(line) is not None


def is_instruction(text: str) -> bool:
    """Return whether a bullet may be an instruction: it does not begin like a description."""
    return _DESCRIPTION.match(text) is None


# -- step formats: checkboxes first, else numbered items, else templates, bullets or headings

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
    """A parsed text, in which rules look for steps."""

    source: RunbookSource
    tokens: list[Token]
    env: Env
    walk: Walk


@dataclass(frozen=True, slots=True)
class StepMatch:
    """The name of a rule and the items it found, in document order."""

    rule: str
    kind: StepKind
    items: tuple[Item, ...]


def _numbered_headings(parsed: Parsed) -> list[Item]:
    numbers = [
        n for n, section in enumerate(parsed.walk.sections) if section.level > 1 and is_numbered_title(section.title)
    ]
    # A single one is a title that begins with a number.
    return _as_items(numbers, parsed) if len(numbers) > 1 else []


def _paragraphs(parsed: Parsed) -> list[Item]:
    """Return the numbered paragraphs, with what follows them, and the numbered lines inside a paragraph."""
    items: list[Item] = []
    starts = [line for _, line in parsed.walk.headings]
    for number in parsed.walk.blocks:
        where = parsed.tokens[number].map
        if parsed.tokens[number].type != "paragraph_open" or not where:
            continue
        lines = parsed.tokens[number + 1].content.split("\n")
        counted = [place for place, line in enumerate(lines) if is_numbered_line(line)]
        section = bisect_right(starts, where[0]) - 1
        for place, after in zip(counted, [*counted, len(lines)][1:], strict=True):
            item = heading_item(parsed.source, number, where[0] + place, section)
            item.kind, item.closes, item.end = StepKind.NUMBERED, number + 2, where[0] + after
            item.text = "\n".join(lines[place:after]) if counted != [0] else None
            items.append(item)
    _extend_to_next(items, parsed)
    return items if len(items) > 1 else []


def _extend_to_next(items: list[Item], parsed: Parsed) -> None:
    """Extend each paragraph to the next one or to the next heading."""
    headings = parsed.walk.headings
    for item, after in zip(items, [*items, None][1:], strict=True):
        if item.text is None:
            ends = [(len(parsed.tokens), len(parsed.source.lines)), *headings[item.section + 1 : item.section + 2]]
            ends += [(after.opens, after.line)] if after else []
            item.closes, item.end = min(ends)


def _bullets(parsed: Parsed) -> list[Item]:
    if not parsed.walk.items:
        return []
    work = work_sections(parsed.walk.sections)
    bullets = _outermost(
        [
            item
            for item in parsed.walk.items
            if item.section in work and not item.ordered and item.opens != item.title and _has_content(item, parsed)
        ]
    )
    return [item for item in bullets if is_instruction(parsed.tokens[item.title + 1].content)] or bullets


def _sections(parsed: Parsed) -> list[Item]:
    sections = parsed.walk.sections
    items = _as_items([n for n, section in enumerate(sections) if section.level > 1], parsed)
    full = [item for item in items if item.closes > item.opens + 3]
    work = [item for item in full if is_work_heading(sections[item.section])]
    # One or two such headings among many do not make a page a procedure.
    return work if len(work) * 3 >= len(full) else []


# In the order in which they are tried; TEMPLATE is among them, but is read from another text.
RULES: Mapping[str, tuple[StepKind, Callable[[Parsed], list[Item]]]] = {
    TASKS: (StepKind.TASK, lambda parsed: [item for item in parsed.walk.items if item.box]),
    EMPTIES: (StepKind.TASK, lambda parsed: parsed.walk.nearly),
    NUMBERED: (
        StepKind.NUMBERED,
        lambda parsed: _outermost([item for item in parsed.walk.items if item.ordered and _has_content(item, parsed)]),
    ),
    HEADINGS: (StepKind.HEADING, _numbered_headings),
    PARAGRAPHS: (StepKind.NUMBERED, _paragraphs),
    TEMPLATE: (StepKind.TEMPLATE, lambda _parsed: []),
    BULLETS: (StepKind.BULLET, _bullets),
    SECTIONS: (StepKind.HEADING, _sections),
}


def find_steps(rule: str, parsed: Parsed) -> StepMatch:
    """Return the items that one rule finds, if any."""
    kind, search = RULES[rule]
    return StepMatch(rule, kind, tuple(search(parsed)))


def _outermost(items: list[Item]) -> list[Item]:
    """Return the items that are in no other: without checkboxes a sub-list explains its step."""
    inside = set(map(id, items))
    outermost: list[Item] = []
    for item in items:
        above = item.parent
        while above is not None and id(above) not in inside:
            above = above.parent
        if above is None:
            outermost.append(item)
    return outermost


def _as_items(sections: list[int], parsed: Parsed) -> list[Item]:
    """Return headings as items that extend to the next heading."""
    headings = parsed.walk.headings
    items: list[Item] = []
    for section in sections:
        number, line = headings[section]
        item = heading_item(parsed.source, number, line, section)
        last = section + 1 == len(headings)
        item.closes, item.end = (len(parsed.tokens), len(parsed.source.lines)) if last else headings[section + 1]
        items.append(item)
    return items


def _has_content(item: Item, parsed: Parsed) -> bool:
    """Return whether an item is neither empty nor an entry of a table of contents or of references."""
    tokens = parsed.tokens
    if item.closes == item.opens + 1:
        return False
    if tokens[item.title].type != "paragraph_open" or item.closes > item.opens + 4:
        return True
    content = tokens[item.title + 1].content
    # An entry of a table of contents is only a link.
    if not content.startswith(("[", "<", "!", "&", "\\")):
        return bool(content.strip())
    inline = inline_tokens(content, parsed.env)
    if inline and inline[0].type == "link_open" and inline[-1].type == "link_close":
        return sum(token.type == "link_open" for token in inline) > 1
    return any(part.strip() for part in text_parts(inline))


# -- steps made of items: text, mark, bytes, guidance, code and links

_HARD_BREAK = re.compile(r"(?: {2,}|\\)\n")
_ALERT = re.compile(r"[ >]*\[!\w+\]")
_FIRST_BLOCKS = ("paragraph_open", "heading_open")


class StepMaker:
    """Builder of the steps of one runbook, from its text and tokens."""

    def __init__(self, parsed: Parsed, match: StepMatch) -> None:
        """Find the parent of each item among the matched ones."""
        self._source = parsed.source
        self._tokens = parsed.tokens
        self._env = parsed.env
        self._match = match
        self._keys = {id(item): f"s{number}" for number, item in enumerate(match.items, 1)}
        self._children: defaultdict[int, list[Item]] = defaultdict(list)
        self._parents: dict[int, Item | None] = {}
        for item in match.items:
            parent = item.parent
            while parent is not None and id(parent) not in self._keys:
                parent = parent.parent
            self._parents[id(item)] = parent
            if parent is not None:
                self._children[id(parent)].append(item)

    def outermost(self) -> list[Item]:
        """Return the items of the steps that are in no other."""
        return [item for item in self._match.items if self._parents[id(item)] is None]

    def steps(self, anchors: Anchors, shift: int) -> tuple[Step, ...]:
        """Return all steps in document order; `shift` is 1 with an untitled section before the headings."""
        depths: dict[int, int] = {}
        steps: list[Step] = []
        for item in self._match.items:
            parent = self._parents[id(item)]
            depth = depths[id(item)] = 0 if parent is None else depths[id(parent)] + 1
            steps.append(self._step(item, parent, depth, anchors, shift))
        return tuple(steps)

    def _step(self, item: Item, parent: Item | None, depth: int, anchors: Anchors, shift: int) -> Step:
        children = self._children.get(id(item), [])
        head, tail, rest = self._first_block(item)
        title = inline_tokens(head, self._env)
        mark = read_mark(item.box)
        if mark is StepMark.OPEN and head.startswith("~~"):
            # Skipped if all of the title is struck out.
            kinds = [token.type for token in title if token.type != "text" or token.content.strip()]
            if len(kinds) > 2 and kinds[0] == "s_open" and kinds.index("s_close") == len(kinds) - 1:
                mark = StepMark.SKIPPED
        step_links = [*links(title)] if has_link_syntax(head, self._env) else []
        if tail and has_link_syntax(tail, self._env):
            step_links += links(inline_tokens(tail, self._env))
        guidance, code = item.note, tuple[CodeBlock, ...]()
        if item.closes > item.title + 3 or (item.text is None and self._tokens[item.title].type not in _FIRST_BLOCKS):
            code = self._blocks(item, children, step_links)
            guidance = self._guidance(item, children, tail, rest)
        elif tail:
            guidance = clean("\n".join(_trimmed(tail.split("\n"))))
        box = item.box
        kind = self._match.kind
        return Step(
            self._keys[id(item)],
            plain(title) or clean_line(head) or "(no text)",
            item.section + shift,
            depth,
            None if parent is None else self._keys[id(parent)],
            item.line + 1,
            self._span(item),
            None if box is None or box.column < 0 else self._source.offset(box.line, box.column),
            kind if box is None or kind is StepKind.TEMPLATE else item.kind,
            mark,
            guidance,
            code,
            tuple(
                Link(link.text, link.url, anchors.find(link.url)) if link.url.startswith("#") else link
                for link in step_links
            ),
        )

    def _first_block(self, item: Item) -> tuple[str, str, int]:
        """Return an item's title, its first paragraph after a hard break, and the line of the rest."""
        token = self._tokens[item.title]
        content, rest = item.text, item.end
        if content is None:
            if token.type not in _FIRST_BLOCKS or not token.map:
                first = next((line for line in token.content.splitlines() if line.strip()), "")
                return first or strip_containers(self._source, item.line, item.containers).strip(), "", item.line
            content, rest = strip_checkbox(self._tokens[item.title + 1].content), token.map[1]
        if "\n" not in content:
            return content, "", rest
        parts = _HARD_BREAK.split(content, maxsplit=1)
        return parts[0], parts[1] if len(parts) > 1 else "", rest

    def _span(self, item: Item) -> tuple[int, int]:
        """Return the bytes from the item's marker to the end of its last line with text."""
        start = self._source.offset(item.line, item.column)
        if item.last >= 0:
            return start, self._source.offset(item.line, item.last)
        last = item.end - 1
        while last > item.line and not self._source.lines[last].strip(" \t>"):
            last -= 1
        return start, self._source.offset(last, len(self._source.lines[last].rstrip()))

    def _own(self, item: Item, children: list[Item]) -> Iterator[Token]:
        """Yield the tokens after the item's first block, without those of the steps inside it."""
        place = item.title + (3 if self._tokens[item.title].type in _FIRST_BLOCKS else 0)
        for child in children:
            yield from self._tokens[place : child.opens]
            place = max(place, child.closes + 1)
        yield from self._tokens[place : item.closes]

    def _blocks(self, item: Item, children: list[Item], step_links: list[Link]) -> tuple[CodeBlock, ...]:
        """Return the code blocks of an item, and add its links to `step_links`."""
        code: list[CodeBlock] = []
        for token in self._own(item, children):
            if token.type in ("fence", "code_block"):
                lang = clean_line(token.info.split(maxsplit=1)[0]) if token.info.strip() else ""
                code.append(CodeBlock(lang, clean(token.content.rstrip("\n"), keep_tabs=True)))
            elif token.type == "inline" and has_link_syntax(token.content, self._env):
                step_links.extend(links(inline_tokens(token.content, self._env)))
        return tuple(code)

    def _guidance(self, item: Item, children: list[Item], tail: str, rest: int) -> str:
        """Return the item's other content as Markdown, without the steps inside it."""
        lines: list[str] = []
        place = rest
        for child in children:
            lines += self._lines(item, place, child.line)
            lines.append("")
            place = max(place, child.end)
        lines += self._lines(item, place, item.end)
        if self._only_quotes(item, children):
            lines = [QUOTE.sub("", line, count=1) for line in lines]
        lines = _trimmed(lines)
        return clean("\n".join(_trimmed([*tail.split("\n"), "", *lines]) if tail else lines))

    def _lines(self, item: Item, start: int, end: int) -> list[str]:
        return [strip_containers(self._source, line, item.containers) for line in range(start, end)]

    def _only_quotes(self, item: Item, children: list[Item]) -> bool:
        """Return whether all guidance is in quotes that are no alerts: the first line of an alert names its kind."""
        level = self._tokens[item.title].level
        steps = {child.opens for child in children}
        quotes = 0
        place = item.title + (3 if self._tokens[item.title].type in _FIRST_BLOCKS else 0)
        for number in range(place, item.closes):
            token = self._tokens[number]
            if token.level != level or token.nesting < 0:
                continue
            if token.type == "blockquote_open":
                quotes += 1
                if token.map and _ALERT.match(strip_containers(self._source, token.map[0], item.containers)):
                    return False
            elif not (token.type.endswith("list_open") and number + 1 in steps):
                return False
        return quotes > 0


def _trimmed(lines: list[str]) -> list[str]:
    """Return the lines without empty ones at both ends."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip(" \t>"):
        start += 1
    while end > start and not lines[end - 1].strip(" \t>"):
        end -= 1
    return lines[start:end]
