"""What may stand in a plan file, for whoever writes one: each table, each key, and which of them have to be there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from msgspec import Struct

from incident_cockpit.cli.paragraphs import WIDTH, table, wrapped
from incident_cockpit.errors import NotFound
from incident_cockpit.plan.keys import RESOURCES, TABLES, TIMES, TOP
from incident_cockpit.plan.templates import VARIABLES

# The words between {{ and }}, which stand behind the tables as one of their own.
_WORDS = "variables"
_INDENT = "  "
_ROOM = WIDTH - len(_INDENT)


class Key(Struct, frozen=True):
    """A key of a table, whether it has to be there, and what it means."""

    name: str
    needed: bool
    means: str


class Described(Struct, frozen=True):
    """A table of a plan file: its name, how it is headed there, whether it has to be, what it is for, and its keys."""

    name: str
    heading: str
    needed: bool
    about: str
    keys: tuple[Key, ...]


def names() -> tuple[str, ...]:
    """Return what can be asked for by name."""
    return (*filter(None, TABLES), _WORDS)


def described(name: str | None = None) -> tuple[Described, ...]:
    """Return all tables in the order of a file, or the one of that name; raises NotFound where there is none such."""
    if name is None:
        return tuple(_described(each) for each in (TOP, *names()))
    plain = name.strip("[]")
    if plain not in names():
        near = get_close_matches(plain, names(), 1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise NotFound(f"a plan has no table '{name}'", f"{hint}there are {', '.join(names())}")
    return (_described(plain),)


def lines(found: Sequence[Described]) -> Iterator[str]:
    """Yield each table with its keys, for people."""
    if len(found) > 1:
        yield from wrapped(TIMES)
    for place, one in enumerate(found):
        if place or len(found) > 1:
            yield ""
        yield from wrapped(one.about, first=f"{one.heading}{_mark(one.needed)}  " if one.heading else "")
        rows = [(f"{key.name}{_mark(key.needed)}", key.means) for key in one.keys]
        yield from (f"{_INDENT}{line}" for line in table(rows, _ROOM))


def shape(one: Described) -> dict[str, object]:
    """Return a table as JSON has it."""
    keys = [{"key": key.name, "needed": key.needed, "means": key.means} for key in one.keys]
    return {"table": one.name, "heading": one.heading, "needed": one.needed, "about": one.about, "keys": keys}


def _described(name: str) -> Described:
    if name == _WORDS:
        keys = tuple(Key(word, False, means) for word, means in VARIABLES.items())
        return Described(name, "{{ }}", False, "what the texts of messages and templates can say", keys)
    # Late: the shapes bring pydantic along.
    from incident_cockpit.plan.shapes import SINGLE, PlanTable, has_to_be_there, shape_of

    there, needed = TABLES[name], has_to_be_there(shape_of(name))
    heading = f"[{name}]" if name in SINGLE else name if name in (TOP, RESOURCES) else f"[[{name}]]"
    keys = tuple(Key(key, key in needed, means) for key, means in there.keys.items())
    return Described(name, heading, name in has_to_be_there(PlanTable), there.about, keys)


def _mark(needed: bool) -> str:
    return " *" if needed else ""
