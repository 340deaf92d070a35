"""The context of a command: environment, current incident, speaker, and form of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from incident_cockpit.cli import output
from incident_cockpit.cli.output import Outcome, in_commands
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.service.store import Store

if TYPE_CHECKING:
    from incident_cockpit.journal.read import Listed
    from incident_cockpit.service.session import Session


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
                output.warn(store.places.warning)
            try:
                yield store
            except Refused:
                raise
            except Exception:
                # A damaged incident is not a fault of the program, and is reported as damage.
                store.reader.check_latest()
                raise
            finally:
                self._note_stored(store)

    def _note_stored(self, store: Store) -> None:
        """Remember that something was stored, and report the name it was recorded under where none was set."""
        if store.stored and not self.outcome.stored and store.unnamed:
            output.say(
                f'recorded as "{store.who}" because you have no login name here; to set your name: --as NAME, '
                'INCIDENT_USER=NAME, or user = "NAME" in config.toml'
            )
        self.outcome.stored |= store.stored

    @contextmanager
    def session(self, reference: str | None = None, *, to_write: bool = False) -> Iterator[Session]:
        """Open the current incident for a block; `reference` overrides --incident.

        Raises NotFound where there is none, and Refused where several are open and none was named.
        """
        with self.store() as store, self.session_in(store, reference, to_write=to_write) as session:
            yield session

    @contextmanager
    def session_in(self, store: Store, reference: str | None = None, *, to_write: bool = False) -> Iterator[Session]:
        """Open the current incident as `session` does, in a store that is open.

        The commands in the hint of a refusal within the block name this incident, so that they can be pasted.
        """
        session = store.session(self.select(store, reference, to_write=to_write).id)
        with naming_incident(session):
            yield session

    def select(self, store: Store, reference: str | None = None, *, to_write: bool = False) -> Listed:
        """Return the current incident, with a note for people where it is one that is closed."""
        return store.select(self.reference(reference), to_write=to_write, say=output.say)

    def reference(self, reference: str | None = None) -> str | None:
        """Return the word that names the incident, None when none was given; raises Refused for an empty one.

        An empty word is mostly a variable of a script that was never set: it must not stand for any incident.
        """
        word = self.incident if reference is None else reference
        if word is not None and not word.strip():
            raise Refused("the incident ID is empty", "give its number, such as 7", ExitCode.USAGE)
        return word


def with_shared_options(call: Call, values: dict[str, Any]) -> Call:
    """Take the shared options out of a command's values; return the call with them, over those of `incident`."""
    incident, who = values.pop("named_incident", None), values.pop("speaker", None)
    return replace(
        call,
        incident=call.incident if incident is None else incident,
        who=call.who if who is None else who,
        json=values.pop("as_json", False),
    )


@contextmanager
def naming_incident(session: Session) -> Iterator[None]:
    """Name this incident in the commands of a refusal within the block."""
    try:
        yield
    except Refused as refused:
        refused.what_to_do = in_commands(refused.what_to_do, session.record.incident.opening.number)
        raise
