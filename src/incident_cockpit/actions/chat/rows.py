"""What each row of a copied thread is by itself: the head of a message, a time, a day, or what nobody said.

The forms are those that Slack, Teams, Discord, Mattermost, WhatsApp, Telegram, Zoom and IRC give when they are copied,
and those in which scribes write. Every pattern sees the beginning of a row alone, so that no row is slow to read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, IntEnum

from msgspec import Struct

from incident_cockpit.actions.chat.names import (
    bare,
    begins_as_log,
    could_be_one,
    is_emoji,
    is_nick,
    is_person,
    is_phone,
    is_program,
    only_labels,
)  # fmt: skip
from incident_cockpit.actions.chat.table import Table
from incident_cockpit.actions.chat.times import DAY, Found, Written, find_time
from incident_cockpit.incident.envelope import LONGEST_NAME

# No head is longer, whatever stands behind it.
_HEAD = 3 * LONGEST_NAME
# How many rows a name, what sort of account it is and the time can take.
_STACK = 4
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u202f\u2007", " "))
_LIST = re.compile(r"^(?:[-*+•>]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_BADGE = re.compile(r"(?:^|\s)(?:[✓✔✅]\s?)?(?:APP|BOT|WORKFLOW|SYSTEM|GUEST|EXTERNAL|OP|STAFF|MOD)$")
_EDITED = re.compile(r"[\s*_(,]*(?:edited)?[\s*_):]*", re.I)
_DASHES = " \t-–—|·•"
_NAME = rf"(?P<name>[^\s:<>|][^:<>|\n]{{0,{LONGEST_NAME + 10}}}?)"
_NICK = re.compile(rf"\s*<\s?[@+%&~!]?(?P<name>[^<>\s][^<>]{{0,{LONGEST_NAME}}}?)>:?(?:\s(?P<text>.*)|$)")
_EVENT = re.compile(
    r"\s*(?:(?:-!-|-->|<--|\*\*\*)\s|[→←⇐⇒]\s?\S{1,80}\s(?:\S{1,120}\s)?(?:has )?(?:joined|left|quit)\b"
    r"|\S{1,80} \(\S{1,60}@\S{1,120}\) (?:joined|left|quit)\b)"
)
_DEED = re.compile(r"\s*\*\s{1,3}(?P<name>[^\s:*]{1,80})\s(?P<text>.+)")
_ZOOM = re.compile(
    rf"\s*From\s{{1,2}}(?P<name>\S[^:]{{0,{LONGEST_NAME}}}?)(?P<to>\s{{1,2}}to\s{{1,2}}[^:]{{1,80}}?)?\s{{0,2}}:"
    r"(?:\s+(?P<text>.*)|$)"
)
_MATRIX = re.compile(r"\s*(?P<name>@[\w.=/+-]{1,64}:[\w.-]{1,80}(?:\s\([^()]{1,80}\))?):(?P<to>)(?:\s+(?P<text>.*)|$)")
_DASHED = re.compile(rf"\s{{0,3}}[-–—·•]\s{{1,3}}{_NAME}\s{{1,3}}[-–—·•]\s{{1,3}}(?P<text>\S.*)")
_PIPED = re.compile(rf"\s{{0,8}}\|\s*{_NAME}\s*\|\s*(?P<text>\S.*)")
_COLON = re.compile(rf"\s*(?:[-–—:|·•]{{1,2}}\s*)?[*_`]{{0,3}}{_NAME}[*_`]{{0,3}}\s?:[*_`]{{0,3}}(?:\s+(?P<text>.*)|$)")
# What Slack and others copy along that nobody said.
_NOISE = re.compile(
    r"(?:\d{1,4} repl(?:y|ies)|.{0,60}View thread|Last reply .{1,60}|View newer replies|Also sent to .{1,80}"
    r"|\d{1,4}\+? new messages?|New messages?|Loading history\W*|.{1,80} profile image|\(edited\)|Saved for later"
    r"|(?:Pinned|Added) by .{1,80}|Message #\S{1,80}|\d{1,4} \w{1,20} reactions?\.?"
    r"|(?:has )?joined #\S{1,80}|was added to #\S{1,80} by .{1,80})",
    re.I,
)
# The same, but people say it too.
_ALSO_SAID = re.compile(r"New|NEW|Edited|Reply|Like|Unread|Last read", re.I)
_COMES_OR_GOES = re.compile(
    r"(?:[(\[][^)\]]{1,120}[)\]] )?(?:has |have )?(?:joined|left|quit|parted|sets? mode|is now known|changes topic)\b"
)
_COUNT = re.compile(r"\d{1,4}")
_AVATARS = re.compile(r"\+\d{1,3}|\d{1,3}\+")
_DAY_ROW = re.compile(
    rf"(?P<lead>[-–—=*#_>|•·\s]{{0,80}})"
    r"(?P<said>Day changed(?: to)?|Log (?:opened|started|closed)|BEGIN LOGGING AT|Today -)?"
    rf"\s{{0,3}}(?P<day>{DAY})(?P<clock>,?\s\d\d:\d\d:\d\d)?(?P<year>\s\d{{4}})?[-–—=*#_|•·:\s]{{0,80}}",
    re.I,
)


class Kind(Enum):
    """What a row can be."""

    TEXT = "text"
    BLANK = "blank"
    NOISE = "what nobody said"
    DAY = "the day of what follows"
    WHOLE = "time, name and text in one row"
    HEAD = "name and time, the text below"
    STACK = "a name, the time below it, then the text"
    TIME = "the time of the same speaker's next message"
    NOBODY = "a time without a name"


class Trust(IntEnum):
    """How sure it is that a row is the head of a message: at once, by its name, or only with others like it."""

    NONE = 0
    MAYBE = 1
    LIKELY = 2
    SURE = 3


class Row(Struct, frozen=True):
    """One row, or several that make one head; `text` is what was said in it, or the day that it names."""

    kind: Kind
    trust: Trust = Trust.NONE
    when: Written | None = None
    name: str = ""
    text: str = ""
    takes: int = 1
    deed: bool = False


_TEXT, _BLANK = Row(Kind.TEXT), Row(Kind.BLANK)


class _Alone(Struct, frozen=True):
    """A row with nothing but a time, and whether it is set in or marked, as below a name."""

    when: Written
    set_in: bool


def read_rows(lines: Sequence[str]) -> list[Row]:
    """Return what each row is by itself; where a head takes several, those behind its first are read as well."""
    rows = [line.translate(_BLANKS) for line in lines]
    times = [find_time(row.strip()[:_HEAD]) for row in rows]
    alone = [_alone(row, found) for row, found in zip(rows, times, strict=True)]
    table = Table()
    return [_row(rows, place, times[place], alone, table) for place in range(len(rows))]


def _row(rows: Sequence[str], place: int, found: Found | None, alone: Sequence[_Alone | None], table: Table) -> Row:
    stripped = rows[place].strip()
    if not stripped:
        return _BLANK
    below = rows[place + 1].strip() if place + 1 < len(rows) else ""
    if not stripped.startswith("|"):
        table.end()
    elif table.frames(stripped):
        return Row(Kind.NOISE, Trust.LIKELY)
    elif (cells := table.read(stripped)) is not None:
        return _cells(*cells)
    if (noise := _noise(stripped, below)) is not None:
        return noise
    if len(stripped) <= _HEAD and (day := _DAY_ROW.fullmatch(stripped)):
        sure = bool(day["said"]) or len(day["lead"].strip()) > 1
        if (not day["clock"] or day["said"]) and (sure or not re.fullmatch(r"\d+/\d+", day["day"])):
            words = (day["day"] + (day["year"] or "")).lower()
            return Row(Kind.DAY, Trust.SURE if sure else Trust.LIKELY, text=words)
    if (only := alone[place]) is not None:
        return Row(Kind.TIME, Trust.SURE if only.set_in else Trust.MAYBE, only.when)
    timed = _timed(stripped, *found) if found is not None else None
    return timed or _stack(rows, place, alone) or _TEXT


def _noise(row: str, below: str) -> Row | None:
    if len(row) > _HEAD:
        return None
    if _NOISE.fullmatch(row) or (_AVATARS.fullmatch(row) and re.fullmatch(r"\d{1,4} repl(?:y|ies)", below)):
        return Row(Kind.NOISE, Trust.SURE)
    if _ALSO_SAID.fullmatch(row):
        return Row(Kind.NOISE, Trust.MAYBE)
    # A reaction has its count behind it or below; without one somebody said it.
    if is_emoji(row) and _COUNT.fullmatch(below):
        return Row(Kind.NOISE, Trust.SURE, takes=2)
    head, _, count = row.rpartition(" ")
    return Row(Kind.NOISE, Trust.MAYBE) if _COUNT.fullmatch(count) and is_emoji(head) else None


def _alone(row: str, found: Found | None) -> _Alone | None:
    stripped = row.strip()
    if found is None or len(stripped) > _HEAD:
        return None
    when, place = found
    marks, rest = stripped[: place.start()], stripped[place.end() :]
    left = _BADGE.sub("", marks.strip(_DASHES)).strip(_DASHES)
    if (left and not is_emoji(left)) or not _EDITED.fullmatch(rest) or ":" in rest:
        return None
    return _Alone(when, row[:1].isspace() or bool(marks.strip()))


def _timed(row: str, when: Written, place: re.Match[str]) -> Row | None:
    """Read a row that has a time in it, and more than that."""
    left, right = _LIST.sub("", row[: place.start()], count=1), row[place.end() :]
    if not left.strip(" *_`"):
        return _behind(when, right.lstrip("*_`") if left else right, when.open == "[")
    if _EDITED.fullmatch(right):
        return _before(when, left, "**" in left)
    if right.lstrip("*_").startswith(":") and when.open:
        name, _ = bare(left)
        return _whole(when, name, right.lstrip("*_")[1:].lstrip("*_").strip())
    return None


def _behind(when: Written, right: str, bracket: bool) -> Row:
    """Read what stands behind a time at the beginning of a row."""
    if found := _NICK.match(right):
        return Row(Kind.WHOLE, Trust.SURE, when, bare(found["name"])[0], (found["text"] or "").strip())
    if _EVENT.match(right) and not when.part:
        return Row(Kind.NOISE, Trust.SURE, when)
    if found := _DEED.match(right):
        who, text = bare(found["name"])[0], found["text"].strip()
        gone = _COMES_OR_GOES.match(text)
        return Row(Kind.NOISE, Trust.SURE, when) if gone else Row(Kind.WHOLE, Trust.MAYBE, when, who, text, deed=True)
    if found := _ZOOM.match(right) or _MATRIX.match(right):
        who, text = bare(found["name"])[0], (found["text"] or "").strip()
        return Row(Kind.WHOLE, Trust.SURE, when, who, text) if found["to"] is not None else _whole(when, who, text)
    for pattern in (_DASHED, _PIPED, _COLON):
        if found := pattern.match(right):
            said = _whole(when, bare(found["name"])[0], (found["text"] or "").strip(), loose=pattern is _COLON)
            if said.kind is Kind.WHOLE:
                return said
    name, _ = bare(right.strip(_DASHES))
    if right[:1].isspace() and len(right) <= _HEAD and could_be_one(name) and not only_labels(name):
        if is_person(name):
            return Row(Kind.HEAD, Trust.SURE if bracket else Trust.MAYBE, when, name, right.strip())
        if bracket and is_nick(name):
            return Row(Kind.HEAD, Trust.MAYBE, when, name, right.strip())
    return Row(Kind.TIME, Trust.MAYBE, when, text=right.strip()) if bracket else Row(Kind.NOBODY, when=when)


def _whole(when: Written, name: str, text: str, *, loose: bool = False) -> Row:
    """Return a row that says time, name and text, as far as this can be somebody's name; `loose` takes handles too."""
    trust = Trust.NONE
    machine = when.by_machine
    if when.part or len(name) > LONGEST_NAME or (machine and (is_program(name) or begins_as_log(text))):
        pass
    elif is_person(name) or (is_phone(name) and not machine):
        trust = Trust.LIKELY
    elif is_nick(name):
        maybe = Trust.MAYBE if loose or not machine else Trust.NONE
        trust = Trust.LIKELY if loose and not machine and not is_program(name) else maybe
    elif could_be_one(name) and not machine and not only_labels(name) and len(name.split()) <= 5:
        trust = Trust.MAYBE
    return Row(Kind.WHOLE, trust, when, name, text) if trust else Row(Kind.NOBODY, when=when)


