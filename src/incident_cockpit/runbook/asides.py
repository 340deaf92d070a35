"""What a runbook says between its steps, and what in it looks like a step but is none."""

from __future__ import annotations

import re
import textwrap
from bisect import bisect_left
from collections.abc import Container
from typing import TYPE_CHECKING

from incident_cockpit.runbook.inline import MAX_NESTING, without_tags
from incident_cockpit.runbook.items import Item, Walk
from incident_cockpit.runbook.model import Aside, Step
from incident_cockpit.runbook.source import Source
from incident_cockpit.runbook.template import boxes_in
from incident_cockpit.text.clean import clean

if TYPE_CHECKING:
    from markdown_it.token import Token

_NEARLY = re.compile(r"\[(?:|[ xX]?\]?)\](?![(\[:])")
_GLUED = re.compile(r"^(?:[-*+]|\d{1,9}[.)])\[[ xX]?\]", re.MULTILINE)
_NO_WORDS = ("hr",)
_SEARCHED = ("inline", "fence", "code_block", "html_block")


def outer_runs(source: Source, walk: Walk, tokens: list[Token], outermost: list[Item]) -> list[tuple[int, str]]:
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


def _rest_of_table(source: Source, lines: tuple[int, int], steps: set[int], runs: list[tuple[int, str]]) -> None:
    """Keep the rows of a table that are no steps, under its header."""
    rows = [number for number in range(*lines) if number not in steps]
    if len(rows) > 2:
        runs.append((lines[0], clean(textwrap.dedent("\n".join(source.lines[number] for number in rows)))))


def _run(source: Source, token: Token, start: int, end: int, runs: list[tuple[int, str]]) -> None:
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


def asides(runs: list[tuple[int, str]], walk: Walk, steps: tuple[Step, ...], shift: int) -> tuple[Aside, ...]:
    """Return those texts with the section and the step that each comes after."""
    headings = [line for _, line in walk.headings]
    starts = [step.line - 1 for step in steps]
    made: list[Aside] = []
    for line, text in runs:
        section = bisect_left(headings, line) - 1 + shift
        place = bisect_left(starts, line) - 1
        near = steps[place] if place >= 0 and steps[place].section == section else None
        made.append(Aside(section, line + 1, near.key if near else None, text))
    return tuple(made)


def boxes(count: int) -> str:
    """Return a number of boxes in words."""
    return "1 box" if count == 1 else f"{count:,} boxes"


def look_for_near_misses(source: Source, walk: Walk, tokens: list[Token], chosen: Container[Item]) -> None:
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


def _look(source: Source, token: Token, kind: str) -> None:
    line = token.map[0] if token.map else 0
    if kind == "inline":
        if _GLUED.search(token.content):
            source.warn(line, "a list sign without a space after it makes no step")
    elif boxes_in(token):
        if kind == "html_block":
            source.warn(line, "boxes inside HTML are no steps: leave an empty line after the tag")
        else:
            source.warn(line, f"{boxes(boxes_in(token))} inside a code block: no steps")
