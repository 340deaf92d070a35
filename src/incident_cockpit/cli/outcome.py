"""Outcome of a command: what it has stored, and its exit code when the rest of it fails."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from incident_cockpit.cli import output
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.files import is_there

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
        output.say(f"incident: {why}\n  {self._stored_so_far() or 'nothing was saved'}\n  {hint}{details}")
        if self.stored and not self.several:
            return ExitCode.OK
        return ExitCode.STORE if damage else ExitCode.REFUSED

    def after_refusal(self, refused: Refused) -> int:
        """Report what was stored before a command was refused; return the exit code."""
        if self.stored:
            output.say(f"  {self._stored_so_far()}")
        return refused.code

    def after_interrupt(self) -> int:
        """Report what an interrupted command had stored already; return the exit code."""
        output.say(self._stored_so_far())
        return ExitCode.INTERRUPTED

    def after_output(self, code: int) -> int:
        """Flush standard output; return the exit code, which is another one where that failed.

        A reader that has read enough (`incident list | head -1`) is no failure.
        """
        error = output.finish()
        if error is None or isinstance(error, BrokenPipeError):
            return code
        why = f"cannot write to standard output ({error.strerror})"
        if self.stored or code:
            output.refusal(Refused(why, self._stored_so_far() if code else _STORED))
            return code
        output.refusal(Refused(why, "free some space, or write to another place"))
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
