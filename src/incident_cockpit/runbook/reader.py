"""Reading of a Markdown file as a runbook, its prose and warnings, and finding runbooks by name."""

from __future__ import annotations

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
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.sanitize import clean, clean_line
from incident_cockpit.text.suggest import nearest

if TYPE_CHECKING:
    from markdown_it.token import Token


_BOXED = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX~✓✔✗✘-]?\](?=\s)|[☐☑☒])", re.MULTILINE)


def count_checkboxes(token: Token) -> int:
    """Return the number of checkboxes in a block of code."""
    return sum(1 for _ in _BOXED.finditer(token.content)) if "[" in token.content or "☐" in token.content else 0


def unfold(source: RunbookSource, tokens: list[Token]) -> tuple[RunbookSource, list[tuple[int, int]]] | None:
    """Return the source with checklists in code fences as plain lists, and their lines, or None without any.

    Every line keeps its number and byte offset.
    """
    lines, starts = list(source.lines), list(source.starts)
    ranges: list[tuple[int, int]] = []
    for token in tokens:
        if token.type not in ("fence", "code_block") or not token.map or not count_checkboxes(token):
            continue
        first, end = token.map
        begin = first + (token.type == "fence")
        content = token.content.split("\n")[:-1]
        ranges.append((first, end))
        for number, text in enumerate(content, begin):
            cut = len(lines[number]) - len(text)
            # A fixed line has byte offsets from its own beginning only.
            if cut > 0 and lines[number].endswith(text) and number not in source.fixes:
                starts[number] = source.offset(number, cut)
                lines[number] = text
        if begin > first:
            lines[first] = ""
            for number in range(begin + len(content), end):
                lines[number] = ""
    if not ranges:
        return None
    return replace(source, lines=lines, starts=starts), ranges


# -- prose between steps, and warnings about what looks like a step but is none

_NEARLY = re.compile(r"\[(?:|[ xX]?\]?)\](?![(\[:])")
_GLUED = re.compile(r"^(?:[-*+]|\d{1,9}[.)])\[[ xX]?\]", re.MULTILINE)
_NO_WORDS = ("hr",)
_SEARCHED = ("inline", "fence", "code_block", "html_block")


def outer_runs(source: RunbookSource, walk: Walk, tokens: list[Token], outermost: list[Item]) -> list[tuple[int, str]]:
    """Return the text outside steps and headings as blocks: (line from 0, Markdown)."""
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
            # The rows of a table that are no steps, under its header.
            steps = set(starts[place : bisect_left(starts, end)])
            rows = [row for row in range(line, end) if row not in steps]
            if len(rows) > 2:
                runs.append((line, clean(textwrap.dedent("\n".join(source.lines[row] for row in rows)))))
            continue
        while place < len(starts) and starts[place] < end:
            _run(source, token, line, starts[place], runs)
            line = max(line, outermost[place].end)
            place += 1
        _run(source, token, line, end, runs)
    return runs


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


def prose_blocks(
    runs: list[tuple[int, str]], walk: Walk, steps: tuple[Step, ...], shift: int
) -> tuple[ProseBlock, ...]:
    """Return the texts with their sections and the steps they follow."""
    headings = [line for _, line in walk.headings]
    starts = [step.line - 1 for step in steps]
    blocks: list[ProseBlock] = []
    for line, text in runs:
        section = bisect_left(headings, line) - 1 + shift
        place = bisect_left(starts, line) - 1
        near = steps[place] if place >= 0 and steps[place].section == section else None
        blocks.append(ProseBlock(section, line + 1, near.key if near else None, text))
    return tuple(blocks)


def warn_of_near_misses(source: RunbookSource, walk: Walk, tokens: list[Token], chosen: Container[Item]) -> None:
    """Warn about text that looks like a checkbox but made no step."""
    for token in tokens:
        kind = token.type
        if kind in _SEARCHED and "[" in token.content:
            _look(source, token, kind)
    for item in walk.items:
        if item.box is None and item.title < item.closes and item not in chosen:
            first = tokens[item.title + 1].content
            if first.startswith("[") and _NEARLY.match(first):
                source.warn(item.line, "not a checkbox: write `[ ]` with a space after it")
    if any(token.level >= MAX_NESTING - 1 for token in tokens):
        source.warn(0, f"lists nested deeper than {MAX_NESTING // 2} levels are not read")


