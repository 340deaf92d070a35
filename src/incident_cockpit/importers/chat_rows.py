"""Rows of a copied chat thread, and the names in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum, IntEnum

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.importers.chat_times import DAY, TimeMatch, WrittenTime, find_time, utc_offset
from incident_cockpit.incident.event import LONGEST_NAME
from incident_cockpit.text.sanitize import clean_line


def _word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LEVELS = _word_set(
    """
    trace debug dbg verbose info information inf notice warn warning wrn error err severe critical crit fatal ftl
    alert emerg emergency panic fail failure failed exception traceback log stderr stdout success
    """
)
# Programs and their parts, with or without a number: none of them writes in a chat.
_PROGRAMS = _word_set(
    """
    kernel systemd sshd nginx httpd apache main root app api web www worker server service client http https sql
    mysql mysqld postgres postgresql psql db database redis kafka zookeeper rabbitmq docker dockerd containerd
    kubelet kubectl cron crond sudo su dhclient dhcpd init core system default console gunicorn uvicorn celery
    django rails puma java python node npm yarn pip git curl ssh dns named haproxy envoy istio traefik consul vault
    nomad etcd postfix dovecot rsyslogd auditd audit networkmanager chronyd ntpd snapd dbus polkitd scheduler
    executor thread pool proxy gateway auth cache queue job task build ingress controller operator handler manager
    monitor daemon process module driver device usb pci acpi cpu mem memory disk net eth wlan file line at caused
    """
)
# First words of notes, replies and headings.
_LABELS = _word_set(
    """
    update updates note notes status impact action actions item items decision decisions finding findings cause
    causes root next step steps summary timeline time times date day start started starts end ended ends from to
    until since at by about around after before between eta todo fyi subject re fw fwd alert alerts alarm incident
    issue problem fix fixed mitigation mitigated resolved resolution identified investigating monitoring detected
    detection declared closed opened open rollback deploy deployed deployment release restart restarted failover
    outage degraded recovered recovery severity sev priority owner who what when where why how question answer
    yes yeah yep no nope ok okay thanks thank you hello hi hey done sure agreed lgtm ack acked same also and but so
    then now today yesterday tomorrow meeting call bridge standup handover channel link links see edit edited result
    results output version request response connection listening starting stopping running finished completed
    duration elapsed total count page paged escalated escalation comms communication hypothesis theory plan risk
    evidence milestone image new reply replies view created updated modified last login current checkout payments
    window graph rolled back triggered acknowledged notified assigned retro agenda
    """
)
_FILE = re.compile(
    r".*\.(?:go|py|js|ts|java|kt|rb|rs|c|cc|cpp|h|php|sh|log|txt|json|ya?ml|service|com|net|org|io)", re.I
)
_PARTICLES = _word_set("de da do dos das di del della der den van von zu la le el al bin ibn ben y e i of the")
_WORD = re.compile(r"[^\W_][\w'’.\-]*", re.UNICODE)
_NICK = re.compile(r"[^\W]?[\w.\-|^`\[\]\\{}]{1,39}", re.UNICODE)
_PHONE = re.compile(r"\+\d[\d \-()]{6,20}")
_CODE = re.compile(r":[a-z0-9_+\-]{1,100}:", re.I)
# A status emoji by its code, pronouns, or a kind of account.
_STATUS = re.compile(
    r"\s{0,2}(?::[a-z0-9_+\-]{1,60}:|\((?:[^\W\d_]{1,8}/){1,3}[^\W\d_]{1,8}\)|\((?:guest|external|unverified)\))$", re.I
)
_MARKS = " \t*_`~"
_LONGEST_READ = 4 * LONGEST_NAME


def is_emoji(text: str) -> bool:
    """Return whether the text is only emoji, as characters or by their codes."""
    if text[:1].isascii() and text[:1] not in ": ":
        return False
    rest = _CODE.sub("", text) if ":" in text else text
    return bool(text.strip()) and all(
        char.isspace() or char in "\u200d\u20e3" or unicodedata.category(char) in ("So", "Sk", "Mn") for char in rest
    )


def strip_status(name: str) -> tuple[str, bool]:
    """Return a name without its markup, and whether a status or pronouns followed it."""
    stripped = bare = name[:_LONGEST_READ].strip(_MARKS)
    while bare:
        before = bare
        bare = _STATUS.sub("", bare)
        # A name may be an emoji; behind a name, an emoji is a status.
        while len(bare) > 1 and is_emoji(bare[-1]) and not is_emoji(bare):
            bare = bare[:-1]
        bare = bare.strip(_MARKS)
        if bare == before:
            break
    return clean_line(bare.lstrip("@~").strip(), limit=_LONGEST_READ), bare != stripped


def may_be_name(name: str) -> bool:
    """Return whether the text may be a name: short, no URL, no end of a sentence, no log level."""
    return (
        0 < len(name) <= LONGEST_NAME
        and any(char.isalnum() or is_emoji(char) for char in name)
        and name[-1] not in ",;:?!={<>|/"
        and not re.search(r"\s{2}|://|[={};<>]|^[#/$|\\]|^-", name)
        and len(name.split()) <= 8
        and not (_is_log_level(name) and (" " not in name or name.partition(" ")[0].isupper()))
    )


def is_person(name: str) -> bool:
    """Return whether the text is written like a person's name: capitals, few words, no label."""
    name, _, behind = name.partition(" (")
    parts = name.replace(",", " ", 1).split()
    if not 0 < len(parts) <= 5 or (behind and not re.fullmatch(r"[\w .,&/-]{1,40}\)", behind)):
        return False
    if not all(_WORD.fullmatch(part) for part in parts) or parts[0][0].isdigit():
        return False
    lower = [part for part in parts if part[0].islower()]
    if len(lower) == len(parts) or any(part not in _PARTICLES for part in lower):
        return False
    return not _is_label_word(parts[0]) and not _is_log_level(parts[0]) and not _FILE.fullmatch(parts[-1])


