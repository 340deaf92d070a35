"""A checklist that stands in code to be copied elsewhere, unfolded so that it reads like any other."""

from __future__ import annotations

import difflib
import hashlib
import re
import textwrap
from bisect import bisect_left
from collections.abc import Container, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.resources import shipped
from incident_cockpit.runbook.gates import find_gates
from incident_cockpit.runbook.links import MAX_NESTING, Anchors, bare_title, block_tokens, plain_text, without_tags
from incident_cockpit.runbook.model import ProseBlock, Runbook, Section, Step, StepFormat
from incident_cockpit.runbook.source import MAX_BYTES, NEEDED, RunbookSource, open_source
from incident_cockpit.runbook.tables import strip_checkbox
from incident_cockpit.runbook.tasks import (
    EMPTIES,
    RULES,
    SECTIONS,
    TASKS,
    TEMPLATE,
    Parsed,
    StepMaker,
    StepMatch,
    find_steps,
)
from incident_cockpit.runbook.walk import Item, Walk, Walker
from incident_cockpit.text.sanitize import clean, clean_line

if TYPE_CHECKING:
    from markdown_it.token import Token


_BOXED = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX~✓✔✗✘-]?\](?=\s)|[☐☑☒])", re.MULTILINE)


def count_checkboxes(token: Token) -> int:
    """Return how many boxes a block of code has."""
    return sum(1 for _ in _BOXED.finditer(token.content)) if "[" in token.content or "☐" in token.content else 0


def unfold(source: RunbookSource, tokens: list[Token]) -> tuple[RunbookSource, list[tuple[int, int]]] | None:
    """Return the source with its checklists taken out of their fences, and the lines they stand on, or None.

    Every line keeps its number and knows at which byte it begins.
    """
    lines, starts = list(source.lines), list(source.starts)
    found: list[tuple[int, int]] = []
    for token in tokens:
        if token.type not in ("fence", "code_block") or not token.map or not count_checkboxes(token):
            continue
        first, end = token.map
        begin = first + (token.type == "fence")
        content = token.content.split("\n")[:-1]
        found.append((first, end))
        for number, text in enumerate(content, begin):
            cut = len(lines[number]) - len(text)
            # A mended line knows its bytes from its own beginning only.
            if cut > 0 and lines[number].endswith(text) and number not in source.mends:
                starts[number] = source.offset(number, cut)
                lines[number] = text
        if begin > first:
            lines[first] = ""
            for number in range(begin + len(content), end):
                lines[number] = ""
    if not found:
        return None
    return replace(source, lines=lines, starts=starts), found


# -- asides: What a runbook says between its steps, and what in it looks like a step but is none.

_NEARLY = re.compile(r"\[(?:|[ xX]?\]?)\](?![(\[:])")
_GLUED = re.compile(r"^(?:[-*+]|\d{1,9}[.)])\[[ xX]?\]", re.MULTILINE)
_NO_WORDS = ("hr",)
_SEARCHED = ("inline", "fence", "code_block", "html_block")


def outer_runs(source: RunbookSource, walk: Walk, tokens: list[Token], outermost: list[Item]) -> list[tuple[int, str]]:
    """Return the text outside steps and headings, block by block, as (line from 0, Markdown)."""
    starts = [item.line for item in outermost]
    runs: list[tuple[int, str]] = []
    for number in walk.blocks:
        token = tokens[number]
        if token.type in _NO_WORDS or not token.map:
            continue
        line, end = token.map
        place = bisect_left(starts, line)
        if place and outermost[place - 1].end > line:
            line = outermost[place - 1].end
        if token.type == "table_open" and place < len(starts) and starts[place] < end:
            _rest_of_table(source, (line, end), set(starts[place : bisect_left(starts, end)]), runs)
            continue
        while place < len(starts) and starts[place] < end:
            _run(source, token, line, starts[place], runs)
            line = max(line, outermost[place].end)
            place += 1
        _run(source, token, line, end, runs)
    return runs


def _rest_of_table(source: RunbookSource, lines: tuple[int, int], steps: set[int], runs: list[tuple[int, str]]) -> None:
    """Keep the rows of a table that are no steps, under its header."""
    rows = [number for number in range(*lines) if number not in steps]
    if len(rows) > 2:
        runs.append((lines[0], clean(textwrap.dedent("\n".join(source.lines[number] for number in rows)))))


def _run(source: RunbookSource, token: Token, start: int, end: int, runs: list[tuple[int, str]]) -> None:
    if start >= end:
        return
    lines = source.lines[start:end]
    while lines and not lines[0].strip(" \t>"):
        lines = lines[1:]
        start += 1
    while lines and not lines[-1].strip(" \t>"):
        lines = lines[:-1]
    text = textwrap.dedent("\n".join(lines))
    if token.type == "html_block":
        text = without_tags(text).strip()
    if any(char.isalnum() for char in text):
        runs.append((start, clean(text)))


