"""`incident run`: capture of a command and its output as evidence."""

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
from incident_cockpit.cli.output import in_commands, incident_option
from incident_cockpit.clock import Clock
from incident_cockpit.config.paths import Paths, make_private
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.incident.facts.notes import CommandRun
from incident_cockpit.service.session import Session
from incident_cockpit.text import redact
from incident_cockpit.text.sanitize import clean, clean_line

Sink = Callable[[bytes], None]

# How much of the end of the output the timeline shows.
_TAIL_LINES, _TAIL_CHARACTERS = 20, 4_000


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@common(json=False)
def run(call: Call, command: tuple[str, ...]) -> int:
    """Run a command and save its output as evidence.

    Example: incident run -- kubectl get pods

    The output is shown live. The timeline gets the command, its exit code, its duration and the end of its output, with
    secrets redacted; the full output is saved in the evidence folder. Exits with the command's exit code.
    """
    words = command[1:] if command[0] == "--" else command
    if not words:
        example = f"incident run{incident_option(call.incident)} -- kubectl get pods"
        raise Refused("command required", f"put it after --, for example: {example}", ExitCode.USAGE)
    with call.store() as store, call.session_in(store, to_write=True) as session:
        return _run(call, session, store.places, store.clock, words)


def _run(call: Call, session: Session, places: Paths, clock: Clock, words: tuple[str, ...]) -> int:
    from incident_cockpit.integrations.run_capture import run as run_command

    started, ticks = clock.now(), clock.monotonic()
    file = _free_file(places, session, f"{started:%Y%m%d-%H%M%S}")
    outcome = run_command(words, call.env, file, _sink(sys.stdout.buffer.fileno()), _sink(sys.stderr.buffer.fileno()))
    command, _ = redact.redact(clean_line(shlex.join(words), limit=1_000))
    run = CommandRun(command, outcome.code, clock.monotonic() - ticks, _tail(outcome.tail), str(file), outcome.size)
    incident = session.record.incident
    try:
        result = session.act("ran", {"run": run}, started)
    except Refused as refused:
        why = in_commands(str(refused), incident.opening.number)
        output.say(f"the command exited with {outcome.code}, but was not logged: {why}; its output is in {file}")
        return refused.code
    saved = f"; output saved in {file}" if not outcome.lost else ""
    output.say(f"{incident.name}: logged, exit {outcome.code}{saved}")
    say_closed(session, result)
    if result.warning:
        output.warn(result.warning)
    if outcome.lost:
        output.warn(f"{file} has only the beginning of the output: {outcome.lost}")
    return outcome.code


def _free_file(places: Paths, session: Session, stamp: str) -> Path:
    """Return a name that is free in the evidence folder."""
    folder = make_private(places.evidence)
    stem = f"{session.record.incident.name}-{stamp}"
    names = (f"{stem}.txt", *(f"{stem}-{number}.txt" for number in range(2, 1000)))
    return next(path for path in (folder / name for name in names) if not path.exists())


def _tail(data: bytes) -> str:
    """Return the end of the output as text: a bounded number of lines, without control characters and secrets."""
    if b"\0" in data:
        return "(binary output)"
    lines = clean(data.decode("utf-8", errors="replace")).rstrip().split("\n")[-_TAIL_LINES:]
    text, _ = redact.redact("\n".join(lines))
    return text if len(text) <= _TAIL_CHARACTERS else "…" + text[1 - _TAIL_CHARACTERS :]


def _sink(descriptor: int) -> Sink:
    def write(data: bytes) -> None:
        while data:
            try:
                data = data[os.write(descriptor, data) :]
            except BlockingIOError:
                # Another program has made the terminal or pipe non-blocking.
                select.select((), (descriptor,), ())

    return write
