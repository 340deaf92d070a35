"""What every format is: what it is given, what it makes of that, and what it may not exceed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from incident_cockpit.text.blocks import Blocks

Payload = Mapping[str, Any]


class Heading(Struct, frozen=True):
    """What a text is about, for the targets that want a subject, a title or a status word; all of it plain text."""

    id: str = ""
    title: str = ""
    severity: str = ""
    status: str = ""
    number: int = 0


class Rendered(Struct, frozen=True):
    """A text as one target takes it.

    `messages` are sent one after the other, each within the target's limit; `fields` are what goes into boxes of their
    own, as a subject does; `payloads` are the messages as a machine takes them, where the target has such a form;
    `notes` say in words what a person has to know before it is sent, such as what was cut.
    """

    messages: tuple[str, ...]
    fields: tuple[tuple[str, str], ...] = ()
    payloads: tuple[Payload, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return everything as one text to read and to copy."""
        heads = "\n".join(f"{name}: {value}" for name, value in self.fields)
        return "\n\n".join(part for part in (heads, *self.messages) if part)


class Format(Struct, frozen=True):
    """A way to write a text: its name on the command line, what it is for, the most one message may have and how.

    `count` measures a message as the target does, in what `unit` names; `limit` is 0 where there is none.
    """

    name: str
    about: str
    limit: int
    count: Callable[[str], int]
    render: Callable[[Blocks, Heading], Rendered]
    unit: str = "characters"


def split_notes(messages: int) -> tuple[str, ...]:
    """Return the note that says a text became more than one message."""
    return (f"It is {messages} messages: send them one after the other",) if messages > 1 else ()