def _look(source: RunbookSource, token: Token, kind: str) -> None:
    line = token.map[0] if token.map else 0
    if kind == "inline":
        if _GLUED.search(token.content):
            source.warn(line, "not a list item: add a space after the list marker")
    elif count_checkboxes(token):
        if kind == "html_block":
            source.warn(line, "checkboxes inside HTML are not read: add an empty line after the tag")
        else:
            source.warn(
                line, f"{counted(count_checkboxes(token), 'checkbox', 'checkboxes')} in a code block: not read as steps"
            )


# -- reading a file, and finding runbooks by name

SUFFIXES = (".md", ".markdown", ".txt")


def read_runbook(data: bytes, name: str, rule: str | None = None) -> Runbook:
    """Return the runbook of a file's bytes, every step with its position in them.

    `rule` is the name of a step format in RULES; without it the first one that finds steps is taken. Raises Refused,
    with the file's name, if it is empty, too large, not text, or has no step in that format.
    """
    name = clean_line(name) or "the runbook"
    if rule is not None and rule not in RULES:
        raise Refused(f'No step format "{clean_line(rule)}"', f"use one of {', '.join(RULES)}", about="rule")
    parsed = _parsed(open_source(data, name))
    parsed, match = _first(parsed) if rule is None else _by(rule, parsed)
    if not match.items:
        raise _no_steps(parsed, name, rule)
    _warn(parsed, match, chosen=rule is not None)
    source, walk = parsed.source, parsed.walk
    maker = StepMaker(parsed, match)
    runs = outer_runs(source, walk, parsed.tokens, maker.outermost())
    untitled = not walk.headings or min([match.items[0].line, *(line for line, _ in runs[:1])]) < walk.headings[0][1]
    shift = int(untitled)
    sections = (*([Section("", 0, 1)] if untitled else []), *walk.sections)
    titles = [section.title for section in walk.sections]
    markdown = (parsed.tokens[number + 1].content for number, _ in walk.headings)
    anchors = Anchors(zip(titles, markdown, strict=True), shift)
    steps = maker.steps(anchors, shift)
    between = prose_blocks(runs, walk, steps, shift)
    return Runbook(
        name=name,
        title=_title(source, walk, name),
        sha256=hashlib.sha256(data).hexdigest(),
        rule=match.rule,
        sections=sections,
        steps=steps,
        asides=between,
        warnings=tuple(sorted(source.warnings, key=lambda warning: warning.line)),
        gates=find_gates(between, sections, anchors),
        severity=source.front.text("severity", "severities", "sev"),
        owner=source.front.text("owner", "owners", "team", "maintainer", "maintainers"),
        tags=source.front.entries("tags", "labels", "keywords"),
    )


def step_formats(data: bytes, name: str) -> tuple[StepFormat, ...]:
    """Return the step formats that find steps in a file with the number of steps, in the order they are tried.

    Raises Refused, with the file's name, if it is empty, too large or not text.
    """
    parsed = _parsed(open_source(data, clean_line(name) or "the runbook"))
    counts = ((rule, len(_by(rule, parsed)[1].items)) for rule in RULES)
    return tuple(StepFormat(rule, steps) for rule, steps in counts if steps)


def _parsed(source: RunbookSource) -> Parsed:
    tokens, env = block_tokens(source.text())
    walk = Walker(source, tokens).walk()
    for number, line in walk.headings:
        title = plain_text(bare_title(strip_checkbox(tokens[number + 1].content)), env)
        walk.sections.append(Section(title, int(tokens[number].tag[1:]), line + 1))
    return Parsed(source, tokens, env, walk)


def _first(parsed: Parsed) -> tuple[Parsed, StepMatch]:
    """Return the match of the first rule that finds steps, else the empty match of the last rule."""
    for rule in RULES:
        text, match = _by(rule, parsed)
        if match.items:
            break
    return text, match


