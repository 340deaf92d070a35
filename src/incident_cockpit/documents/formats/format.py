"""The interface of a format: its input, its output and its limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from incident_cockpit.text.blocks import Blocks

Payload = Mapping[str, Any]


class Heading(Struct, frozen=True):
    """The subject of a text in plain text, for targets with a subject, title or status field."""

    id: str = ""
    title: str = ""
    severity: str = ""
    status: str = ""
    number: int = 0


class Rendered(Struct, frozen=True):
    """A text in the form of one target.

    `messages` are sent in order, each within the target's limit; `fields` go into fields of their own, as a subject
    does; `payloads` are the messages as JSON for a webhook, if the target has one; `notes` tell the sender what to
    know before sending, such as a truncation.
    """

    messages: tuple[str, ...]
    fields: tuple[tuple[str, str], ...] = ()
    payloads: tuple[Payload, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return fields and messages as one text, to read and to copy."""
        heads = "\n".join(f"{name}: {value}" for name, value in self.fields)
        return "\n\n".join(part for part in (heads, *self.messages) if part)


class Format(Struct, frozen=True):
    """A target format: its name on the command line, its description, the limit of one message, and its renderer.

    `count` measures a message as the target does, in `unit`; `limit` is 0 without a limit.
    """

    name: str
    about: str
    limit: int
    count: Callable[[str], int]
    render: Callable[[Blocks, Heading], Rendered]
    unit: str = "characters"


def split_notes(messages: int) -> tuple[str, ...]:
    """Return the note for a text that was split over several messages."""
    return (f"Split into {messages} messages: send them in order",) if messages > 1 else ()
