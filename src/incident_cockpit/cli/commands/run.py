"""`incident run`: a command becomes evidence."""

from __future__ import annotations

import os
import select
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import click

from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.entries import say_closed
from incident_cockpit.cli.options import common
from incident_cockpit.cli.output import in_commands, named
from incident_cockpit.clock import Clock
from incident_cockpit.config.paths import Paths, make_private
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.incident.facts.notes import CommandRun
from incident_cockpit.service.session import Session
from incident_cockpit.text import redact
from incident_cockpit.text.sanitize import clean, clean_line

Sink = Callable[[bytes], None]

# What stands on the timeline: the end of the output, as much as somebody reads there.
_TAIL_LINES, _TAIL_CHARACTERS = 20, 4_000


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@common(json=False)
def run(call: Call, command: tuple[str, ...]) -> int:
    """Run a command and keep what it says as evidence.

    As in: incident run -- kubectl get pods. Its output is shown as it comes.

    The timeline gets the command, its exit code, how long it took and the end of its output with secrets taken out;
    the whole output stays in a file of yours. Exits as the command does.
    """
    words = command[1:] if command[0] == "--" else command
    if not words:
        way = f"incident run{named(call.incident)} -- kubectl get pods"
        raise Refused("no command was given", f"say it behind --: {way}", ExitCode.USAGE)
    with call.store() as store, call.opened(store, to_write=True) as session:
        return _run(call, session, store.places, store.clock, words)


def _run(call: Call, session: Session, places: Paths, clock: Clock, words: tuple[str, ...]) -> int:
    from incident_cockpit.integrations.run_capture import run as run_command

    began, ticks = clock.now(), clock.monotonic()
    kept = _file(places, session, f"{began:%Y%m%d-%H%M%S}")
    outcome = run_command(words, call.env, kept, _sink(sys.stdout.buffer.fileno()), _sink(sys.stderr.buffer.fileno()))
    shown, _ = redact.redact(clean_line(shlex.join(words), limit=1_000))
    ran = CommandRun(shown, outcome.code, clock.monotonic() - ticks, _tail(outcome.tail), str(kept), outcome.size)
    try:
        done = session.act("ran", {"run": ran}, began)
    except Refused as refused:
        output.say(
            f"the command ended with {outcome.code}, but was not logged: "
            f"{in_commands(str(refused), session.record.incident.opening.number)}; its output is in {kept}"
        )
        return refused.code
    whole = f"; the whole output is in {kept}" if not outcome.lost else ""
    output.say(f"{session.record.incident.name}: kept, exit {outcome.code}{whole}")
    say_closed(session, done)
    if done.warning:
        output.warn(done.warning)
    if outcome.lost:
        output.say(f"warning: {kept} has only the beginning of its output: {outcome.lost}")
    return outcome.code


def _file(places: Paths, session: Session, stamp: str) -> Path:
    """Return a name that is free in the folder of evidence."""
    folder = make_private(places.evidence)
    stem = f"{session.record.incident.name}-{stamp}"
    names = (f"{stem}.txt", *(f"{stem}-{number}.txt" for number in range(2, 1000)))
    return next(path for path in (folder / name for name in names) if not path.exists())


def _tail(data: bytes) -> str:
    """Return the end of the output as text: no control characters, no secrets, a bounded number of lines."""
    if b"\0" in data:
        return "(what it said is no text)"
    lines = clean(data.decode("utf-8", errors="replace")).rstrip().split("\n")[-_TAIL_LINES:]
    text, _ = redact.redact("\n".join(lines))
    return text if len(text) <= _TAIL_CHARACTERS else "…" + text[1 - _TAIL_CHARACTERS :]


def _sink(descriptor: int) -> Sink:
    def write(data: bytes) -> None:
        while data:
            try:
                data = data[os.write(descriptor, data) :]
            except BlockingIOError:
                # Another program has made our terminal or pipe one that does not wait.
                select.select((), (descriptor,), ())

    return write
