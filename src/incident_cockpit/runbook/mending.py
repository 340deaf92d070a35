"""Characters broken by a wrong encoding on their way here, mended, and where they stood before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from incident_cockpit.text.clean import clean_line

# UTF-8 that was read as Windows-1252 and saved as UTF-8 again: the first byte of a character became one of a few
# letters, the second one of those that follow here.
_SUSPICIOUS = re.compile(
    rb"\xc3(?:\xa2[\xc2\xc5\xc6\xcb\xe2]|[\x82-\x85\x90\x91\xa3-\xa9\xaf\xb0][\xc2\xc5\xc6\xcb\xe2])"
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Mended:
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


def suspicious(data: bytes) -> bool:
    """Say whether bytes have sequences that broken characters leave."""
    return _SUSPICIOUS.search(data) is not None


def mended(line: str) -> Mended | None:
    """Return a line with its broken characters mended and all else as it stands, None if nothing is broken."""
    # Late: most runbooks have nothing to mend.
    import ftfy

    made: list[str] = []
    pieces: list[tuple[int, str, str]] = []
    done = size = 0
    for match in _BEYOND_ASCII.finditer(line):
        if not suspicious(match.group().encode()):
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
    return Mended("".join([*made, line[done:]]), tuple(pieces)) if pieces else None
