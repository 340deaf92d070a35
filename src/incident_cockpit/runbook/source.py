"""Front matter: the block of keys and values at the top of a file, which is no text of the runbook."""

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
    """What front matter says by key, in small letters, and how many lines it takes."""

    said: dict[str, list[str]] = field(default_factory=dict)
    lines: int = 0

    def one(self, *keys: str) -> str:
        """Return the first value that one of the keys has, in one line; several entries are joined by commas."""
        return ", ".join(self.many(*keys))

    def many(self, *keys: str) -> tuple[str, ...]:
        """Return the entries of the first of the keys that has any."""
        found = next((self.said[key] for key in keys if self.said.get(key)), [])
        return tuple(words for words in (clean_line(each) for each in found) if words)


def front_matter(lines: list[str]) -> FrontMatter:
    """Return the block between two `---` (or `+++`) lines at the top, if it reads like keys and values."""
    fence = _FENCES.get(lines[0].rstrip()) if lines else None
    if fence is None:
        return FrontMatter()
    sign, ends = fence
    front = FrontMatter()
    entries: list[str] = []
    for number, raw in enumerate(lines[1:_LIMIT], 1):
        line = raw.rstrip()
        if line in ends:
            front.lines = number + 1 if front.said else 0
            return front
        match = _KEY.match(line)
        if match and match["sign"] == sign:
            entries = front.said.setdefault(match["key"].strip("\"'").lower(), [])
            entries += _entries(match["value"].strip())
            continue
        entry = _ENTRY.match(line)
        if entry:
            entries.append(_bare(entry[1]))
        elif not _OTHER.match(line):
            break
    return FrontMatter()


def _entries(value: str) -> list[str]:
    """Return a value, or those of a list in brackets."""
    if value[:1] == "[" and value[-1:] == "]":
        return [_bare(part) for part in value[1:-1].split(",")]
    return [_bare(value)] if value else []


