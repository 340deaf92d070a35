"""What every command is called with: the environment, which incident is meant, who speaks, and how to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct

from incident_cockpit.cockpit.library import Library
from incident_cockpit.errors import ExitCode, Refused

if TYPE_CHECKING:
    from incident_cockpit.cockpit.session import Session


class Call(Struct, frozen=True):
    """The options that all commands share; `json` asks for data instead of text."""

    env: Mapping[str, str]
    incident: str | None = None
    who: str | None = None
    json: bool = False

    @contextmanager
    def library(self) -> Iterator[Library]:
        """Open the library for a block."""
        with Library.of(self.env, self.who) as library:
            try:
                yield library
            except Refused:
                raise
            except Exception:
                # What is wrong with the incident is no fault of the program, and is said as such.
                library.reader.check_latest()
                raise

    @contextmanager
    def session(self, word: str | None = None) -> Iterator[Session]:
        """Open the incident that is meant for a block; `word` goes before --incident.

        Raises NotFound where there is none, Refused where it could be several or was named by nothing.
        """
        with self.library() as library:
            yield library.session(library.meant(self.named(word)).id)

    def named(self, word: str | None = None) -> str | None:
        """Return the word that names the incident, None when none was given; raises Refused for an empty one.

        An empty word is mostly a variable of a script that was never set: it must not mean "any".
        """
        given = self.incident if word is None else word
        if given is not None and not given.strip():
            raise Refused("the incident is named by an empty word", "name it by its number, as 7", ExitCode.USAGE)
        return given
