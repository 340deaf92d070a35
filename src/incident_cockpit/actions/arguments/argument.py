"""The base of all arguments: a prompt, a value that is read from words, and the choices to pick one from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import LONGEST_NAME, Event
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import DueItem, DueKind
from incident_cockpit.text.blocks import Blocks, items, quote
from incident_cockpit.text.sanitize import clean, clean_line

if TYPE_CHECKING:
    from datetime import tzinfo

_LISTED = 9  # choices at most that an error lists

QUOTES = {'"': '"', "'": "'", "“": "”"}


class Here(Struct, frozen=True):
    """The present, and the zone in which clock times are read."""

    now: datetime
    zone: ZoneInfo


class Choice(Struct, frozen=True):
    """A value that an argument can take: its id, and the text that finds it.

    `means` explains it in the same row, `beside` is a short remark at the end of the row, such as "3 of 5 steps open".
    `rank` is the place of a severity, 1 for the highest. `hide_id` leaves out an id that says no more than the text.
    """

    id: str
    text: str
    means: str = ""
    beside: str = ""
    rank: int = 0
    hide_id: bool = False

    @property
    def short_id(self) -> str:
        """The part of the id that a person could type; empty if the text says as much."""
        short = self.id.rpartition(".")[2]
        return "" if self.hide_id or self.rank or short.casefold() == self.text.casefold() else short

    @property
    def words(self) -> str:
        """The text and what it means, as one text to search."""
        return f"{self.text}: {self.means}" if self.means else self.text


class Outside(Protocol):
    """Names of what is outside the incident: files of runbooks and plans, and other incidents."""

    def runbooks(self) -> Sequence[str]:
        """Return the names of the runbooks that can be attached."""

    def plans(self) -> Sequence[str]:
        """Return the names of the response plans."""

    def incidents(self) -> Sequence[Choice]:
        """Return the other incidents."""


class NothingOutside:
    """Stands for the outside where it is not looked at."""

    def runbooks(self) -> Sequence[str]:
        """Return nothing."""
        return ()

    def plans(self) -> Sequence[str]:
        """Return nothing."""
        return ()

    def incidents(self) -> Sequence[Choice]:
        """Return nothing."""
        return ()


NOTHING_OUTSIDE = NothingOutside()


class View(Protocol):
    """The incident as one person sees it at one instant, for the help on a choice."""

    @property
    def record(self) -> Record:
        """The record of the incident."""

    @property
    def now(self) -> datetime:
        """The present."""

    @property
    def zone(self) -> tzinfo:
        """The zone in which times are shown."""

    def reach(self, who: str) -> str:
        """Return how these people are reached, empty if that is unknown."""


Current = Callable[[Incident, Mapping[str, str], "tzinfo"], "str | None"]
Fit = Callable[["Arg", Incident, Mapping[str, Any], Here], "Arg"]


class Arg(Struct, frozen=True):
    """An argument of an action; each kind of argument is a subclass.

    `prompt` labels it in forms, `default` is used when it is omitted. `fit` adapts it to one incident and the values
    before it: another prompt, required only there, the likely default; then `note` says what is in the way. `current`
    returns the value that it would change, as it is typed, given the values before it.

    Of a kind, `word` is its name in refusals, `value` the type that a rule gets, `empty` what a rule gets without a
    value. `free` kinds take any words, `multiline` ones keep their lines; `due` is the kind of due item it can name.
    """

    word: ClassVar[str] = "text"
    value: ClassVar[object] = str
    empty: ClassVar[object] = None
    free: ClassVar[bool] = False
    multiline: ClassVar[bool] = False
    placeholder: ClassVar[str] = ""
    due: ClassVar[DueKind | None] = None

    name: str
    prompt: str
    required: bool = True
    default: str = ""
    fit: Fit | None = None
    note: str = ""
    current: Current | None = None

    @property
    def needed(self) -> bool:
        """True if it can neither be omitted nor has a default."""
        return self.required and not self.default

    def requiring(self, prompt: str) -> Self:
        """Return the argument as a required one with another prompt; unchanged if the prompt is empty."""
        return replace(self, prompt=prompt, required=True) if prompt else self

    def clean(self, typed: str) -> str:
        """Return typed words without control characters; on one line unless the kind keeps lines."""
        return clean(typed).strip() if self.multiline else clean_line(typed, limit=LONGEST_NAME * 4)

    def read(self, text: str, record: Record, here: Here) -> Any:  # noqa: ARG002
        """Return the value that a cleaned, non-empty text means; raises Refused if it means none."""
        return text

    def take(self, rest: str) -> tuple[str, str]:
        """Return its words at the beginning of what was typed after a command, and what follows them.

        That is one word or one quoted phrase; empty if they belong to the next argument.
        """
        closing = QUOTES.get(rest[0])
        if closing:
            phrase, end, after = rest[1:].partition(closing)
            if end:
                return phrase, after.strip()
        word, *after_word = rest.split(maxsplit=1)
        return word, "".join(after_word)

    @classmethod
    def offered(cls, incident: Incident) -> Iterable[Choice]:  # noqa: ARG003
        """Return the choices of an incident; nothing if any words will do."""
        return ()

    @classmethod
    def choices(cls, record: Record, outside: Outside = NOTHING_OUTSIDE) -> Sequence[Choice]:  # noqa: ARG003
        """Return everything that it can name now."""
        return [*cls.offered(record.incident)]

    @classmethod
    def likely(cls, incident: Incident, who: str | None) -> str | None:  # noqa: ARG003
        """Return the id of the choice that is probably meant; `who` is the person under the cursor."""
        return None

    @classmethod
    def help(cls, key: str, view: View, values: Mapping[str, str]) -> Blocks:  # noqa: ARG003
        """Return what to know about the choice with this id; `values` are the answers before it."""
        return ()

    @classmethod
    def complete(cls, prefix: str, record: Record, outside: Outside = NOTHING_OUTSIDE) -> Iterator[Choice]:
        """Yield the choices whose id or text begins so."""
        begun = prefix.casefold()
        for choice in cls.choices(record, outside):
            short = choice.id.rpartition(".")[2]
            if any(each.casefold().startswith(begun) for each in (choice.id, short, choice.text)):
                yield choice

    @classmethod
    def in_due_item(cls, item: DueItem) -> str | None:
        """Return what a due item names for it: of an ask the ask, of a missing role the role."""
        return item.subject if cls.due is item.kind else None

    @classmethod
    def in_event(cls, event: Event) -> str | None:  # noqa: ARG003
        """Return what a timeline entry names for it."""
        return None


class Named(Arg, frozen=True):
    """An argument that names something by its id or by part of its text."""

    @classmethod
    def ended(cls, incident: Incident) -> Iterable[str]:  # noqa: ARG003
        """Return the ids of what can come to an end, ended or not."""
        return ()

    def read(self, text: str, record: Record, here: Here) -> str:  # noqa: ARG002
        """Return the id of what is named; raises Refused if that is nothing, or several."""
        return self.named(text, record.incident)

    @classmethod
    def named(cls, text: str, incident: Incident) -> str:
        """Return the id of what a text names; raises Refused if that is nothing, or several."""
        choices = [*cls.offered(incident)]
        if text in cls.ended(incident) and all(choice.id != text for choice in choices):
            # It was chosen while it was open, and another person was quicker: its rule knows its outcome.
            return text
        return match_choice(choices, text, cls.word)


class FileArg(Arg, frozen=True):
    """The base of arguments that can name a file, which is read before the rule sees it."""

    free = True


def help_blocks(bullets: Iterable[str], *notes: str) -> Blocks:
    """Return the help on a choice: a list, and quiet lines below it; what is empty is left out."""
    listed = tuple(bullets)
    return (*((items(listed),) if listed else ()), *(quote(note, level=0) for note in notes if note))


def match_choice(choices: Iterable[Choice], text: str, word: str) -> str:
    """Return the id that a text means: an id, a part of one, or words that only one choice has.

    The part is the end of a step's ("s12", "12"), or what follows the kind of a due item: "tell-cto" of
    "deadline:tell-cto", as the plan calls it.
    """
    known = list(choices)
    folded = text.casefold()
    for matches in (
        [choice for choice in known if choice.id == text],
        [choice for choice in known if choice.id.rpartition(".")[2] in (text, f"s{text}", f"g{text}")],
        [choice for choice in known if text in choice.id.split(":")[1:2]],
        [choice for choice in known if choice.words.casefold() == folded],
        [choice for choice in known if choice.words.casefold().startswith(folded)],
        [choice for choice in known if folded in choice.words.casefold()],
    ):
        if len(matches) == 1:
            return matches[0].id
        if matches:
            listed = "; ".join(f"{choice.id} {choice.words}" for choice in matches[:5])
            raise Refused(f'"{text}" matches {len(matches)}', f"use an id: {listed}")
    if not known:
        raise Refused(f"No {word} to choose from", "this incident has none now")
    # Few choices are listed; of many, such as the steps of a runbook, a list would bury the error.
    labels = [choice.id if choice.id == choice.words else f"{choice.id} {choice.words}" for choice in known]
    hint = f"use one of: {'; '.join(labels)}" if len(known) <= _LISTED else "use its id, or part of its text"
    raise Refused(f'No {word} matches "{text}"', hint)


def with_article(word: str) -> str:
    """Return a noun with its article."""
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
