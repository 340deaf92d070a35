"""How an incident begins, and what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Fact, Moment
from incident_cockpit.incident.topics.topic import Line, Topic

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident

LONGEST_TITLE = 200


class Opening(Struct, frozen=True):
    """The incident's local number and its title."""

    number: int = 0
    title: str = ""


class Opened(Fact, frozen=True):
    """The first fact of every incident."""

    kind: ClassVar[str] = "incident.opened"
    number: int
    title: str


class Retitled(Change, frozen=True):
    """The title was put right."""

    kind: ClassVar[str] = "incident.retitled"
    now: str
    was: str


def check_title(title: str) -> str:
    """Return the title on one line; raises Refused when it is empty or too long to be read in a list."""
    title = " ".join(title.split())
    if not title:
        raise Refused("the title is empty", "say in a few words what is broken and for whom")
    if len(title) > LONGEST_TITLE:
        raise Refused(
            f"the title has {len(title)} characters, more than {LONGEST_TITLE}",
            "shorten it; the details belong in the timeline",
        )
    return title


def retitle(incident: Incident, moment: Moment, title: str) -> Retitled:
    """Give the incident another title."""
    return Retitled(now=check_title(title), was=incident.opening.title)


def _fold(state: Opening, fact: Opened | Retitled) -> Opening:
    match fact:
        case Opened(number=number, title=title):
            return Opening(number=number, title=title)
        case Retitled(now=title):
            return replace(state, title=title)


def _words(fact: Opened | Retitled, incident: Incident) -> Line:
    match fact:
        case Opened(title=title):
            return Line("opened", f"{incident.name} {title}")
        case Retitled(now=title):
            return Line("title", title)


TOPIC = Topic("opening", Opening(), (Opened, Retitled), _fold, _words)