def is_handle(name: str) -> bool:
    """Return whether the text is one word that may be a handle."""
    return (
        bool(_NICK.fullmatch(name))
        and any(char.isalpha() for char in name)
        and not _is_label_word(name)
        and not _is_log_level(name)
        and not _FILE.fullmatch(name)
        and name.count(".") < 2
    )


def is_program(name: str) -> bool:
    """Return whether the text may name the writer of a log: a program, a class in CamelCase, or all capitals."""
    parts = name.split()
    stems = [re.sub(r"[-_.]?\d{1,6}$", "", word).casefold() for word in parts]
    return (
        any(stem in _PROGRAMS or stem.rpartition(".")[2] in _LEVELS for stem in stems)
        or (len(parts) == 1 and bool(re.search(r"[a-z](?<!Mc)(?<!Mac)(?<!De)(?<!Le)(?<!Di)[A-Z]|[/@]", name)))
        or (len(parts) == 1 and len(name) > 1 and name.isupper())
    )


def is_label(name: str) -> bool:
    """Return whether the text is a label, as "Next update", not a name."""
    return all(_is_label_word(word) for word in name.split())


def is_phone_number(name: str) -> bool:
    """Return whether the text is a phone number, as of a person outside the address book."""
    return bool(_PHONE.fullmatch(name))


def starts_like_log(text: str) -> bool:
    """Return whether a text begins with a log level."""
    return _is_log_level(text[:40].strip("[]() ").partition(" ")[0].strip("[]():"))


def _is_label_word(word: str) -> bool:
    return word.strip(".'’-").casefold() in _LABELS


def _is_log_level(word: str) -> bool:
    first = word.split(maxsplit=1)[0] if word.split() else ""
    return first.strip("[]():").casefold() in _LEVELS


# -- tables of a timeline: "| 14:05 | Ana | hello |", with or without a heading

_MOST_CELLS = 12
_RULE = re.compile(r"\|[\s:|-]{3,300}\|?")
_TIMES = frozenset(("time", "timestamp", "when", "clock", "at", "hour"))
_DAYS = frozenset(("date", "day"))
_NAMES = frozenset(("who", "name", "author", "by", "person", "actor", "speaker", "user", "from", "owner", "reporter"))


