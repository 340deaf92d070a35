"""Comments for a runbook's owner, put beside its steps so that the page reads and ticks as before."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from incident_cockpit.runbook.model import Runbook
from incident_cockpit.runbook.places import Edit, Place, Places, edited
from incident_cockpit.runbook.weave import check_source
from incident_cockpit.text.clean import clean_line

LONGEST_COMMENT = 400
_CONTEXT = 3
# Two dashes may end a comment; braces and percent signs are commands to the programs that publish such pages.
_TOO_MUCH = re.compile(r"([-{%<#])(?=[-{}%<!>#])")
# A backtick or a bar would pair with one outside, where they mean something.
_OTHER = str.maketrans({"`": "'", "|": "/"})


def comment(text: str) -> str:
    """Return a text as an HTML comment on one line; nothing in it can end the comment or be taken as markup."""
    said = clean_line(text, limit=LONGEST_COMMENT).translate(_OTHER)
    harmless = _TOO_MUCH.sub(r"\1 ", said).strip(" ->")
    return f"<!-- {harmless} -->"


def comments(
    source: bytes,
    runbook: Runbook,
    steps: Mapping[str, Sequence[str]],
    sections: Mapping[int, Sequence[str]],
    below: Iterable[str],
) -> list[Edit]:
    """Return the edits that put comments beside steps (by key), headings (by section) and below everything.

    Each stands on a line of its own, but for steps in a table. Raises Refused when the source is another one.
    """
    check_source(source, runbook)
    encoding = _encoding(source)
    places = Places(source, runbook)
    edits = [
        _beside(places.of(step), text, encoding) for step in runbook.steps for text in steps.get(step.key, ())
    ] + [
        _beside(places.below(runbook.sections[section]), text, encoding)
        for section in sorted(sections)
        for text in sections[section]
    ]  # fmt: skip
    return edits + [_last(places, source, text, encoding) for text in below]


def _encoding(source: bytes) -> str:
    try:
        source.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _beside(place: Place, text: str, encoding: str) -> Edit:
    made = comment(text).encode(encoding, errors="replace")
    before = b" " if place.row else place.line_end + place.indent
    return Edit(place.ends, place.ends, before + made)


def _last(places: Places, source: bytes, text: str, encoding: str) -> Edit:
    made = comment(text).encode(encoding, errors="replace")
    end = places.usual_end
    at = len(source)
    return Edit(at, at, made + end if source.endswith((b"\n", b"\r")) else end + made)


def diff(source: bytes, edits: Sequence[Edit], name: str) -> str:
    """Return edits that keep every line of the source in its place as a unified diff, which `patch` and git accept.

    Bytes that are no UTF-8 come out as surrogates, to be written with "surrogateescape".
    """
    if not edits:
        return ""
    old = _lines(source)
    new = list(_with_origin(old, edits))
    # Lines are compared by where they came from: thousands of equal ones cost no time, and none is taken for another.
    matcher = SequenceMatcher(None, range(len(old)), [origin for origin, _ in new], autojunk=False)
    parts = [f"--- {_quoted('a/' + name)}\n", f"+++ {_quoted('b/' + name)}\n"]
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        (_, first, _, start, _), (_, _, last, _, end) = group[0], group[-1]
        parts.append(f"@@ -{_span(first, last)} +{_span(start, end)} @@\n")
        for tag, from_old, to_old, from_new, to_new in group:
            if tag == "equal":
                parts += [_line(" ", line) for line in old[from_old:to_old]]
                continue
            parts += [_line("-", line) for line in old[from_old:to_old]]
            parts += [_line("+", line) for _, line in new[from_new:to_new]]
    return "".join(parts)


def _lines(data: bytes) -> list[bytes]:
    """Return the lines with their ends; only a line feed ends one, as for every program that applies a diff."""
    return [line for line in re.split(rb"(?<=\n)", data) if line]


def _with_origin(old: list[bytes], edits: Sequence[Edit]) -> Iterator[tuple[int, bytes]]:
    """Yield the edited lines with the number of the line that each was and still is; new ones have one of their own."""
    starts = [0, *accumulate(len(line) for line in old)][: len(old)]
    by_line: defaultdict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        at = bisect_right(starts, edit.start) - 1
        by_line[at].append(Edit(edit.start - starts[at], edit.end - starts[at], edit.new))
    fresh = -1
    for number, line in enumerate(old):
        for made in _lines(edited(line, by_line[number])) if number in by_line else [line]:
            same = made == line
            yield (number if same else fresh), made
            fresh -= not same


def _line(sign: str, line: bytes) -> str:
    text = sign + line.decode(errors="surrogateescape")
    return text if text.endswith("\n") else f"{text}\n\\ No newline at end of file\n"


def _span(start: int, end: int) -> str:
    """Return where lines stand as a diff says it: an empty span names the line before it."""
    length = end - start
    return f"{start + 1 if length else start},{length}"


def _quoted(path: str) -> str:
    """Return a path as git writes it; a space is followed by a tab, so that it is not taken for the path's end."""
    path = clean_line(path)
    if '"' in path or "\\" in path:
        return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{path}\t" if " " in path else path
