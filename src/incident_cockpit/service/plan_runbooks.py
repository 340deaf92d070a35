"""Runbooks that come with a plan: read from files by their names, or from text that is written from the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from incident_cockpit.errors import Refused
from incident_cockpit.incident.declare import RunbookRequest
from incident_cockpit.runbook.model import Runbook

LoadRunbook = Callable[[str, str | None], tuple[Runbook, bytes]]


class PlanRunbooks(Struct, frozen=True):
    """Runbooks in order, their bytes by SHA-256, and a warning about those that are missing."""

    runbooks: tuple[Runbook, ...] = ()
    documents: Mapping[str, bytes] = field(default_factory=dict)
    warning: str = ""


def read_all(requests: Iterable[RunbookRequest], load: LoadRunbook) -> PlanRunbooks:
    """Read the runbooks that are requested; raises Refused for one that a person chose and that cannot be read.

    A plan's missing runbook is a warning, because a plan cannot be corrected in the middle of an incident.
    """
    books: dict[str, tuple[Runbook, bytes]] = {}
    missing = []
    for request in requests:
        try:
            runbook, data = _read(request, load)
        except Refused as refused:
            if request.chosen:
                raise
            missing.append(f"the plan's runbook {request.name} is not attached: {refused.why}")
        else:
            books.setdefault(runbook.sha256, (runbook, data))
    return PlanRunbooks(
        tuple(runbook for runbook, _ in books.values()),
        {digest: data for digest, (_, data) in books.items()},
        "; ".join(missing),
    )


def _read(request: RunbookRequest, load: LoadRunbook) -> tuple[Runbook, bytes]:
    if not request.text:
        return load(request.name, None)
    # Late: it imports the Markdown parser.
    from incident_cockpit.runbook.reader import read_runbook

    data = request.text.encode()
    return read_runbook(data, request.name), data
