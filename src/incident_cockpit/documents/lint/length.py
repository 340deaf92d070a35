"""Length of an edited text, measured as its target measures it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

_TARGET_NAMES = {
    "slack": "Slack", "markdown": "GitHub", "text": "plain text", "teams": "Teams", "statuspage": "a status page",
    "email": "an email", "social": "a public post", "sms": "SMS", "jira": "Jira",
}  # fmt: skip
# Lines above the text that go into fields of their own.
_FIELDS = {"statuspage": ("Status: ", "Name: "), "email": ("Subject: ",)}
# Up to this limit, people write against the counter.
_SHORT_LIMIT = 1_000


class Length(Struct, frozen=True):
    """The length of a text and the limit of its target; `most` is 0 without a limit."""

    used: int
    most: int
    unit: str

    @property
    def in_words(self) -> str:
        """Return the length in words for a short limit: "212 of 280 characters"."""
        return f"{self.used:,} of {self.most:,} {self.unit}" if 0 < self.most <= _SHORT_LIMIT else ""


def target_name(target: str) -> str:
    """Return the display name of a target."""
    return _TARGET_NAMES.get(target, target)


def measure(text: str, target: str) -> Length:
    """Return the length of a text as its target counts."""
    from incident_cockpit.documents.formats.registry import FORMATS

    format_ = FORMATS[target]
    return Length(format_.count(_fields_and_body(text, target)[1]), format_.limit, format_.unit)


def check_length(text: str, target: str) -> Iterator[str]:
    """Yield a warning for each part that is too long for the target."""
    from incident_cockpit.documents.formats.statuspage import LONGEST_NAME

    length = measure(text, target)
    if length.most and length.used > length.most:
        match target:
            case "slack":
                limit = f"Slack splits messages above {length.most:,}"
            case "sms":
                limit = f"more than {length.most} may not arrive complete"
            case _:
                limit = f"{target_name(target)} takes {length.most:,}"
        yield f"Too long: {length.used:,} {length.unit}; {limit}"
    for row in _fields_and_body(text, target)[0]:
        if row.startswith("Name: ") and len(row.removeprefix("Name: ")) > LONGEST_NAME:
            yield f"Name too long: a status page takes {LONGEST_NAME} characters"


def _fields_and_body(text: str, target: str) -> tuple[list[str], str]:
    """Return the lines at the top that go into fields of their own, and the text below them."""
    labels = _FIELDS.get(target)
    if labels is None:
        return [], text
    rows = text.strip().splitlines()
    count = next((index for index, row in enumerate(rows) if not row.startswith(labels)), len(rows))
    return rows[:count], "\n".join(rows[count:]).strip()