def asides(runs: list[tuple[int, str]], walk: Walk, steps: tuple[Step, ...], shift: int) -> tuple[ProseBlock, ...]:
    """Return those texts with the section and the step that each comes after."""
    headings = [line for _, line in walk.headings]
    starts = [step.line - 1 for step in steps]
    made: list[ProseBlock] = []
    for line, text in runs:
        section = bisect_left(headings, line) - 1 + shift
        place = bisect_left(starts, line) - 1
        near = steps[place] if place >= 0 and steps[place].section == section else None
        made.append(ProseBlock(section, line + 1, near.key if near else None, text))
    return tuple(made)


def counted_checkboxes(count: int) -> str:
    """Return a number of boxes in words."""
    return "1 box" if count == 1 else f"{count:,} boxes"


def warn_of_near_misses(source: RunbookSource, walk: Walk, tokens: list[Token], chosen: Container[Item]) -> None:
    """Warn about what looks like a box and made no step."""
    for token in tokens:
        kind = token.type
        if kind in _SEARCHED and "[" in token.content:
            _look(source, token, kind)
    for item in walk.items:
        if item.box is None and item.title < item.closes and item not in chosen:
            first = tokens[item.title + 1].content
            if first.startswith("[") and _NEARLY.match(first):
                source.warn(item.line, "looks like a box but is none: a box is `[ ]` with a space after it")
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        source.warn(0, f"lists nested deeper than {MAX_NESTING // 2} levels are left out")


def _look(source: RunbookSource, token: Token, kind: str) -> None:
    line = token.map[0] if token.map else 0
    if kind == "inline":
        if _GLUED.search(token.content):
            source.warn(line, "a list sign without a space after it makes no step")
    elif count_checkboxes(token):
        if kind == "html_block":
            source.warn(line, "boxes inside HTML are no steps: leave an empty line after the tag")
        else:
            source.warn(line, f"{counted_checkboxes(count_checkboxes(token))} inside a code block: no steps")


# -- document: Reads a Markdown file as a runbook, finds runbooks by name, and refuses what can be none in words.

SUFFIXES = (".md", ".markdown", ".txt")


def read_runbook(data: bytes, name: str, rule: str | None = None) -> Runbook:
    """Return the runbook that a file's bytes say, every step with its place in them.

    `rule` is the name of one of RULES; without it the first rule that finds steps is taken. Raises Refused, naming
    the file, for what is empty, too large, no text, or without a step by that rule.
    """
    name = clean_line(name) or "the runbook"
    if rule is not None and rule not in RULES:
        raise Refused(f"there is no rule {clean_line(rule) or 'without a name'}", f"The rules are: {', '.join(RULES)}.")
    parsed = _parsed(open_source(data, name))
    parsed, found = _first(parsed) if rule is None else _by(rule, parsed)
    if not found.items:
        raise _no_steps(parsed, name, rule)
    _warn(parsed, found, chosen=rule is not None)
    source, walk = parsed.source, parsed.walk
    maker = StepMaker(parsed, found)
    runs = outer_runs(source, walk, parsed.tokens, maker.outermost())
    untitled = not walk.headings or min([found.items[0].line, *(line for line, _ in runs[:1])]) < walk.headings[0][1]
    shift = int(untitled)
    sections = (*([Section("", 0, 1)] if untitled else []), *walk.sections)
    anchors = _anchors(parsed, shift)
    steps = maker.steps(anchors, shift)
    between = asides(runs, walk, steps, shift)
    return Runbook(
        name=name,
        title=_title(source, walk, name),
        sha256=hashlib.sha256(data).hexdigest(),
        rule=found.rule,
        sections=sections,
        steps=steps,
        asides=between,
        warnings=tuple(sorted(source.warnings, key=lambda warning: warning.line)),
        gates=find_gates(between, sections, anchors),
        severity=source.front.one("severity", "severities", "sev"),
        owner=source.front.one("owner", "owners", "team", "maintainer", "maintainers"),
        tags=source.front.many("tags", "labels", "keywords"),
    )


def step_formats(data: bytes, name: str) -> tuple[StepFormat, ...]:
    """Return the rules that find steps in a file and how many each, in the order in which they are tried.

    Raises Refused, naming the file, for what is empty, too large or no text.
    """
    parsed = _parsed(open_source(data, clean_line(name) or "the runbook"))
    found = ((rule, len(_by(rule, parsed)[1].items)) for rule in RULES)
    return tuple(StepFormat(rule, steps) for rule, steps in found if steps)


def _parsed(source: RunbookSource) -> Parsed:
    tokens, env = block_tokens(source.text())
    walk = Walker(source, tokens).walk()
    for number, line in walk.headings:
        title = plain_text(bare_title(strip_checkbox(tokens[number + 1].content)), env)
        walk.sections.append(Section(title, int(tokens[number].tag[1:]), line + 1))
    return Parsed(source, tokens, env, walk)


def _first(parsed: Parsed) -> tuple[Parsed, StepMatch]:
    """Return what the first rule finds that finds any; nothing at all is the last rule's empty answer."""
    for rule in RULES:
        read_as, found = _by(rule, parsed)
        if found.items:
            break
    return read_as, found


