"""A runbook's bytes as numbered lines that still know where they stood, and the reasons to refuse a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import accumulate

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.boxes import SIGNS
from incident_cockpit.runbook.front import Front, front_matter
from incident_cockpit.runbook.mending import Mended, mended, suspicious
from incident_cockpit.runbook.model import Warning_

MAX_BYTES = 1024 * 1024
MAX_LINES = 20_000
# Inline Markdown costs more than linear time on hostile text; no line that a person reads is this long.
MAX_LINE = 4_000
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1b")
NEEDED = "A step looks like this: `- [ ] Check the dashboard`."


@dataclass(slots=True)
class Source:
    """The lines of one file without their ends, and the byte at which each begins.

    `signs` says whether ☐ ☑ ☒ may be among its characters. Lines with broken characters are kept mended; `mends`
    still knows how they stood in the file.
    """

    lines: list[str]
    starts: list[int]
    ascii: bool
    signs: bool
    single_byte: set[int] = field(default_factory=set)
    mends: dict[int, Mended] = field(default_factory=dict)
    warnings: list[Warning_] = field(default_factory=list)
    front: Front = field(default_factory=Front)

    def offset(self, line: int, column: int) -> int:
        """Return the byte offset of a column; both count from 0."""
        if self.ascii or line in self.single_byte:
            return self.starts[line] + column
        if line in self.mends:
            return self.starts[line] + self.mends[line].offset(column)
        return self.starts[line] + len(self.lines[line][:column].encode())

    def warn(self, line: int, words: str) -> None:
        """Keep what a person should know about a line, which counts from 0."""
        self.warnings.append(Warning_(line + 1, words))

    def text(self) -> str:
        """Return what the Markdown parser reads: front matter blanked and long lines cut, line numbers unchanged."""
        body = self.front.lines
        if not body and not self.warnings:
            return "\n".join(self.lines)
        return "\n".join([*[""] * body, *(line[:MAX_LINE] for line in self.lines[body:])])


def open_source(data: bytes, name: str) -> Source:
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
        source = Source([], starts, ascii=False, signs=True)
        _by_line(source, raw)
    else:
        lines = text[bool(start) :].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        source = Source(
            lines[: len(raw)], starts, ascii=len(text) == len(data), signs=any(sign in text for sign in SIGNS)
        )
    if max(map(len, source.lines)) > MAX_LINE:
        _warn_of_long_lines(source)
    if not source.ascii and suspicious(data):
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


def _by_line(source: Source, raw: list[bytes]) -> None:
    """Decode line by line, so that one stray byte does not spoil the rest of a UTF-8 file."""
    for number, line in enumerate(raw):
        bare = line.rstrip(b"\r\n")
        try:
            source.lines.append(bare.decode())
        except UnicodeDecodeError:
            source.lines.append(bare.decode("cp1252", errors="replace"))
            source.single_byte.add(number)
            source.warn(number, "not UTF-8: read as Windows-1252")


def _warn_of_long_lines(source: Source) -> None:
    for number, line in enumerate(source.lines):
        if len(line) > MAX_LINE:
            source.warn(number, f"the line has {len(line):,} characters: only the first {MAX_LINE:,} are read")


def _mend(source: Source) -> None:
    for number, line in enumerate(source.lines):
        if number in source.single_byte or line.isascii() or not suspicious(line.encode()):
            continue
        better = mended(line)
        if better is not None:
            source.mends[number] = better
            source.lines[number] = better.text
            source.warn(number, better.words())
