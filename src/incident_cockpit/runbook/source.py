"""Source of a runbook: front matter, encoding fixes, and lines with their byte offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import accumulate

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.model import ReadWarning
from incident_cockpit.runbook.tables import SIGNS
from incident_cockpit.text.sanitize import clean_line

_FENCES = {"---": (":", ("---", "...")), "+++": ("=", ("+++",))}
_KEY = re.compile(r"(?P<key>[\w.\"'-]+)[ \t]*(?P<sign>[:=])(?P<value>\s.*|)$")
_OTHER = re.compile(r"\s|#|- |[\]})]|$")
_ENTRY = re.compile(r"\s*- +(.*)")
_LIMIT = 400


@dataclass(slots=True)
class FrontMatter:
    """Values of the front matter by key, in lower case, and the number of its lines."""

    values: dict[str, list[str]] = field(default_factory=dict)
    lines: int = 0

    def text(self, *keys: str) -> str:
        """Return the value of the first key that has one, on one line; several entries are joined by commas."""
        return ", ".join(self.entries(*keys))

    def entries(self, *keys: str) -> tuple[str, ...]:
        """Return the entries of the first key that has any."""
        entries = next((self.values[key] for key in keys if self.values.get(key)), [])
        return tuple(filter(None, map(clean_line, entries)))


def front_matter(lines: list[str]) -> FrontMatter:
    """Return the block between two `---` (or `+++`) lines at the top, if it has keys and values."""
    fence = _FENCES.get(lines[0].rstrip()) if lines else None
    if fence is None:
        return FrontMatter()
    sign, ends = fence
    front = FrontMatter()
    entries: list[str] = []
    for number, raw in enumerate(lines[1:_LIMIT], 1):
        line = raw.rstrip()
        if line in ends:
            front.lines = number + 1 if front.values else 0
            return front
        match = _KEY.match(line)
        if match and match["sign"] == sign:
            entries = front.values.setdefault(match["key"].strip("\"'").lower(), [])
            value = match["value"].strip()
            is_list = value[:1] == "[" and value[-1:] == "]"
            entries += [_unquoted(part) for part in (value[1:-1].split(",") if is_list else [value]) if value]
            continue
        entry = _ENTRY.match(line)
        if entry:
            entries.append(_unquoted(entry[1]))
        elif not _OTHER.match(line):
            break
    return FrontMatter()


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


# -- characters broken by a wrong encoding, and their original bytes

# UTF-8 that was read as Windows-1252 and saved as UTF-8 again: the first byte of a character became one of a few
# letters, the second one of these.
_SUSPICIOUS = re.compile(
    rb"\xc3(?:\xa2[\xc2\xc5\xc6\xcb\xe2]|[\x82-\x85\x90\x91\xa3-\xa9\xaf\xb0][\xc2\xc5\xc6\xcb\xe2])"
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FixedText:
    """A fixed line; `pieces` are the fixes: position in the fixed line, the text now and the text before."""

    text: str
    pieces: tuple[tuple[int, str, str], ...]

    def offset(self, column: int) -> int:
        """Return the byte offset, in the original line, of a column of the fixed line; both count from 0."""
        size = done = 0
        for start, now, before in self.pieces:
            if column < start + len(now):
                break
            size += len(self.text[done:start].encode()) + len(before.encode())
            done = start + len(now)
        # A column inside a piece has the offset of its beginning.
        begun = next((start for start, now, _ in self.pieces if start <= column < start + len(now)), column)
        return size + len(self.text[done:begun].encode())

    def warning(self) -> str:
        """Return the warning that names the fixes."""
        changes = dict.fromkeys(f"{before} is read as {now}" for _, now, before in self.pieces)
        more = f" and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
        return clean_line(f"broken characters fixed: {', '.join(list(changes)[:_SHOWN])}{more}")


def has_broken_characters(data: bytes) -> bool:
    """Return whether the bytes have sequences of broken characters."""
    return _SUSPICIOUS.search(data) is not None


def fix_encoding(line: str) -> FixedText | None:
    """Return a line with its broken characters fixed, None if none is broken."""
    # Late: most runbooks need no fix.
    import ftfy

    parts: list[str] = []
    pieces: list[tuple[int, str, str]] = []
    done = size = 0
    for match in _BEYOND_ASCII.finditer(line):
        if not has_broken_characters(match.group().encode()):
            continue
        better = ftfy.fix_encoding(match.group())
        # A fix that adds or removes a line would change the line numbers.
        if better == match.group() or not better or len(better.splitlines()) > 1:
            continue
        parts.append(line[done : match.start()])
        size += match.start() - done
        pieces.append((size, better, match.group()))
        parts.append(better)
        size += len(better)
        done = match.end()
    return FixedText("".join([*parts, line[done:]]), tuple(pieces)) if pieces else None


# -- lines with their byte offsets, and files that are refused

MAX_BYTES = 1024 * 1024
MAX_LINES = 20_000
# Inline Markdown takes more than linear time on hostile text; lines of people are shorter.
MAX_LINE = 4_000
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1b")
NEEDED = "write steps as a Markdown checklist: `- [ ] Check the dashboard`"


@dataclass(slots=True)
class RunbookSource:
    """The lines of a file without their ends, and the byte offset of each.

    `signs` is whether ☐ ☑ ☒ may be among its characters. Lines with broken characters are fixed; `fixes` has the
    originals.
    """

    lines: list[str]
    starts: list[int]
    ascii: bool
    signs: bool
    single_byte: set[int] = field(default_factory=set)
    fixes: dict[int, FixedText] = field(default_factory=dict)
    warnings: list[ReadWarning] = field(default_factory=list)
    front: FrontMatter = field(default_factory=FrontMatter)

    def offset(self, line: int, column: int) -> int:
        """Return the byte offset of a column; both count from 0."""
        if self.ascii or line in self.single_byte:
            return self.starts[line] + column
        if line in self.fixes:
            return self.starts[line] + self.fixes[line].offset(column)
        return self.starts[line] + len(self.lines[line][:column].encode())

    def warn(self, line: int, text: str) -> None:
        """Add a warning about a line, which counts from 0."""
        self.warnings.append(ReadWarning(line + 1, text))

    def text(self) -> str:
        """Return the text for the Markdown parser: front matter blank and long lines cut, line numbers unchanged."""
        body = self.front.lines
        if not body and not self.warnings:
            return "\n".join(self.lines)
        return "\n".join([*[""] * body, *(line[:MAX_LINE] for line in self.lines[body:])])


def open_source(data: bytes, name: str) -> RunbookSource:
    """Split a file into lines; raises Refused if it is empty, too large, too long or not text."""
    text = _decoded(data, name)
    start = len(_BOM) if data.startswith(_BOM) else 0
    raw = data[start:].splitlines(keepends=True)
    if len(raw) > MAX_LINES:
        raise Refused(
            f"{name} has {len(raw):,} lines; the limit is {MAX_LINES:,}", "split it, or attach the part you need now"
        )
    starts = list(accumulate(map(len, raw[:-1]), initial=start))
    if text is None:
        source = RunbookSource([], starts, ascii=False, signs=True)
        _by_line(source, raw)
    else:
        lines = text[bool(start) :].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        source = RunbookSource(
            lines[: len(raw)], starts, ascii=len(text) == len(data), signs=any(sign in text for sign in SIGNS)
        )
    if max(map(len, source.lines)) > MAX_LINE:
        for number, line in enumerate(source.lines):
            if len(line) > MAX_LINE:
                source.warn(number, f"line of {len(line):,} characters: only the first {MAX_LINE:,} are read")
    if not source.ascii and has_broken_characters(data):
        _fix_lines(source)
    source.front = front_matter(source.lines)
    return source


def _decoded(data: bytes, name: str) -> str | None:
    """Return the text of a file, None if it is not all UTF-8; raises Refused if it cannot be a runbook."""
    if len(data) > MAX_BYTES:
        raise Refused(f"{name} is larger than 1 MiB", "split it, or attach the part you need now")
    if not data.removeprefix(_BOM).strip():
        raise Refused(f"{name} is empty", NEEDED)
    if data.startswith(_WIDE_BOMS):
        raise Refused(f"{name} is UTF-16 text", "save it as UTF-8 and retry")
    controls = len(data) - len(data.translate(None, _CONTROLS))
    text: str | None = None
    invalid = 0
    try:
        text = data.decode()
    except UnicodeDecodeError:
        invalid = data.decode(errors="replace").count("\ufffd")
    if b"\0" in data or controls * 20 > len(data) or invalid * 3 > len(data):
        raise Refused(f"{name} is not a text file", "use a Markdown or text file in UTF-8")
    return text


def _by_line(source: RunbookSource, raw: list[bytes]) -> None:
    """Decode line by line, so that one invalid byte does not affect the rest of a UTF-8 file."""
    for number, line in enumerate(raw):
        bare = line.rstrip(b"\r\n")
        try:
            source.lines.append(bare.decode())
        except UnicodeDecodeError:
            source.lines.append(bare.decode("cp1252", errors="replace"))
            source.single_byte.add(number)
            source.warn(number, "not UTF-8: read as Windows-1252")


def _fix_lines(source: RunbookSource) -> None:
    for number, line in enumerate(source.lines):
        if number in source.single_byte or line.isascii() or not has_broken_characters(line.encode()):
            continue
        better = fix_encoding(line)
        if better is not None:
            source.fixes[number] = better
            source.lines[number] = better.text
            source.warn(number, better.warning())


# -- a source line without the quotes and list items that contain it

QUOTE = re.compile(r" {0,3}> ?")
_WIDTH = re.compile(r" *(?:[-*+]|\d{1,9}[.)])( *)")
_LEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+[ \t>]*)*")


@dataclass(slots=True)
class Container:
    """A block quote, or a list item with the width of its marker (-1 until it is measured)."""

    line: int
    quote: bool
    width: int = -1


def strip_containers(source: RunbookSource, line: int, containers: tuple[Container, ...]) -> str:
    """Return a line without the quote signs, markers and indentation of its containers."""
    text = _expanded(source.lines[line])
    for depth, container in enumerate(containers):
        if line < container.line:
            continue
        if container.quote:
            match = QUOTE.match(text)
            text = text[match.end() :] if match else text
        elif line == container.line:
            text = text[_width(source, containers, depth) :]
        else:
            width = _width(source, containers, depth)
            text = text[min(width, len(text) - len(text.lstrip(" "))) :]
    return text


def _width(source: RunbookSource, containers: tuple[Container, ...], depth: int) -> int:
    """Return the width of an item's marker in columns, measured once in its own line."""
    container = containers[depth]
    if container.width < 0:
        container.width = 0
        text = strip_containers(source, container.line, containers[:depth])
        match = _WIDTH.match(text)
        if match:
            wide = len(match.group(1))
            bare = match.end() - wide + 1
            container.width = bare if wide > 4 or match.end() == len(text) else match.end()
    return container.width


def _expanded(line: str) -> str:
    """Return the line with the tabs among quotes, markers and indentation as spaces; tabs in the text stay."""
    if "\t" not in line:
        return line
    match = _LEAD.match(line)
    end = match.end() if match else 0
    return line[:end].expandtabs(4) + line[end:]