class ChatTable:
    """The columns of the table that is being read, from its heading."""

    def __init__(self) -> None:
        """Start without a heading."""
        self.end()

    def end(self) -> None:
        """Forget the heading at the end of its table."""
        self._columns: dict[str, int] = {}
        self._zone = ""

    def read(self, row: str) -> tuple[WrittenTime, str, str, bool] | None:
        """Return time, name and text of a row, and whether a heading names the name column; None for other rows."""
        cells = _cells(row)
        time_at, name_at = self._columns.get("time", 0), self._columns.get("name")
        day = self._columns.get("day")
        if not self._columns and re.fullmatch(DAY, cells[0][:40], re.I):
            day, time_at = 0, 1
        if time_at >= len(cells) or (self._columns and name_at is None):
            return None
        written = cells[time_at] if day is None or day >= len(cells) else f"{cells[day]} {cells[time_at]}"
        match = find_time(written[:80])
        if match is None or match[1].group() != written:
            return None
        when = match[0]
        if when.zone is None and self._zone:
            when = replace(when, zone=utc_offset(self._zone))
        who = time_at + 1 if name_at is None else name_at
        texts = [cell for at, cell in enumerate(cells) if at not in (time_at, day, who) and cell]
        return (when, cells[who], " | ".join(texts), name_at is not None) if who < len(cells) else None

    def frames(self, row: str) -> bool:
        """Read a heading; return whether the row is one with times and names, or the rule below it."""
        if self._columns:
            return "name" in self._columns and bool(_RULE.fullmatch(row))
        cells = _cells(row)
        first = [re.split(r"\W", cell.casefold(), maxsplit=1)[0] for cell in cells]
        if not any(word in _TIMES or word in _DAYS for word in first) or any(re.search(r"\d", cell) for cell in cells):
            return False
        self._columns = {}
        for at, word in enumerate(first):
            sort = "time" if word in _TIMES else "day" if word in _DAYS else "name" if word in _NAMES else ""
            if sort:
                self._columns.setdefault(sort, at)
        zone = re.search(r"\b(?:UTC|GMT)\b", " ".join(cells))
        self._zone = zone.group() if zone else ""
        return "name" in self._columns


def _cells(row: str) -> list[str]:
    cells = re.split(r"(?<!\\)\|", row.strip("|"), maxsplit=_MOST_CELLS)
    return [cell.replace("\\|", "|").strip(" *_`") for cell in cells]


# -- rows: the kind of each row by itself: the head of a message, a time, a day, noise, or text
#
# The forms are those of text copied from Slack, Teams, Discord, Mattermost, WhatsApp, Telegram, Zoom and IRC, and those
# of scribes. Every pattern sees only the beginning of a row, so that no row is slow to read.

