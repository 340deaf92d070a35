"""How people are reached: the user's own contacts.toml, because plans and incidents name people and often no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from msgspec import Struct

from incident_cockpit.errors import Refused
from incident_cockpit.files import UnreadableFileError, read_text, toml_tables
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.sanitize import is_clean

_LARGEST = 1_000_000
_KEYS = ("name", "reach", "mail")
_MAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[^\s@<>\"',;:()\[\]\\]{1,190}")


class Reachable(Struct, frozen=True):
    """Somebody by the name that plans and incidents use, how they are reached, and their address of mail."""

    name: str
    reach: str = ""
    mail: str = ""


class ContactErrors(Refused):
    """Contacts that cannot be used; `lines` holds one sentence for each thing that is wrong."""

    def __init__(self, path: Path, lines: tuple[str, ...]) -> None:
        """Say how many errors the file has and list them."""
        self.lines = tuple(f"{path}: {line}" for line in lines)
        super().__init__(f"The contacts {path} have {counted(len(lines), 'error')}", "\n".join(self.lines))


def load_contacts(path: Path) -> tuple[Reachable, ...]:
    """Return the contacts in a file, none where there is no file; raises ContactErrors with every error."""
    try:
        raw = toml_tables(read_text(path, _LARGEST))
    except FileNotFoundError:
        return ()
    except UnreadableFileError as error:
        raise ContactErrors(path, (str(error),)) from error
    if lines := tuple(_errors(raw)):
        raise ContactErrors(path, lines)
    return tuple(Reachable(row["name"], row.get("reach", ""), row.get("mail", "")) for row in raw.get("contacts", ()))


def _errors(raw: dict[str, Any]) -> Iterator[str]:
    for key in raw:
        if key != "contacts":
            yield f"{key!r}: unknown key; there is only contacts, one [[contacts]] for each"
    rows = raw.get("contacts", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        yield "contacts: must be tables, one [[contacts]] for each"
        return
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        name = row.get("name")
        where = f"contacts.{number}"
        yield from (f"{where}.{line}" for line in _row_errors(row))
        if isinstance(name, str) and name.casefold() in seen:
            yield f"{where}.name = {name!r}: is there already, capitals do not count"
        seen.add(str(name).casefold())


def _row_errors(row: dict[str, object]) -> Iterator[str]:
    if "name" not in row:
        yield "name: is missing"
    for key, value in row.items():
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, 1)
            yield f"{key}: unknown key" + (
                f", did you mean {near[0]!r}?" if near else f"; there are {', '.join(_KEYS)}"
            )
        elif not isinstance(value, str) or not value.strip():
            yield f"{key} = {value!r}: must be text in quotes, not empty"
        elif not is_clean(value):
            yield f"{key} = {value!r}: holds a control character"
        elif key == "mail" and not _MAIL.fullmatch(value):
            yield f'{key} = {value!r}: must be one address such as "ana@example.org"'
