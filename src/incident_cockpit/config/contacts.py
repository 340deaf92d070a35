"""Contacts of the user, from contacts.toml: plans and incidents often give no more than a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from incident_cockpit.config.check import LARGEST_FILE, ConfigErrors, shown, text_error, unknown_key
from incident_cockpit.files import UnreadableFileError, read_text, toml_tables

_KEYS = ("name", "reach", "mail")
_MAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,190}")


class UserContact(Struct, frozen=True):
    """A person or team by the name that plans and incidents use, how to reach them, and their email address."""

    name: str
    reach: str = ""
    mail: str = ""


def load_contacts(path: Path) -> tuple[UserContact, ...]:
    """Return the contacts in a file, none where it does not exist; raises ConfigErrors with every error."""
    try:
        raw = toml_tables(read_text(path, LARGEST_FILE))
    except FileNotFoundError:
        return ()
    except UnreadableFileError as error:
        raise ConfigErrors(path, [str(error)]) from error
    if lines := tuple(_errors(raw)):
        raise ConfigErrors(path, lines)
    return tuple(UserContact(row["name"], row.get("reach", ""), row.get("mail", "")) for row in raw.get("contacts", ()))


def _errors(raw: dict[str, Any]) -> Iterator[str]:
    for key in raw:
        if key != "contacts":
            yield unknown_key(key, ("contacts",))
    rows = raw.get("contacts", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        yield "contacts: must be tables, one [[contacts]] for each person or team"
        return
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        name = row.get("name")
        where = f"contacts.{number}"
        yield from (f"{where}.{line}" for line in _row_errors(row))
        if isinstance(name, str) and name.casefold() in seen:
            yield f"{where}.name = {name!r}: already exists (case-insensitive)"
        seen.add(str(name).casefold())


def _row_errors(row: dict[str, object]) -> Iterator[str]:
    if "name" not in row:
        yield "name: required"
    for key, value in row.items():
        if key not in _KEYS:
            yield unknown_key(key, _KEYS)
        elif error := text_error(value):
            yield f"{key} = {shown(value)}: {error}"
        elif key == "mail" and not _MAIL.fullmatch(str(value)):
            yield f'{key} = {value!r}: must be one email address, such as "ana@example.org"'