def _cells(when: Written, name: str, text: str, named: bool) -> Row:
    who, _ = bare(name)
    if named:
        return Row(Kind.WHOLE, Trust.SURE, when, who, text) if could_be_one(who) else Row(Kind.NOBODY, when=when)
    return _whole(when, who, text)


def _before(when: Written, left: str, bold: bool) -> Row:
    """Read a name that stands before a time at the end of a row."""
    flat = left.rstrip(" \t*_`")
    dashed = flat.rstrip(_DASHES) != flat
    named = flat.rstrip(_DASHES + ",")
    name, status = bare(_BADGE.sub("", named))
    marked = bold or status or bool(_BADGE.search(named)) or when.open == "["
    if not could_be_one(name) or (only_labels(name) and not marked):
        return _TEXT
    if marked or re.search(r"\s{2}[*_`]*$", left):
        return Row(Kind.HEAD, Trust.SURE, when, name)
    if dashed and (when.day or when.half):
        return Row(Kind.HEAD, Trust.SURE, when, name)
    return Row(Kind.HEAD, Trust.MAYBE, when, name) if is_person(name) else _TEXT


def _stack(rows: Sequence[str], place: int, alone: Sequence[_Alone | None]) -> Row | None:
    """Read a name with its time in a row below; badges, tags, a status and the name once more may stand between."""
    written = rows[place].strip()
    if len(written) > _HEAD:
        return None
    for below in range(place + 1, min(place + _STACK, len(rows))):
        if (only := alone[below]) is not None:
            name, _ = bare(_BADGE.sub("", written))
            if not could_be_one(name) or _LIST.match(written):
                return None
            twice = below > place + 1 and rows[below - 1].strip() == written
            trust = Trust.SURE if only.set_in else Trust.LIKELY if twice else Trust.MAYBE
            return Row(Kind.STACK, trust, only.when, name, takes=below - place + 1)
        between = rows[below].strip()
        tag = re.fullmatch(r"\[[^\[\]]{1,8}\]", between)
        if between != written and not (_BADGE.fullmatch(between) or tag or (between and is_emoji(between))):
            return None
    return None