# The longest head of a message.
_HEAD = 3 * LONGEST_NAME
# The number of rows that a name, a kind of account and the time can take.
_STACK = 4
_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u202f\u2007", " "))
_LIST = re.compile(r"^(?:[-*+•>]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_BADGE = re.compile(r"(?:^|\s)(?:[✓✔✅]\s?)?(?:APP|BOT|WORKFLOW|SYSTEM|GUEST|EXTERNAL|OP|STAFF|MOD)$")
_EDITED = re.compile(r"[\s*_(,]*(?:edited)?[\s*_):]*", re.I)
_DASHES = " \t-–—|·•"
_NAME = rf"(?P<name>[^\s:<>|][^:<>|\n]{{0,{LONGEST_NAME + 10}}}?)"
_IRC_NICK = re.compile(rf"\s*<\s?[@+%&~!]?(?P<name>[^<>\s][^<>]{{0,{LONGEST_NAME}}}?)>:?(?:\s(?P<text>.*)|$)")
_EVENT = re.compile(
    r"\s*(?:(?:-!-|-->|<--|\*\*\*)\s|[→←⇐⇒]\s?\S{1,80}\s(?:\S{1,120}\s)?(?:has )?(?:joined|left|quit)\b"
    r"|\S{1,80} \(\S{1,60}@\S{1,120}\) (?:joined|left|quit)\b)"
)
_IRC_ACTION = re.compile(r"\s*\*\s{1,3}(?P<name>[^\s:*]{1,80})\s(?P<text>.+)")
_ZOOM = re.compile(
    rf"\s*From\s{{1,2}}(?P<name>\S[^:]{{0,{LONGEST_NAME}}}?)(?P<to>\s{{1,2}}to\s{{1,2}}[^:]{{1,80}}?)?\s{{0,2}}:"
    r"(?:\s+(?P<text>.*)|$)"
)
_MATRIX = re.compile(r"\s*(?P<name>@[\w.=/+-]{1,64}:[\w.-]{1,80}(?:\s\([^()]{1,80}\))?):(?P<to>)(?:\s+(?P<text>.*)|$)")
_DASHED = re.compile(rf"\s{{0,3}}[-–—·•]\s{{1,3}}{_NAME}\s{{1,3}}[-–—·•]\s{{1,3}}(?P<text>\S.*)")
_PIPED = re.compile(rf"\s{{0,8}}\|\s*{_NAME}\s*\|\s*(?P<text>\S.*)")
_COLON = re.compile(rf"\s*(?:[-–—:|·•]{{1,2}}\s*)?[*_`]{{0,3}}{_NAME}[*_`]{{0,3}}\s?:[*_`]{{0,3}}(?:\s+(?P<text>.*)|$)")
# Rows of the chat program, not of a person.
_NOISE = re.compile(
    r"(?:\d{1,4} repl(?:y|ies)|.{0,60}View thread|Last reply .{1,60}|View newer replies|Also sent to .{1,80}"
    r"|\d{1,4}\+? new messages?|New messages?|Loading history\W*|.{1,80} profile image|\(edited\)|Saved for later"
    r"|(?:Pinned|Added) by .{1,80}|Message #\S{1,80}|\d{1,4} \w{1,20} reactions?\.?"
    r"|(?:has )?joined #\S{1,80}|was added to #\S{1,80} by .{1,80})",
    re.I,
)
# The same, but people write them too.
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


class RowKind(Enum):
    """The kind of a row."""

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
    """The certainty that a row is the head of a message: by itself, by its name, or only with others like it."""

    NONE = 0
    MAYBE = 1
    LIKELY = 2
    SURE = 3


class ChatRow(Struct, frozen=True):
    """A row, or several that make one head; `text` is its text, or the day that it names."""

    kind: RowKind
    trust: Trust = Trust.NONE
    when: WrittenTime | None = None
    name: str = ""
    text: str = ""
    takes: int = 1
    deed: bool = False


_TEXT, _BLANK = ChatRow(RowKind.TEXT), ChatRow(RowKind.BLANK)


class _Alone(Struct, frozen=True):
    """A row with only a time, and whether it is indented or marked, as below a name."""

    when: WrittenTime
    set_in: bool


def read_rows(lines: Sequence[str]) -> list[ChatRow]:
    """Return the kind of each row by itself; the rows behind the first of a head are read as well."""
    rows = [line.translate(_BLANKS) for line in lines]
    times = [find_time(row.strip()[:_HEAD]) for row in rows]
    alone = [_alone(row, match) for row, match in zip(rows, times, strict=True)]
    table = ChatTable()
    return [_row(rows, place, times[place], alone, table) for place in range(len(rows))]


def _row(
    rows: Sequence[str], place: int, time: TimeMatch | None, alone: Sequence[_Alone | None], table: ChatTable
) -> ChatRow:
    stripped = rows[place].strip()
    if not stripped:
        return _BLANK
    below = rows[place + 1].strip() if place + 1 < len(rows) else ""
    if not stripped.startswith("|"):
        table.end()
    elif table.frames(stripped):
        return ChatRow(RowKind.NOISE, Trust.LIKELY)
    elif (cells := table.read(stripped)) is not None:
        return _table_row(*cells)
    if (noise := _noise(stripped, below)) is not None:
        return noise
    if len(stripped) <= _HEAD and (day := _DAY_ROW.fullmatch(stripped)):
        sure = bool(day["said"]) or len(day["lead"].strip()) > 1
        if (not day["clock"] or day["said"]) and (sure or not re.fullmatch(r"\d+/\d+", day["day"])):
            day_text = (day["day"] + (day["year"] or "")).lower()
            return ChatRow(RowKind.DAY, Trust.SURE if sure else Trust.LIKELY, text=day_text)
    if (only := alone[place]) is not None:
        return ChatRow(RowKind.TIME, Trust.SURE if only.set_in else Trust.MAYBE, only.when)
    timed = _timed(stripped, *time) if time is not None else None
    return timed or _stack(rows, place, alone) or _TEXT


def _noise(row: str, below: str) -> ChatRow | None:
    if len(row) > _HEAD:
        return None
    if _NOISE.fullmatch(row) or (_AVATARS.fullmatch(row) and re.fullmatch(r"\d{1,4} repl(?:y|ies)", below)):
        return ChatRow(RowKind.NOISE, Trust.SURE)
    if _ALSO_SAID.fullmatch(row):
        return ChatRow(RowKind.NOISE, Trust.MAYBE)
    # A reaction has its count behind it or below; without one it is text.
    if is_emoji(row) and _COUNT.fullmatch(below):
        return ChatRow(RowKind.NOISE, Trust.SURE, takes=2)
    head, _, count = row.rpartition(" ")
    return ChatRow(RowKind.NOISE, Trust.MAYBE) if _COUNT.fullmatch(count) and is_emoji(head) else None


def _alone(row: str, time: TimeMatch | None) -> _Alone | None:
    stripped = row.strip()
    if time is None or len(stripped) > _HEAD:
        return None
    when, place = time
    marks, rest = stripped[: place.start()], stripped[place.end() :]
    left = _BADGE.sub("", marks.strip(_DASHES)).strip(_DASHES)
    if (left and not is_emoji(left)) or not _EDITED.fullmatch(rest) or ":" in rest:
        return None
    return _Alone(when, row[:1].isspace() or bool(marks.strip()))


def _timed(row: str, when: WrittenTime, place: re.Match[str]) -> ChatRow | None:
    """Read a row that has a time and more."""
    left, right = _LIST.sub("", row[: place.start()], count=1), row[place.end() :]
    if not left.strip(" *_`"):
        return _behind(when, right.lstrip("*_`") if left else right, when.open == "[")
    if _EDITED.fullmatch(right):
        return _before(when, left, "**" in left)
    if right.lstrip("*_").startswith(":") and when.open:
        name, _ = strip_status(left)
        return _whole(when, name, right.lstrip("*_")[1:].lstrip("*_").strip())
    return None


def _behind(when: WrittenTime, right: str, bracket: bool) -> ChatRow:
    """Read the rest of a row that begins with a time."""
    if match := _IRC_NICK.match(right):
        return ChatRow(RowKind.WHOLE, Trust.SURE, when, strip_status(match["name"])[0], (match["text"] or "").strip())
    if _EVENT.match(right) and not when.part:
        return ChatRow(RowKind.NOISE, Trust.SURE, when)
    if match := _IRC_ACTION.match(right):
        who, text = strip_status(match["name"])[0], match["text"].strip()
        gone = _COMES_OR_GOES.match(text)
        return (
            ChatRow(RowKind.NOISE, Trust.SURE, when)
            if gone
            else ChatRow(RowKind.WHOLE, Trust.MAYBE, when, who, text, deed=True)
        )
    if match := _ZOOM.match(right) or _MATRIX.match(right):
        who, text = strip_status(match["name"])[0], (match["text"] or "").strip()
        return (
            ChatRow(RowKind.WHOLE, Trust.SURE, when, who, text) if match["to"] is not None else _whole(when, who, text)
        )
    for pattern in (_DASHED, _PIPED, _COLON):
        if match := pattern.match(right):
            row = _whole(when, strip_status(match["name"])[0], (match["text"] or "").strip(), loose=pattern is _COLON)
            if row.kind is RowKind.WHOLE:
                return row
    name, _ = strip_status(right.strip(_DASHES))
    if right[:1].isspace() and len(right) <= _HEAD and may_be_name(name) and not is_label(name):
        if is_person(name):
            return ChatRow(RowKind.HEAD, Trust.SURE if bracket else Trust.MAYBE, when, name, right.strip())
        if bracket and is_handle(name):
            return ChatRow(RowKind.HEAD, Trust.MAYBE, when, name, right.strip())
    return (
        ChatRow(RowKind.TIME, Trust.MAYBE, when, text=right.strip()) if bracket else ChatRow(RowKind.NOBODY, when=when)
    )


def _whole(when: WrittenTime, name: str, text: str, *, loose: bool = False) -> ChatRow:
    """Return a row with time, name and text if this may be a name; `loose` takes handles too."""
    trust = Trust.NONE
    machine = when.by_machine
    if when.part or len(name) > LONGEST_NAME or (machine and (is_program(name) or starts_like_log(text))):
        pass
    elif is_person(name) or (is_phone_number(name) and not machine):
        trust = Trust.LIKELY
    elif is_handle(name):
        maybe = Trust.MAYBE if loose or not machine else Trust.NONE
        trust = Trust.LIKELY if loose and not machine and not is_program(name) else maybe
    elif may_be_name(name) and not machine and not is_label(name) and len(name.split()) <= 5:
        trust = Trust.MAYBE
    return ChatRow(RowKind.WHOLE, trust, when, name, text) if trust else ChatRow(RowKind.NOBODY, when=when)


def _table_row(when: WrittenTime, name: str, text: str, named: bool) -> ChatRow:
    who, _ = strip_status(name)
    if named:
        return (
            ChatRow(RowKind.WHOLE, Trust.SURE, when, who, text)
            if may_be_name(who)
            else ChatRow(RowKind.NOBODY, when=when)
        )
    return _whole(when, who, text)


def _before(when: WrittenTime, left: str, bold: bool) -> ChatRow:
    """Read a name before a time at the end of a row."""
    flat = left.rstrip(" \t*_`")
    dashed = flat.rstrip(_DASHES) != flat
    named = flat.rstrip(_DASHES + ",")
    name, status = strip_status(_BADGE.sub("", named))
    marked = bold or status or bool(_BADGE.search(named)) or when.open == "["
    if not may_be_name(name) or (is_label(name) and not marked):
        return _TEXT
    if marked or re.search(r"\s{2}[*_`]*$", left):
        return ChatRow(RowKind.HEAD, Trust.SURE, when, name)
    if dashed and (when.day or when.half):
        return ChatRow(RowKind.HEAD, Trust.SURE, when, name)
    return ChatRow(RowKind.HEAD, Trust.MAYBE, when, name) if is_person(name) else _TEXT


def _stack(rows: Sequence[str], place: int, alone: Sequence[_Alone | None]) -> ChatRow | None:
    """Read a name with its time in a row below; badges, tags, a status and the name again may be between."""
    written = rows[place].strip()
    if len(written) > _HEAD:
        return None
    for below in range(place + 1, min(place + _STACK, len(rows))):
        if (only := alone[below]) is not None:
            name, _ = strip_status(_BADGE.sub("", written))
            if not may_be_name(name) or _LIST.match(written):
                return None
            twice = below > place + 1 and rows[below - 1].strip() == written
            trust = Trust.SURE if only.set_in else Trust.LIKELY if twice else Trust.MAYBE
            return ChatRow(RowKind.STACK, trust, only.when, name, takes=below - place + 1)
        between = rows[below].strip()
        tag = re.fullmatch(r"\[[^\[\]]{1,8}\]", between)
        if between != written and not (_BADGE.fullmatch(between) or tag or (between and is_emoji(between))):
            return None
    return None
