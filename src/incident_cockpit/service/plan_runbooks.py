"""The runbooks that a plan brings along, read: from files by their names, or from texts that are made of the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from incident_cockpit.errors import Refused
from incident_cockpit.incident.declare import RunbookRequest
from incident_cockpit.runbook.model import Runbook

LoadRunbook = Callable[[str, str | None], tuple[Runbook, bytes]]


class Books(Struct, frozen=True):
    """The runbooks in order, the bytes each was read from by their SHA-256, and a warning of those that are missing."""

    runbooks: tuple[Runbook, ...] = ()
    documents: Mapping[str, bytes] = field(default_factory=dict)
    warning: str = ""


def read_all(wanted: Iterable[RunbookRequest], load: LoadRunbook) -> Books:
    """Read what comes along; raises Refused for what a person chose and cannot be read.

    A file that only the plan names holds nothing up: nobody can mend a plan while the house is on fire.
    """
    books: dict[str, tuple[Runbook, bytes]] = {}
    missing = []
    for one in wanted:
        try:
            runbook, data = _read(one, load)
        except Refused as refused:
            if one.chosen:
                raise
            missing.append(f"the plan's runbook {one.name} did not come along: {refused.why}")
        else:
            books.setdefault(runbook.sha256, (runbook, data))
    return Books(
        tuple(runbook for runbook, _ in books.values()),
        {digest: data for digest, (_, data) in books.items()},
        "; ".join(missing),
    )


def _read(wanted: RunbookRequest, load: LoadRunbook) -> tuple[Runbook, bytes]:
    if not wanted.text:
        return load(wanted.name, None)
    # Late: the parser of Markdown comes with it.
    from incident_cockpit.runbook.reader import read_runbook

    data = wanted.text.encode()
    return read_runbook(data, wanted.name), data
