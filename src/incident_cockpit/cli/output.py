"""Everything that goes to standard output: data and nothing else, so that a script can read it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from incident_cockpit.errors import Refused
from incident_cockpit.text.escape import WORD_JOINER
from incident_cockpit.text.sanitize import LIMIT, clean

# The first error of standard output. The command goes on without it: what it stores must not depend on a reader.
_failures: list[OSError] = []


def text(words: str) -> None:
    """Write text as lines; what a terminal would obey is shown instead of sent."""
    if words:
        # What keeps a pasted name from calling somebody is no character of theirs: it has to come through a pipe, too.
        parts = (clean(part, limit=max(LIMIT, 2 * len(words))) for part in words.split(WORD_JOINER))
        _write(WORD_JOINER.join(parts).removesuffix("\n") + "\n")


def lines(many: Iterable[str]) -> None:
    """Write these lines."""
    text("\n".join(many))


def shape(value: object) -> None:
    """Write a value as indented JSON; letters outside ASCII stay readable, control characters are escaped by JSON."""
    # Late: most commands answer with text.
    import json

    _write(json.dumps(value, ensure_ascii=not _takes_unicode(), indent=2).replace("\x7f", "\\u007f") + "\n")


def raw(data: bytes) -> None:
    """Write bytes exactly as they are: an export that is read again by a program."""
    with _writing():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def flush() -> None:
    """Pass everything on to the reader."""
    with _writing():
        sys.stdout.flush()


def finish() -> OSError | None:
    """Pass the rest on to the reader; return the error that cut standard output short, None where nothing did."""
    flush()
    return _failures.pop() if _failures else None


def failed(error: OSError) -> None:
    """Remember the first error of standard output, and send what is still to be written nowhere."""
    if not _failures:
        _failures.append(error)
    # A stream of a test has no descriptor.
    with suppress(OSError):
        descriptor = sys.stdout.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)


def _write(words: str) -> None:
    with _writing():
        sys.stdout.write(words)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        failed(error)


def _takes_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


# -- spelling: Hints in the words of a shell: the rules name an action as the entry line takes it, ":severity SEV1
# all of EU".

# What belongs to the screen, and the command that does the like; {} is where it names its incident.
INSTEAD = {
    "update": "incident update --for AUDIENCE{}",
    "postmortem": "incident postmortem{}",
    "new": "incident new TITLE",
    "triage": "incident declare{}, or incident dismiss{}",
    "copy-message": "incident message MESSAGE{}",
    "plan": "incident plan show",
    "copy-sitrep": "incident show{}",
    "script": "incident script{}",
    "help": "incident do",
    "put-back": "incident put-back",
}
# Actions with a command of their own, which takes what follows as one word.
_OWN = {
    "dismiss": "incident dismiss --reason",
    "not-urgent": "incident dismiss --not-urgent --reason",
    "duplicate": "incident dismiss --duplicate-of",
}
_TYPED = re.compile(r"(?<![\w:]):([a-z]+(?:-[a-z]+)*)(?![\w-])")
# Where the words of an action end and the sentence goes on.
_REST = re.compile(r" [^,;?\n]+")


def named(incident: int | str | None, who: str | None = None) -> str:
    """Return the options that name an incident and who speaks, to stand at the end of a command; "" for None."""
    # Late: most commands end without a hint.
    from shlex import quote

    given = (("incident", incident), ("as", who))
    return "".join(f" --{option} {quote(str(value))}" for option, value in given if value is not None)


def instead(verb: str, incident: int | str | None = None) -> str | None:
    """Return the command that does in a shell what an action does on the screen, None where there is none."""
    way = INSTEAD.get(verb)
    return way.replace("{}", named(incident)) if way is not None else None


def in_commands(hint: str, incident: int | str | None = None) -> str:
    """Return a hint with every action as a command: "incident do severity SEV1 all of EU --incident 7".

    A command that does not name its incident may go to another one by the time that it is typed.
    """
    # Late: only what went wrong needs it.
    from incident_cockpit.actions.registry import ACTIONS

    made, rest = "", hint
    while found := _TYPED.search(rest):
        verb, said = found[1], ""
        made, rest = made + rest[: found.start()], rest[found.end() :]
        if (verb in _OWN or (verb in ACTIONS and ACTIONS[verb].decide is not None)) and (words := _REST.match(rest)):
            said, rest = words[0].rstrip(), rest[len(words[0].rstrip()) :]
        if verb in _OWN and said:
            made += f"{_OWN[verb]} {_one_word(said.strip())}{named(incident)}"
        elif (way := instead(verb, incident)) is not None:
            made += way
        elif verb in ACTIONS and ACTIONS[verb].decide is not None:
            made += f"incident do {verb}{said}{named(incident)}"
        else:
            made += found[0]
    return made + rest


def _one_word(words: str) -> str:
    return f'"{words}"' if " " in words else words


# -- diagnostics: Everything that goes to standard error: sentences for people.

_PROGRAM = "incident"


def say(sentence: str) -> None:
    """Say something to the person at the terminal."""
    raw_error(clean(sentence) + "\n")


def raw_error(sequence: str) -> None:
    """Send a sequence that the terminal is to obey, such as one that fills its clipboard."""
    # A closed standard error has no reader; the work is done all the same.
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(sequence)
        sys.stderr.flush()


def ask(question: str) -> None:
    """Put a question and leave the cursor behind it."""
    raw_error(clean(question))


def refusal(refused: Refused, *, typed: bool = False) -> None:
    """Say why nothing was done and what to do about it; `typed` where lines are typed as in the cockpit."""
    way = refused.what_to_do if typed else in_commands(refused.what_to_do)
    say("\n  ".join([f"{_PROGRAM}: {refused.why}", *way.splitlines()]))


def warn(warning: str, incident: int | None = None) -> None:
    """Print a warning about what was done; its commands name the incident with this number."""
    say(f"warning: {in_commands(warning, incident)}")


def note(remark: str, incident: int | None = None) -> None:
    """Say what there is to remark on a text; its commands name the incident with this number."""
    say(f"note: {in_commands(remark, incident)}")
