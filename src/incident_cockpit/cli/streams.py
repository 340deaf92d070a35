"""What a command has stored, and the exit code when the rest of it fails: a script must not enter a line twice."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from msgspec import Struct

from incident_cockpit.cli import output
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.files import is_there

_STORED = "what you entered was stored; do not enter it again"
_SOME_STORED = "some of what you entered was stored; look before you enter it again: incident timeline"


class Outcome(Struct):
    """What this process has stored and warned of so far; `several` is whether it takes more than one entry."""

    stored: bool = False
    several: bool = False
    warned: bool = False

    def after_fault(self, error: Exception, env: Mapping[str, str]) -> int:
        """Report a fault of this program in a sentence, with its details in a file; return the exit code."""
        from incident_cockpit.config.paths import paths
        from incident_cockpit.service.crash_log import log_fault

        try:
            details = log_fault(error, paths(env).data / "crash.log")
        except Exception as another:
            # What went wrong may keep the report from being written, too; the sentence below has to come.
            details = f"The details could not be saved ({another})"
        damage = _damage(env)
        why = damage or f"the command stopped because of a fault in this program ({type(error).__name__})"
        way = "to see all that is damaged: incident verify\n  " if damage else ""
        output.say(f"incident: {why}\n  {self._words() or 'nothing was stored'}\n  {way}{details}")
        if self.stored and not self.several:
            return ExitCode.OK
        return ExitCode.STORE if damage else ExitCode.REFUSED

    def after_refusal(self, refused: Refused) -> int:
        """Say what was stored before a command was refused; return the exit code."""
        if self.stored:
            output.say(f"  {self._words()}")
        return refused.code

    def after_interrupt(self) -> int:
        """Say what an interrupted command had stored already; return the exit code."""
        output.say(self._words())
        return ExitCode.INTERRUPTED

    def after_output(self, code: int) -> int:
        """Pass the rest of standard output on; return the exit code, which is another one where that failed.

        A reader that has read enough (`incident list | head -1`) is no failure.
        """
        error = output.finish()
        if error is None or isinstance(error, BrokenPipeError):
            return code
        why = f"standard output cannot be written ({error.strerror})"
        if self.stored or code:
            output.refusal(Refused(why, self._words() if code else _STORED))
            return code
        output.refusal(Refused(why, "free some space or write to another place"))
        return ExitCode.REFUSED

    def _words(self) -> str:
        return (_SOME_STORED if self.several else _STORED) if self.stored else ""


def _damage(env: Mapping[str, str]) -> str:
    """Return what is wrong with the store, "" for nothing: what makes no sense in it can stop any command."""
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


# -- input: Standard input: one line at a time or all of it, with a sentence for whatever cannot be read.


def line() -> str:
    """Return the next line with its end, "" when there are no more; raises Refused."""
    with _readable():
        return sys.stdin.readline()


def data(limit: int) -> bytes:
    """Return everything up to so many bytes; raises Refused."""
    with _readable():
        return sys.stdin.buffer.read(limit)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise Refused("standard input is not text in this encoding", "enter the line in words") from error
    except OSError as error:
        raise Refused(f"standard input cannot be read ({error.strerror})", "pipe text to it, or use a file") from error
