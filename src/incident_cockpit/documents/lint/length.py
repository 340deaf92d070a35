"""How long a text may be where it goes: measured as the target measures, for a text as a person has edited it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

_NAMES = {
    "slack": "Slack", "markdown": "GitHub", "text": "plain text", "teams": "Teams", "statuspage": "a status page",
    "email": "mail", "social": "a public post", "sms": "SMS", "jira": "Jira",
}  # fmt: skip
# What stands above the words in boxes of its own.
_BOXES = {"statuspage": ("Status: ", "Name: "), "email": ("Subject: ",)}
# Where this little fits, people write against the number.
_SCARCE = 1_000


class Length(Struct, frozen=True):
    """How much of what a target takes a text fills; `most` is 0 where there is no end."""

    used: int
    most: int
    unit: str

    @property
    def told(self) -> str:
        """Return it in words where it is scarce: "212 of 280 characters"."""
        return f"{self.used:,} of {self.most:,} {self.unit}" if 0 < self.most <= _SCARCE else ""


def target_name(target: str) -> str:
    """Return what people call the place that a text is written for."""
    return _NAMES.get(target, target)


def measure(text: str, target: str) -> Length:
    """Return how much of what the target takes a text fills."""
    from incident_cockpit.documents.formats.registry import FORMATS

    chosen = FORMATS[target]
    return Length(chosen.count(_parted(text, target)[1]), chosen.limit, chosen.unit)


def check_length(text: str, target: str) -> Iterator[str]:
    """Yield what does not fit into its target."""
    from incident_cockpit.documents.formats.statuspage import LONGEST_NAME

    filled = measure(text, target)
    if filled.most and filled.used > filled.most:
        yield f"It has {filled.used:,} {filled.unit}: {_taken(target, filled.most)}"
    for row in _parted(text, target)[0]:
        if row.startswith("Name: ") and len(row.removeprefix("Name: ")) > LONGEST_NAME:
            yield f"Its name has more than {LONGEST_NAME} characters: a status page takes no more"


def _taken(target: str, most: int) -> str:
    match target:
        case "slack":
            return f"Slack splits it above {most:,}"
        case "sms":
            return f"more than {most} are easily lost on their way"
    return f"{target_name(target)} takes {most:,}"


def _parted(text: str, target: str) -> tuple[list[str], str]:
    """Return the lines at the top that go into boxes of their own, and the words."""
    boxes = _BOXES.get(target)
    if boxes is None:
        return [], text
    rows = text.strip().splitlines()
    many = next((at for at, row in enumerate(rows) if not row.startswith(boxes)), len(rows))
    return rows[:many], "\n".join(rows[many:]).strip()
