"""What is measured, each against the least that could do the same on this machine in this minute."""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import clock_gettime, perf_counter, sleep

import msgspec
import reading

from incident_cockpit.incident import codec
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.adherence import adherence
from incident_cockpit.service.session import Session
from incident_cockpit.service.store import Store
from support.terminal import Terminal

FLOORS = Path(__file__).parent / "floors"
INCIDENT = (sys.executable, "-c", "import sys; from incident_cockpit.cli.main import main; sys.exit(main())")
LAST = "this note was the last"
# The key that leads to the entry line and what is shown when it has the keys; a sign that no text on the screen holds.
ENTRY, SIGN = ("n", "enter log"), "§"
TIMELINE, FOLDED, APPENDS, KEYS, AT_REST = 1_000, 10_000, 100, 30, 5

Run = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Pair:
    """Something of ours beside its floor; both return the seconds that one of it took."""

    what: str
    floor_is: str
    ours: Run
    floor: Run


@dataclass(frozen=True, slots=True)
class Stand:
    """Where it is measured: a home with two incidents, one short and one of many lines, and a plain database."""

    env: Mapping[str, str]
    plain: Path
    short: Session
    lines: list[bytes]


def set_up(folder: Path) -> Stand:
    """Fill a home with what the measures work on."""
    env = {"INCIDENT_HOME": str(folder / "home"), "INCIDENT_USER": "Ana", "INCIDENT": "1"}
    library = Store.of(env)
    short = library.declare("Checkout returns 500", "SEV2", runbook="service-outage")
    short.act("note", {"text": LAST})
    long = library.declare("Search is slow", "SEV3")
    while long.record.seq < TIMELINE:
        long.act("note", {"text": f"replica {long.record.seq} is behind by {long.record.seq % 60} s"})
    few, many = folder / "few.md", folder / "many.md"
    few.write_bytes(b"".join(reading.generated().splitlines(keepends=True)[:60]))
    many.write_bytes(reading.generated())
    for path in (few, many):
        library.declare(f"Worked by {path.stem}", "SEV3", runbook=str(path))
    plain = folder / "plain.db"
    with sqlite3.connect(plain) as store:
        store.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, line TEXT NOT NULL)")
        texts = [(codec.encode(event).decode(),) for event in long.record.events]
        store.executemany("INSERT INTO events (line) VALUES (?)", texts)
    return Stand(env, plain, short, _many(long.record))


def _many(record: Record) -> list[bytes]:
    """Return the stored lines of an incident with ten thousand events: these, and its last one again and again."""
    events = list(record.events)
    last = msgspec.json.decode(codec.encode(events[-1]))
    again = ({**last, "seq": seq, "act": seq, "id": f"{seq:032x}"} for seq in range(len(events) + 1, FOLDED + 1))
    return [*map(codec.encode, events), *map(msgspec.json.encode, again)]


def pairs(stand: Stand) -> list[Pair]:
    """Return everything that is measured, in the order of the table."""
    cockpit, empty = (*INCIDENT, "open", "1"), (sys.executable, str(FLOORS / "empty.py"))
    field = (sys.executable, str(FLOORS / "field.py"))
    insert = (sys.executable, str(FLOORS / "insert.py"), str(stand.plain), "5xx falling: 8% to 3%")
    rows = (sys.executable, str(FLOORS / "rows.py"), str(stand.plain))
    long, files = reading.generated(), [data for _, data in reading.collected()]
    return [
        Pair("start to usable", "an empty Textual app", partial(_start, cockpit, LAST, stand.env),
             partial(_start, empty, "nothing at all", {})),
        Pair("key to repaint", "a lone Input", partial(_keys, cockpit, LAST, ENTRY, stand.env),
             partial(_keys, field, "type here", None, {})),
        Pair(f"tick one of {reading.STEPS:,} steps", "tick one of 20", partial(_ticks, "4", stand.env),
             partial(_ticks, "3", stand.env)),
        Pair(f"scroll {reading.STEPS:,} steps by a page", "scroll 20", partial(_pages, "4", stand.env),
             partial(_pages, "3", stand.env)),
        # Only Linux tells the processor time of another process so finely.
        *([Pair("a second at rest, processor", "an empty Textual app", partial(_at_rest, cockpit, LAST, stand.env),
                partial(_at_rest, empty, "nothing at all", {}))] if sys.platform == "linux" else []),
        Pair("append one event", "raw sqlite3, same pragmas", partial(_append, stand.short),
             partial(_insert, stand.plain)),
        Pair(f"fold {FOLDED:,} events", "msgspec decode alone", partial(_fold, stand.lines),
             partial(_decode, stand.lines)),
        Pair(f"judge {FOLDED:,} events by the plan", "their fold", partial(_judge, stand.lines),
             partial(_fold, stand.lines)),
        Pair("incident log", "Python, one durable insert", partial(_command, (*INCIDENT, "log", "fixed"), stand.env),
             partial(_command, insert, {})),
        Pair("incident status --line", "a bare Python", partial(_command, (*INCIDENT, "status", "--line"), stand.env),
             partial(_command, (sys.executable, "-c", "pass"), {})),
        Pair(f"incident timeline, {TIMELINE:,} lines", "Python, same rows printed",
             partial(_command, (*INCIDENT, "timeline", "2"), stand.env), partial(_command, rows, {})),
        Pair(f"read a runbook, {reading.STEPS:,} steps", "markdown-it-py alone", partial(reading.ours, long),
             partial(reading.floor, long)),
        Pair("read runbooks of others", "markdown-it-py alone", partial(reading.ours, *files),
             partial(reading.floor, *files)),
    ]  # fmt: skip


