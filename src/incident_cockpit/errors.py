"""What goes wrong, in words a tired person can act on, and the exit code that says it to a script."""

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
    """An action that did not happen: `why` is one sentence, `what_to_do` the way on; nothing was changed."""

    def __init__(self, why: str, what_to_do: str = "", code: ExitCode = ExitCode.REFUSED) -> None:
        """Keep the reason and the way on apart, so that each front end can lay them out its own way."""
        super().__init__(why, what_to_do)
        self.why = why
        self.what_to_do = what_to_do
        self.code = code

    def __str__(self) -> str:
        """Return both halves as one line; below a list, the way on has a line of its own."""
        if not self.what_to_do:
            return self.why
        return f"{self.why}\n{self.what_to_do}" if "\n  - " in self.why else f"{self.why}: {self.what_to_do}"


class StoreError(Refused):
    """The store cannot be read or written: its file is named and what was to be kept is still in hand."""

    def __init__(self, why: str, what_to_do: str = "") -> None:
        """Fix the exit code that says "the store"."""
        super().__init__(why, what_to_do, ExitCode.STORE)


class Unreadable(StoreError):
    """What is stored of an incident is damaged, or does not fit together; other incidents can still be read."""


class NotFound(Refused):
    """Nothing answers to the name that was given."""

    def __init__(self, why: str, what_to_do: str = "") -> None:
        """Fix the exit code that says "not found"."""
        super().__init__(why, what_to_do, ExitCode.NOT_FOUND)
