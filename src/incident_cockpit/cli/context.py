"""What every command is called with: the environment, which incident is meant, who speaks, and how to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from msgspec import Struct, field

from incident_cockpit.cli import output
from incident_cockpit.cli.output import in_commands
from incident_cockpit.cli.streams import Outcome
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.service.store import Store

if TYPE_CHECKING:
    from incident_cockpit.journal.read import Listed
    from incident_cockpit.service.session import Session


@contextmanager
def naming(session: Session) -> Iterator[None]:
    """Name this incident in the commands of whatever is refused within the block."""
    try:
        yield
    except Refused as refused:
        refused.what_to_do = in_commands(refused.what_to_do, session.record.incident.opening.number)
        raise


class Call(Struct, frozen=True):
    """The options that all commands share; `json` asks for data instead of text."""

    env: Mapping[str, str]
    incident: str | None = None
    who: str | None = None
    json: bool = False
    outcome: Outcome = field(default_factory=Outcome)

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the store for a block."""
        with Store.of(self.env, self.who) as store:
            if store.places.warning and not self.outcome.warned:
                self.outcome.warned = True
                output.say(f"warning: {store.places.warning}")
            try:
                yield store
            except Refused:
                raise
            except Exception:
                # What is wrong with the incident is no fault of the program, and is said as such.
                store.reader.check_latest()
                raise
            finally:
                self._note(store)

    def _note(self, store: Store) -> None:
        """Remember that something was stored, and say under which name where that was nobody's choice."""
        if store.stored and not self.outcome.stored and store.unnamed:
            output.say(
                f"recorded as {store.who!r}, because you have no login name here; to set your name: --as NAME, "
                'INCIDENT_USER=NAME, or user = "NAME" in config.toml'
            )
        self.outcome.stored |= store.stored

    @contextmanager
    def session(self, word: str | None = None, *, to_write: bool = False) -> Iterator[Session]:
        """Open the incident that is meant for a block; `word` goes before --incident.

        Raises NotFound where there is none, Refused where it could be several or was named by nothing.
        """
        with self.store() as store, self.opened(store, word, to_write=to_write) as session:
            yield session

    @contextmanager
    def opened(self, store: Store, word: str | None = None, *, to_write: bool = False) -> Iterator[Session]:
        """Open the incident that is meant as `session` does, in a store that is open.

        The commands of a refusal within the block name this incident: pasted as they stand, they go there.
        """
        session = store.session(self.meant(store, word, to_write=to_write).id)
        with naming(session):
            yield session

    def meant(self, store: Store, word: str | None = None, *, to_write: bool = False) -> Listed:
        """Return the incident that is meant, with a line for people where it is one that is closed."""
        return store.select(self.named(word), to_write=to_write, say=output.say)

    def named(self, word: str | None = None) -> str | None:
        """Return the word that names the incident, None when none was given; raises Refused for an empty one.

        An empty word is mostly a variable of a script that was never set: it must not mean "any".
        """
        given = self.incident if word is None else word
        if given is not None and not given.strip():
            raise Refused("the incident is named by an empty word", "name it by its number, as 7", ExitCode.USAGE)
        return given