def _start(argv: tuple[str, ...], ready: str, env: Mapping[str, str]) -> float:
    with Terminal(argv, env=env) as term:
        term.expect(ready)
        return term.stamp - term.started


def _keys(argv: tuple[str, ...], ready: str, field: tuple[str, str] | None, env: Mapping[str, str]) -> float:
    """Return the median over some keys, each waited for on the screen before the next is pressed."""
    took = []
    with Terminal(argv, env=env) as term:
        term.expect(ready)
        if field:
            term.key(field[0]).expect(field[1])
        for count in range(1, KEYS + 1):
            # A screen draws sixty times a second at most, so a key that follows at once waits for its turn.
            term.wait_quiet(0.03)
            pressed = perf_counter()
            term.type(SIGN)
            term.expect(f"(?<!{SIGN}){SIGN}{{{count}}}(?!{SIGN})")
            took.append(term.stamp - pressed)
        # Or the draft would be there again the next time, as it should be.
        term.key("ctrl+u").expect_gone(SIGN)
    return statistics.median(took)


def _ticks(incident: str, env: Mapping[str, str]) -> float:
    """Return the median time from the key that ticks a step, or opens it again, to the sign of it on the screen."""
    took = []
    with Terminal((*INCIDENT, "open", incident), env={**env, "INCIDENT": incident}) as term:
        term.expect("☐ Check service-0 ")
        for count in range(KEYS):
            term.wait_quiet(0.03)
            pressed = perf_counter()
            term.key("space").expect(f"{'✓☐'[count % 2]} Check service-0 ")
            took.append(term.stamp - pressed)
    return statistics.median(took)


def _pages(incident: str, env: Mapping[str, str]) -> float:
    """Return the median time from the key that goes to the last step, or to the first, to that step on the screen."""
    took = []
    with Terminal((*INCIDENT, "open", incident), env={**env, "INCIDENT": incident}) as term:
        term.expect("▸ ☐ Check service-0 ")
        for count in range(KEYS):
            term.wait_quiet(0.03)
            pressed = perf_counter()
            key, gone = (("end", "home")[count % 2], "▸ ☐ Check service-0 ")
            if count % 2:
                term.key(key).expect(gone)
            else:
                term.key(key).expect_gone(gone)
            took.append(term.stamp - pressed)
    return statistics.median(took)


def _at_rest(argv: tuple[str, ...], ready: str, env: Mapping[str, str]) -> float:
    """Return the processor time that a second takes while nothing happens but the time."""
    with Terminal(argv, env=env) as term:
        # What is put off until the first screen stands is not rest.
        term.expect(ready)
        term.wait_quiet(0.3)
        before = _processor_time(term.pid)
        sleep(AT_REST)
        return (_processor_time(term.pid) - before) / AT_REST


def _processor_time(pid: int) -> float:
    # The clock of another process, as Linux numbers it: in nanoseconds, where /proc counts hundredths of a second.
    return clock_gettime(~pid << 3 | 2)


def _append(session: Session) -> float:
    began = perf_counter()
    for number in range(APPENDS):
        session.act("note", {"text": f"5xx at {number}%"})
    return (perf_counter() - began) / APPENDS


def _insert(plain: Path) -> float:
    store = sqlite3.connect(plain, isolation_level=None)
    for pragma in ("journal_mode=TRUNCATE", "synchronous=FULL", "fullfsync=1"):
        store.execute(f"PRAGMA {pragma}").fetchall()
    began = perf_counter()
    for number in range(APPENDS):
        store.execute("BEGIN IMMEDIATE")
        store.execute("INSERT INTO events (line) VALUES (?)", (f"5xx at {number}%",))
        store.execute("COMMIT")
    took = (perf_counter() - began) / APPENDS
    store.execute("DELETE FROM events WHERE position > ?", (TIMELINE,))
    store.close()
    return took


def _fold(lines: list[bytes]) -> float:
    began = perf_counter()
    record = Record("measured", map(codec.decode, lines))
    took = perf_counter() - began
    assert record.seq == FOLDED
    return took


def _judge(lines: list[bytes]) -> float:
    record = Record("measured", map(codec.decode, lines))
    now = record.events[-1].recorded
    began = perf_counter()
    made = adherence(record, now)
    took = perf_counter() - began
    assert made, "the plan asks for something"
    return took


def _decode(lines: list[bytes]) -> float:
    decode = msgspec.json.Decoder().decode
    began = perf_counter()
    for line in lines:
        decode(line)
    return perf_counter() - began


def _command(argv: tuple[str, ...], env: Mapping[str, str]) -> float:
    surroundings = {**os.environ, **env}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    began = perf_counter()
    done = subprocess.run(argv, env=surroundings, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    took = perf_counter() - began
    assert done.returncode == 0, done.stderr.decode()
    return took