def _bare(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


# -- mending: Characters broken by a wrong encoding on their way here, mended, and where they stood before.

# UTF-8 that was read as Windows-1252 and saved as UTF-8 again: the first byte of a character became one of a few
# letters, the second one of those that follow here.
_SUSPICIOUS = re.compile(
    rb"\xc3(?:\xa2[\xc2\xc5\xc6\xcb\xe2]|[\x82-\x85\x90\x91\xa3-\xa9\xaf\xb0][\xc2\xc5\xc6\xcb\xe2])"
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FixedText:
    """A mended line; `pieces` are what was broken: place in the mended line, the text now and the text before."""

    text: str
    pieces: tuple[tuple[int, str, str], ...]

    def offset(self, column: int) -> int:
        """Return how many bytes stand before a column of the mended line in the line as it was; both from 0."""
        size = done = 0
        for start, now, before in self.pieces:
            if column < start + len(now):
                break
            size += len(self.text[done:start].encode()) + len(before.encode())
            done = start + len(now)
        # A column inside a piece stands where the piece begins.
        begun = next((start for start, now, _ in self.pieces if start <= column < start + len(now)), column)
        return size + len(self.text[done:begun].encode())

    def words(self) -> str:
        """Say what was mended."""
        changes = dict.fromkeys(f"{before} reads {now}" for _, now, before in self.pieces)
        more = f" and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
        return clean_line(f"broken characters mended: {', '.join(list(changes)[:_SHOWN])}{more}")


def has_broken_characters(data: bytes) -> bool:
    """Say whether bytes have sequences that broken characters leave."""
    return _SUSPICIOUS.search(data) is not None


def fix_encoding(line: str) -> FixedText | None:
    """Return a line with its broken characters mended and all else as it stands, None if nothing is broken."""
    # Late: most runbooks have nothing to mend.
    import ftfy

    made: list[str] = []
    pieces: list[tuple[int, str, str]] = []
    done = size = 0
    for match in _BEYOND_ASCII.finditer(line):
        if not has_broken_characters(match.group().encode()):
            continue
        better = ftfy.fix_encoding(match.group())
        # A line that is two lines, or none, could not be told apart by its number any more.
        if better == match.group() or not better or len(better.splitlines()) > 1:
            continue
        made.append(line[done : match.start()])
        size += match.start() - done
        pieces.append((size, better, match.group()))
        made.append(better)
        size += len(better)
        done = match.end()
    return FixedText("".join([*made, line[done:]]), tuple(pieces)) if pieces else None


# -- source: A runbook's bytes as numbered lines that still know where they stood, and the reasons to refuse a file.

MAX_BYTES = 1024 * 1024
MAX_LINES = 20_000
# Inline Markdown costs more than linear time on hostile text; no line that a person reads is this long.
MAX_LINE = 4_000
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1b")
NEEDED = "A step looks like this: `- [ ] Check the dashboard`."


@dataclass(slots=True)
class RunbookSource:
    """The lines of one file without their ends, and the byte at which each begins.

    `signs` says whether ☐ ☑ ☒ may be among its characters. Lines with broken characters are kept mended; `mends`
    still knows how they stood in the file.
    """

    lines: list[str]
    starts: list[int]
    ascii: bool
    signs: bool
    single_byte: set[int] = field(default_factory=set)
    mends: dict[int, FixedText] = field(default_factory=dict)
    warnings: list[ReadWarning] = field(default_factory=list)
    front: FrontMatter = field(default_factory=FrontMatter)

    def offset(self, line: int, column: int) -> int:
        """Return the byte offset of a column; both count from 0."""
        if self.ascii or line in self.single_byte:
            return self.starts[line] + column
        if line in self.mends:
            return self.starts[line] + self.mends[line].offset(column)
        return self.starts[line] + len(self.lines[line][:column].encode())

    def warn(self, line: int, words: str) -> None:
        """Keep what a person should know about a line, which counts from 0."""
        self.warnings.append(ReadWarning(line + 1, words))

    def text(self) -> str:
        """Return what the Markdown parser reads: front matter blanked and long lines cut, line numbers unchanged."""
        body = self.front.lines
        if not body and not self.warnings:
            return "\n".join(self.lines)
        return "\n".join([*[""] * body, *(line[:MAX_LINE] for line in self.lines[body:])])


def open_source(data: bytes, name: str) -> RunbookSource:
    """Split a file into lines, or say why it can be no runbook.

    Raises Refused for a file that is empty, too large, too long or no text.
    """
    text = _decoded(data, name)
    start = len(_BOM) if data.startswith(_BOM) else 0
    raw = data[start:].splitlines(keepends=True)
    if len(raw) > MAX_LINES:
        raise Refused(
            f"{name} has {len(raw):,} lines; a runbook may have {MAX_LINES:,}",
            "Split it, or attach the part that is needed now.",
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
        _warn_of_long_lines(source)
    if not source.ascii and has_broken_characters(data):
        _mend(source)
    source.front = front_matter(source.lines)
    return source


def _decoded(data: bytes, name: str) -> str | None:
    """Return the text of a file, None if it is not all UTF-8; raises Refused for what can be no runbook."""
    if len(data) > MAX_BYTES:
        raise Refused(f"{name} is larger than 1 MiB", "Split it, or attach the part that is needed now.")
    if not data.removeprefix(_BOM).strip():
        raise Refused(f"{name} is empty", f"Write the steps as a Markdown checklist. {NEEDED}")
    if data.startswith(_WIDE_BOMS):
        raise Refused(f"{name} is UTF-16 text", "Save it as UTF-8 and try again.")
    controls = len(data) - len(data.translate(None, _CONTROLS))
    text: str | None = None
    strange = 0
    try:
        text = data.decode()
    except UnicodeDecodeError:
        strange = data.decode(errors="replace").count("\ufffd")
    if b"\0" in data or controls * 20 > len(data) or strange * 3 > len(data):
        raise Refused(f"{name} is not a text file", "Give a Markdown or text file, saved as UTF-8.")
    return text


def _by_line(source: RunbookSource, raw: list[bytes]) -> None:
    """Decode line by line, so that one stray byte does not spoil the rest of a UTF-8 file."""
    for number, line in enumerate(raw):
        bare = line.rstrip(b"\r\n")
        try:
            source.lines.append(bare.decode())
        except UnicodeDecodeError:
            source.lines.append(bare.decode("cp1252", errors="replace"))
            source.single_byte.add(number)
            source.warn(number, "not UTF-8: read as Windows-1252")


def _warn_of_long_lines(source: RunbookSource) -> None:
    for number, line in enumerate(source.lines):
        if len(line) > MAX_LINE:
            source.warn(number, f"the line has {len(line):,} characters: only the first {MAX_LINE:,} are read")


def _mend(source: RunbookSource) -> None:
    for number, line in enumerate(source.lines):
        if number in source.single_byte or line.isascii() or not has_broken_characters(line.encode()):
            continue
        better = fix_encoding(line)
        if better is not None:
            source.mends[number] = better
            source.lines[number] = better.text
            source.warn(number, better.words())


# -- lines: A source line as it reads inside the quotes and list items that contain it.

QUOTE = re.compile(r" {0,3}> ?")
_WIDTH = re.compile(r" *(?:[-*+]|\d{1,9}[.)])( *)")
_LEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+[ \t>]*)*")


@dataclass(slots=True)
class Container:
    """A block quote, or a list item with the width of its marker (-1 until someone asks)."""

    line: int
    quote: bool
    width: int = -1


def strip_containers(source: RunbookSource, line: int, containers: tuple[Container, ...]) -> str:
    """Return a line as it reads inside its containers: their quote signs, markers and indentation taken off."""
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
            room = _width(source, containers, depth)
            text = text[min(room, len(text) - len(text.lstrip(" "))) :]
    return text


def _width(source: RunbookSource, containers: tuple[Container, ...], depth: int) -> int:
    """Return how many columns an item's marker takes, found once from the line that it stands on."""
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
    """Return the line with tabs as spaces where quotes, markers and indentation stand; tabs in the text stay."""
    if "\t" not in line:
        return line
    match = _LEAD.match(line)
    end = match.end() if match else 0
    return line[:end].expandtabs(4) + line[end:]
