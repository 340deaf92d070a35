"""Declarations of the keys of a plan file: the kind of a key's value, its meaning and what it refers to.

A table of a plan file is a Struct whose fields are `Annotated` with a `Key`. Checks, the loader, inheritance, the key
reference, JSON and the pages of a plan are all derived from that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

_MINUTE, _DAY = 60, 86_400
_MONTH, _YEAR = 30 * _DAY, 366 * _DAY


class ValueKind(Struct, frozen=True):
    """The kind of a value in a plan file: its type and its limits.

    `many` is a list of such values, `by_severity` a table with one for each severity. `least` and `most` limit a
    number, or a period in seconds; `limits` says so.
    """

    name: str
    choices: tuple[str, ...] = ()
    many: bool = False
    by_severity: bool = False
    least: int = 0
    most: int = 0
    limits: str = ""
    row: type[Struct] | None = None


WORD, WORDS = ValueKind("word"), ValueKind("word", many=True)
LINE, LINES = ValueKind("line"), ValueKind("line", many=True)
TEXT, TEXTS = ValueKind("text"), ValueKind("text", many=True)
FLAG = ValueKind("flag")
MINUTES = ValueKind("number", least=5, most=480)
TIME_OF_DAY = ValueKind("time of day")
DATE, DATES = ValueKind("date"), ValueKind("date", many=True, most=1_000)
ZONE = ValueKind("zone")
URL = ValueKind("url")
EMAIL = ValueKind("email")
CHANNEL_NAME = ValueKind("channel name")
TEMPLATE = ValueKind("template")
CONDITION = ValueKind("condition")
MESSAGE = ValueKind("message")
# Periods, read as seconds; the second can also be due at once.
PERIOD = ValueKind("period", least=_MINUTE, most=_MONTH, limits="between 1 minute and 30 days")
LONG_PERIOD = ValueKind("period", least=_MINUTE, most=_YEAR, limits="between 1 minute and 1 year")
TARGET_TIME = ValueKind("period", least=1, most=_YEAR, limits="more than zero and at most 1 year")
WAIT = ValueKind("wait", most=_MONTH, limits="at most 30 days")
PERIODS = ValueKind("period", by_severity=True, least=_MINUTE, most=_MONTH, limits="between 1 minute and 30 days")
WAITS = ValueKind("wait", by_severity=True, most=_MONTH, limits="at most 30 days")
DAYS = ValueKind("days", least=_DAY, most=10 * _YEAR, limits="between 1 day and 10 years")
# Times within which something is due, which may pass in business hours alone.
WITHIN = ValueKind("within")
WITHIN_OR_NEVER = ValueKind("within or never")


def choice(*options: str, many: bool = False) -> ValueKind:
    """Return the kind of a value that is one of the options, or a list of them that is not empty."""
    return ValueKind("choice", options, many)


def rows_of(row: type[Struct]) -> ValueKind:
    """Return the kind of a list of tables within a table."""
    return ValueKind("rows", row=row)


class Key(Struct, frozen=True):
    """The declaration of a key.

    `toml` and `json` are its names where they differ from the field's. `to` is the table whose rows it names. `unique`
    forbids the same value twice, in a list or among the rows of the table. `needs` is a key without which it has no
    meaning. `label` is its name where a plan is shown, derived from the key if None, and absent if empty; `off` is what
    is shown where it is false. `shown` is False for what no page and no JSON has room for.
    """

    means: str
    kind: ValueKind
    toml: str = ""
    json: str = ""
    to: str = ""
    unique: bool = False
    needs: str = ""
    label: str | None = None
    off: str = ""
    shown: bool = True


class KeyField(Struct, frozen=True):
    """A key of a table, with its names in the file and in the Struct; one that is not `stored` is in the file alone."""

    toml: str
    name: str
    key: Key
    required: bool
    stored: bool
    default: Any

    @property
    def label(self) -> str:
        """Return the name of the key where a plan is shown, in sentence case."""
        return self.key.label if self.key.label is not None else self.toml.replace("_", " ").capitalize()


@cache
def fields_of(row: type[Struct]) -> Mapping[str, KeyField]:
    """Return the keys of a table by their name in the file; fields without a `Key` are set by the loader."""
    stored = {field.name: field for field in fields(row)}
    return {field.toml: field for field in _fields(row, stored)}


def _fields(row: type[Struct], stored: Mapping[str, Any]) -> Iterator[KeyField]:
    for name, hint in get_type_hints(row, include_extras=True).items():
        annotated = get_args(hint)[0] if get_origin(hint) is ClassVar else hint
        key = next((part for part in get_args(annotated) if isinstance(part, Key)), None)
        if get_origin(annotated) is not Annotated or key is None:
            continue
        field = stored.get(name)
        default = NODEFAULT if field is None else field.default
        # A key that may be absent has a default, or no value is its value; a key of the file alone may always be.
        required = field is not None and field.required and type(None) not in get_args(get_args(annotated)[0])
        yield KeyField(key.toml or name, name, key, required, field is not None, default)
