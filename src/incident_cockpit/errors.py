"""Errors with their reason, remedy and exit code."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit says; the numbers are stable, scripts may rely on them."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    STORE = 4
    NO_TERMINAL = 5
    INTERRUPTED = 130


class Refused(Exception):
    """An action that was not carried out; nothing was changed.

    `why` is one sentence, `what_to_do` the remedy, and `about` the argument or plan key that was at fault, if one was.
    """

    def __init__(self, why: str, what_to_do: str = "", code: ExitCode = ExitCode.REFUSED, *, about: str = "") -> None:
        """Keep the reason and the remedy apart, so that each front end can lay them out its own way."""
        super().__init__(why, what_to_do)
        self.why = why
        self.what_to_do = what_to_do
        self.code = code
        self.about = about

    def __str__(self) -> str:
        """Return both halves as one line; below a list, the way on has a line of its own."""
        if not self.what_to_do:
            return self.why
        return f"{self.why}\n{self.what_to_do}" if "\n  - " in self.why else f"{self.why}: {self.what_to_do}"


class StoreError(Refused):
    """The store cannot be read or written: its file is named and what was to be kept is still in hand."""

    def __init__(self, why: str, what_to_do: str = "") -> None:
        """Set the exit code for a store failure."""
        super().__init__(why, what_to_do, ExitCode.STORE)


class Unreadable(StoreError):
    """What is stored of an incident is damaged, or does not fit together; other incidents can still be read."""


class NotFound(Refused):
    """No incident, item or file has the given name."""

    def __init__(self, why: str, what_to_do: str = "", *, about: str = "") -> None:
        """Set the exit code for "not found"."""
        super().__init__(why, what_to_do, ExitCode.NOT_FOUND, about=about)