def _by(rule: str, parsed: Parsed) -> tuple[Parsed, StepMatch]:
    """Return what a rule finds, and the text it found that in: a template is read unfolded."""
    found = find_steps(rule, parsed)
    unfolded = unfold(parsed.source, parsed.tokens) if rule == TEMPLATE else None
    if unfolded is None:
        return parsed, found
    source, ranges = unfolded
    inner = _parsed(source)
    for inner_rule in (TASKS, EMPTIES):
        items = find_steps(inner_rule, inner).items
        inside = tuple(item for item in items if any(first <= item.line < end for first, end in ranges))
        if inside:
            return inner, StepMatch(rule, found.kind, inside)
    return parsed, found


def _warn(parsed: Parsed, found: StepMatch, *, chosen: bool) -> None:
    """Say what a person should know about how the steps were found."""
    warn_of_near_misses(parsed.source, parsed.walk, parsed.tokens, found.items if found.rule == EMPTIES else ())
    line = found.items[0].line
    if found.rule == EMPTIES:
        parsed.source.warn(line, "boxes without room in them, read as steps: write `[ ]`")
    elif found.rule == TEMPLATE and not chosen:
        parsed.source.warn(line, "the only checklist stands in code: read as a template")
    elif found.rule == SECTIONS and not chosen:
        parsed.source.warn(line, "no list of steps: each heading of work is read as one")


def _no_steps(parsed: Parsed, name: str, rule: str | None) -> Refused:
    if rule is None:
        warn_of_near_misses(parsed.source, parsed.walk, parsed.tokens, ())
        near = next((f" (line {near.line}: {near.words})" for near in parsed.source.warnings), "")
        return Refused(f"{name} has no steps{near}", NEEDED)
    others = [other for other in RULES if _by(other, parsed)[1].items]
    return Refused(
        f"{name} has no steps by the rule '{rule}'", f"These find some: {', '.join(others)}." if others else NEEDED
    )


def _anchors(parsed: Parsed, shift: int) -> Anchors:
    raw = (parsed.tokens[number + 1].content for number, _ in parsed.walk.headings)
    return Anchors(zip((section.title for section in parsed.walk.sections), raw, strict=True), shift)


def load_runbook(path: Path, rule: str | None = None) -> tuple[Runbook, bytes]:
    """Read a runbook file, by a rule if one is named, and return it with its bytes, which are what an incident keeps.

    Raises NotFound with near names, or Refused for what cannot be read or is no runbook.
    """
    try:
        if path.is_dir():
            raise Refused(f"{path.name or path} is a folder", "give the Markdown file inside it")
        if not path.exists():
            raise NotFound(f"there is no runbook {path}", _near(path.name, [path.parent]))
        if not path.is_file():
            raise Refused(f"{path.name} is no ordinary file", "give a Markdown or text file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise Refused(f"{path.name} cannot be read ({problem.strerror})", "check who may read it") from problem
    return read_runbook(data, path.name, rule), data


def find_runbook(name: str, folders: Sequence[Path]) -> Path:
    """Return the file that a person means by a path or a bare name; earlier folders win over later ones.

    Raises NotFound with near names.
    """
    direct = Path(name)
    bare = direct.name == name
    try:
        direct = direct.expanduser()
        if name and direct.is_file():
            return direct
        for folder in folders if bare else ():
            for suffix in ("", *SUFFIXES):
                path = folder / f"{name}{suffix}"
                if path.is_file():
                    return path
        if name and direct.exists():
            return direct
    except (OSError, RuntimeError, ValueError):
        # Too long, of a user without a home, or with characters that no file name can have: then there is none.
        pass
    raise NotFound(f"there is no runbook {clean_line(name) or 'without a name'}", _near(direct.name, list(folders)))


def _near(name: str, folders: list[Path]) -> str:
    """Return a sentence with the names nearest to one that is not there, the shipped ones among them."""
    names: dict[str, None] = {}
    for folder in (*folders, shipped("sample_data", "runbooks")):
        try:
            names.update({path.name: None for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES})
        except OSError:
            continue
    stems = {known.rpartition(".")[0].lower(): known for known in reversed(names)}
    wanted = name.lower()
    for suffix in SUFFIXES:
        wanted = wanted.removesuffix(suffix)
    near = [stems[stem] for stem in difflib.get_close_matches(wanted, list(stems), n=3, cutoff=0.5)]
    shown = near or list(names)[:5]
    if not shown:
        return "give the path of a Markdown file"
    return ("did you mean " if near else "there are ") + clean_line(", ".join(shown)) + "?" * bool(near)


def _title(source: RunbookSource, walk: Walk, name: str) -> str:
    """Return the title: what the front matter says, else the first main heading, else the file's name in words."""
    told = source.front.one("title", "name")
    heading = next((section.title for section in walk.sections if section.level == 1 and section.title), "")
    stem = " ".join(Path(name).stem.replace("-", " ").replace("_", " ").split())
    return told or heading or stem or name
