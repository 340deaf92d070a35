"""A runbook's bytes as numbered lines that still know where they stood, and the reasons to refuse a file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.model import Warning_

MAX_BYTES = 1024 * 1024
MAX_LINES = 20_000
# Inline Markdown costs more than linear time on hostile text; no line that a person reads is this long.
MAX_LINE = 4_000
_LINE_END = re.compile(rb"\r\n?|\n")
_BOM = b"\xef\xbb\xbf"
_WIDE_BOMS = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1b")
_FRONT_KEY = re.compile(r"[\w.\"'-]+[ \t]*:(?:\s|$)")
_FRONT_OTHER = re.compile(r"\s|#|- |[\]})]|$")
_FRONT_LIMIT = 400
NEEDED = "A step looks like this: `- [ ] Check the dashboard`."


@dataclass(slots=True)
class Source:
    """The lines of one file without their ends, and the byte at which each begins."""

    lines: list[str]
    starts: list[int]
    single_byte: set[int]
    warnings: list[Warning_] = field(default_factory=list)
    front: dict[str, str] = field(default_factory=dict)
    body: int = 0

    def offset(self, line: int, column: int) -> int:
        """Return the byte offset of a column; both count from 0."""
        if line in self.single_byte:
            return self.starts[line] + column
        return self.starts[line] + len(self.lines[line][:column].encode())

    def warn(self, line: int, words: str) -> None:
        """Keep what a person should know about a line, which counts from 0."""
        self.warnings.append(Warning_(line + 1, words))

    def text(self) -> str:
        """Return what the Markdown parser reads: front matter blanked and long lines cut, line numbers unchanged."""
        return "\n".join(
            "" if number < self.body else (line if len(line) <= MAX_LINE else line[:MAX_LINE])
            for number, line in enumerate(self.lines)
        )


def open_source(data: bytes, name: str) -> Source:
    """Split a file into lines, or say why it can be no runbook.

    Raises Refused for a file that is empty, too large, too long or no text.
    """
    _refuse(data, name)
    start = len(_BOM) if data.startswith(_BOM) else 0
    source = Source([], [], set())
    for match in _LINE_END.finditer(data, start):
        _add(source, data[start : match.start()], start)
        start = match.end()
    if start < len(data):
        _add(source, data[start:], start)
    if len(source.lines) > MAX_LINES:
        raise Refused(
            f"{name} has {len(source.lines):,} lines; a runbook may have {MAX_LINES:,}",
            "Split it, or attach the part that is needed now.",
        )
    _front_matter(source)
    return source


def _refuse(data: bytes, name: str) -> None:
    if len(data) > MAX_BYTES:
        raise Refused(f"{name} is larger than 1 MiB", "Split it, or attach the part that is needed now.")
    if not data.removeprefix(_BOM).strip():
        raise Refused(f"{name} is empty", f"Write the steps as a Markdown checklist. {NEEDED}")
    if data.startswith(_WIDE_BOMS):
        raise Refused(f"{name} is UTF-16 text", "Save it as UTF-8 and try again.")
    controls = len(data) - len(data.translate(None, _CONTROLS))
    strange = data.decode(errors="replace").count("\ufffd") if b"\0" not in data else 0
    if b"\0" in data or controls * 20 > len(data) or strange * 3 > len(data):
        raise Refused(f"{name} is not a text file", "Give a Markdown or text file, saved as UTF-8.")


def _add(source: Source, raw: bytes, start: int) -> None:
    number = len(source.lines)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        # Line by line, so that one stray byte does not spoil the rest of a UTF-8 file.
        text = raw.decode("cp1252", errors="replace")
        source.single_byte.add(number)
        source.warn(number, "not UTF-8: read as Windows-1252")
    if len(text) > MAX_LINE:
        source.warn(number, f"the line has {len(text):,} characters: only the first {MAX_LINE:,} are read")
    source.lines.append(text)
    source.starts.append(start)


def _front_matter(source: Source) -> None:
    """Find the block between two `---` lines at the top, if it reads like keys and values."""
    lines = source.lines
    if lines[0].rstrip() != "---":
        return
    for number in range(1, min(len(lines), _FRONT_LIMIT)):
        line = lines[number].rstrip()
        if line in ("---", "..."):
            source.body = number + 1 if source.front else 0
            return
        if _FRONT_KEY.match(line):
            key, _, value = line.partition(":")
            source.front[key.strip(" \t\"'").lower()] = value.strip().strip("\"'")
        elif not _FRONT_OTHER.match(line):
            break
    source.front.clear()