def _by(rule: str, parsed: Parsed) -> tuple[Parsed, StepMatch]:
    """Return the match of a rule and the text it is in: a template is read unfolded."""
    match = find_steps(rule, parsed)
    unfolded = unfold(parsed.source, parsed.tokens) if rule == TEMPLATE else None
    if unfolded is None:
        return parsed, match
    source, ranges = unfolded
    inner = _parsed(source)
    for inner_rule in (TASKS, EMPTIES):
        items = find_steps(inner_rule, inner).items
        inside = tuple(item for item in items if any(first <= item.line < end for first, end in ranges))
        if inside:
            return inner, StepMatch(rule, match.kind, inside)
    return parsed, match


def _warn(parsed: Parsed, match: StepMatch, *, chosen: bool) -> None:
    """Warn about an unusual step format that was not chosen by a person."""
    warn_of_near_misses(parsed.source, parsed.walk, parsed.tokens, match.items if match.rule == EMPTIES else ())
    line = match.items[0].line
    if match.rule == EMPTIES:
        parsed.source.warn(line, "empty `[]` read as checkboxes: write `[ ]`")
    elif match.rule == TEMPLATE and not chosen:
        parsed.source.warn(line, "the only checklist is in a code block: read as a template")
    elif match.rule == SECTIONS and not chosen:
        parsed.source.warn(line, "no list of steps: headings that name work are read as steps")


def _no_steps(parsed: Parsed, name: str, rule: str | None) -> Refused:
    if rule is None:
        warn_of_near_misses(parsed.source, parsed.walk, parsed.tokens, ())
        near = next((f" (line {near.line}: {near.words})" for near in parsed.source.warnings), "")
        return Refused(f"{name} has no steps{near}", NEEDED)
    others = [other for other in RULES if _by(other, parsed)[1].items]
    return Refused(
        f"{name} has no steps in the format '{rule}'",
        f"use one of {', '.join(others)}" if others else NEEDED,
        about="rule",
    )


def load_runbook(path: Path, rule: str | None = None) -> tuple[Runbook, bytes]:
    """Read a runbook file, in a step format if one is named; return it with its bytes, which an incident stores.

    Raises NotFound with similar names, or Refused if the file cannot be read or is no runbook.
    """
    try:
        if path.is_dir():
            raise Refused(f"{path.name or path} is a folder", "use the Markdown file in it")
        if not path.exists():
            raise NotFound(f'No runbook matches "{path}"', _similar(path.name, [path.parent]), about="runbook")
        if not path.is_file():
            raise Refused(f"{path.name} is not a regular file", "use a Markdown or text file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise Refused(f"Cannot read {path.name} ({problem.strerror})", "check its permissions") from problem
    return read_runbook(data, path.name, rule), data


def find_runbook(name: str, folders: Sequence[Path]) -> Path:
    """Return the file of a runbook by its path or its bare name; earlier folders win.

    Raises NotFound with similar names.
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
        # Too long, a user without a home, or characters that a file name cannot have: then there is no such file.
        pass
    raise NotFound(f'No runbook matches "{clean_line(name)}"', _similar(direct.name, list(folders)), about="runbook")


def _similar(name: str, folders: list[Path]) -> str:
    """Return a hint with the runbooks most similar to a missing name, shipped ones included."""
    names: dict[str, None] = {}
    for folder in (*folders, shipped("sample_data", "runbooks")):
        try:
            names.update({path.name: None for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES})
        except OSError:
            continue
    stems = {known.rpartition(".")[0].lower(): known for known in reversed(names)}
    stem_of_name = name.lower()
    for suffix in SUFFIXES:
        stem_of_name = stem_of_name.removesuffix(suffix)
    near = [stems[stem] for stem in nearest(stem_of_name, stems, 3, likeness=0.5)]
    shown = near or list(names)[:20]
    if not shown:
        return "use the path of a Markdown file"
    return ("did you mean " if near else "use one of ") + clean_line(", ".join(shown)) + "?" * bool(near)


def _title(source: RunbookSource, walk: Walk, name: str) -> str:
    """Return the title of the front matter, else the first main heading, else the file's name in words."""
    title = source.front.text("title", "name")
    heading = next((section.title for section in walk.sections if section.level == 1 and section.title), "")
    stem = " ".join(Path(name).stem.replace("-", " ").replace("_", " ").split())
    return title or heading or stem or name
