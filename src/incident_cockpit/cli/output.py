"""Standard output for data, standard error for people, and the exit code of a command."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from msgspec import Struct

from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.files import is_there
from incident_cockpit.text.escape import WORD_JOINER
from incident_cockpit.text.sanitize import LIMIT, clean

# The first error of standard output. The command goes on without it: what it stores must not depend on a reader.
_failures: list[OSError] = []


def text(content: str) -> None:
    """Write text as lines; control sequences are made visible."""
    if content:
        # The joiner that keeps a pasted name from notifying a person has to pass the cleaning.
        parts = (clean(part, limit=max(LIMIT, 2 * len(content))) for part in content.split(WORD_JOINER))
        _write(WORD_JOINER.join(parts).removesuffix("\n") + "\n")


def lines(many: Iterable[str]) -> None:
    """Write these lines."""
    text("\n".join(many))


def json(value: object) -> None:
    """Write a value as indented JSON; letters outside ASCII stay readable, control characters are escaped by JSON."""
    # Late: most commands answer with text.
    from json import dumps

    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    _write(dumps(value, ensure_ascii=ascii_only, indent=2).replace("\x7f", "\\u007f") + "\n")


def raw(data: bytes) -> None:
    """Write bytes exactly as they are: an export that is read again by a program."""
    with _catching_errors():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def flush() -> None:
    """Pass everything on to the reader."""
    with _catching_errors():
        sys.stdout.flush()


def finish() -> OSError | None:
    """Flush standard output; return the error that cut it short, None where none did."""
    flush()
    return _failures.pop() if _failures else None


def failed(error: OSError) -> None:
    """Remember the first error of standard output, and discard what is written from here on."""
    if not _failures:
        _failures.append(error)
    # A stream of a test has no descriptor.
    with suppress(OSError):
        descriptor = sys.stdout.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, descriptor)
        os.close(null)


def _write(content: str) -> None:
    with _catching_errors():
        sys.stdout.write(content)


@contextmanager
def _catching_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        failed(error)


# -- Standard input


def read_line() -> str:
    """Return the next line with its end, "" when there are no more; raises Refused."""
    with _readable():
        return sys.stdin.readline()


def read_bytes(limit: int) -> bytes:
    """Return all input up to this number of bytes; raises Refused."""
    with _readable():
        return sys.stdin.buffer.read(limit)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise Refused("standard input is not valid text in this encoding", "type the line instead") from error
    except OSError as error:
        raise Refused(f"cannot read standard input ({error.strerror})", "pipe text to it, or use a file") from error


# -- Standard error


def say(sentence: str) -> None:
    """Write a sentence for people to standard error."""
    raw_error(clean(sentence) + "\n")


def raw_error(sequence: str) -> None:
    """Send a control sequence to the terminal, such as one that fills its clipboard."""
    # A closed standard error has no reader; the work is done all the same.
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(sequence)
        sys.stderr.flush()


def ask(question: str) -> None:
    """Write a question and leave the cursor behind it."""
    raw_error(clean(question))


def refusal(refused: Refused, *, entry_line: bool = False) -> None:
    """Report why nothing was done and what to do about it; `entry_line` keeps hints as `:verb`, as they are typed."""
    hint = refused.what_to_do if entry_line else in_commands(refused.what_to_do)
    say("\n  ".join([f"incident: {refused.why}", *hint.splitlines()]))


def warn(warning: str, incident: int | None = None) -> None:
    """Print a warning about what was done; its commands name the incident with this number."""
    say(f"warning: {in_commands(warning, incident)}")


def note(remark: str, incident: int | None = None) -> None:
    """Print a remark on a text; its commands name the incident with this number."""
    say(f"note: {in_commands(remark, incident)}")


# -- Hints: rules name an action as the entry line takes it (":severity SEV1 all of EU"); a shell needs a command

_VERB = re.compile(r"(?<![\w:]):([a-z]+(?:-[a-z]+)*)(?![\w-])")
# The arguments of an action, up to where the sentence goes on.
_ARGUMENTS = re.compile(r" [^,;?\n]+")


def incident_option(incident: int | str | None, who: str | None = None) -> str:
    """Return the options that name an incident and the speaker, to end a command with; "" for None."""
    # Late: most commands end without a hint.
    from shlex import quote

    options = (("incident", incident), ("as", who))
    return "".join(f" --{option} {quote(str(value))}" for option, value in options if value is not None)


def command_for(verb: str, incident: int | str | None = None) -> str:
    """Return the command that does what an action of the cockpit alone does, "" where there is none."""
    # Late: only a refusal or a warning needs it.
    from incident_cockpit.actions.registry import ACTIONS

    action = ACTIONS.get(verb)
    return action.command.replace("{}", incident_option(incident)) if action and action.decide is None else ""


def in_commands(hint: str, incident: int | str | None = None) -> str:
    """Return a hint with every action as a command: "incident do severity SEV1 all of EU --incident 7".

    A command that does not name its incident may go to another one by the time that it is typed.
    """
    from incident_cockpit.actions.aliases import current_name
    from incident_cockpit.actions.registry import ACTIONS

    translated, rest = "", hint
    while match := _VERB.search(rest):
        action = ACTIONS.get(current_name(match[1]))
        translated, rest = translated + rest[: match.start()], rest[match.end() :]
        if action is None:
            translated += match[0]
        elif action.decide is None:
            translated += command_for(action.name, incident) or match[0]
        else:
            following = _ARGUMENTS.match(rest)
            arguments = following[0].rstrip() if following else ""
            rest = rest[len(arguments) :]
            if action.command and arguments:
                argument = arguments.strip()
                argument = f'"{argument}"' if " " in argument else argument
                translated += f"{action.command} {argument}"
            else:
                translated += f"incident do {action.name}{arguments}"
            translated += incident_option(incident)
    return translated + rest


# Outcome of a command: what it has stored, and its exit code when the rest of it fails.

_STORED = "what you entered was saved; do not enter it again"
_SOME_STORED = "some of what you entered was saved; check before you enter it again: incident timeline"


class Outcome(Struct):
    """What this process has stored and warned of so far, so that a script does not enter a line twice.

    `several` is set by a command that takes more than one entry.
    """

    stored: bool = False
    several: bool = False
    warned: bool = False

    def after_fault(self, error: Exception, env: Mapping[str, str]) -> int:
        """Report an unexpected error in a sentence, with its details in a file; return the exit code."""
        from incident_cockpit.config.paths import paths
        from incident_cockpit.service.crash_log import CRASH_LOG, log_fault

        try:
            details = log_fault(error, paths(env).data / CRASH_LOG)
        except Exception as another:
            # The cause may keep the report from being written, too; the sentence below has to come.
            details = f"The details could not be saved ({another})"
        damage = _damage(env)
        why = damage or f"unexpected error in this program ({type(error).__name__})"
        hint = "to list all damage: incident verify\n  " if damage else ""
        say(f"incident: {why}\n  {self._stored_so_far() or 'nothing was saved'}\n  {hint}{details}")
        if self.stored and not self.several:
            return ExitCode.OK
        return ExitCode.STORE if damage else ExitCode.REFUSED

    def after_refusal(self, refused: Refused) -> int:
        """Report what was stored before a command was refused; return the exit code."""
        if self.stored:
            say(f"  {self._stored_so_far()}")
        return refused.code

    def after_interrupt(self) -> int:
        """Report what an interrupted command had stored already; return the exit code."""
        say(self._stored_so_far())
        return ExitCode.INTERRUPTED

    def after_output(self, code: int) -> int:
        """Flush standard output; return the exit code, which is another one where that failed.

        A reader that has read enough (`incident list | head -1`) is no failure.
        """
        error = finish()
        if error is None or isinstance(error, BrokenPipeError):
            return code
        why = f"cannot write to standard output ({error.strerror})"
        if self.stored or code:
            refusal(Refused(why, self._stored_so_far() if code else _STORED))
            return code
        refusal(Refused(why, "free some space, or write to another place"))
        return ExitCode.REFUSED

    def _stored_so_far(self) -> str:
        return (_SOME_STORED if self.several else _STORED) if self.stored else ""


def _damage(env: Mapping[str, str]) -> str:
    """Return what is wrong with the store, "" for nothing: an event that makes no sense can stop any command."""
    from incident_cockpit.service.store import Store

    try:
        with Store.of(env) as store:
            if not is_there(store.places.store):
                return ""
            return next(iter(store.journal.verify()), "")
    except Refused as refused:
        return refused.why
    except Exception:
        return ""
