"""Opening of an incident: its number and title, and the codename of a restricted one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Fact, Moment
from incident_cockpit.incident.facts.classification import types_of
from incident_cockpit.incident.facts.topic import Line, Topic, fold_value

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


LONGEST_TITLE = 200


class Opening(Struct, frozen=True):
    """The incident's local number and its title."""

    number: int = 0
    title: str = ""


class IncidentOpened(Fact, frozen=True):
    """The first fact of every incident."""

    kind: ClassVar[str] = "incident.opened"
    number: int
    title: str


class Retitled(Change, frozen=True):
    """The title was edited."""

    kind: ClassVar[str] = "incident.retitled"
    now: str
    was: str


def check_title(title: str) -> str:
    """Return the title on one line; raises Refused where it is empty or too long for a list."""
    title = " ".join(title.split())
    if not title:
        raise Refused("Title required", "enter what fails, for whom", about="title")
    if len(title) > LONGEST_TITLE:
        raise Refused(
            f"The title has {len(title)} characters, more than {LONGEST_TITLE}",
            "shorten it; details go into the timeline",
            about="title",
        )
    return title


def retitle(incident: Incident, moment: Moment, title: str) -> Retitled:
    """Edit the title."""
    return Retitled(now=check_title(title), was=incident.opening.title)


def _fold(state: Opening, fact: IncidentOpened | Retitled) -> Opening:
    match fact:
        case IncidentOpened(number=number, title=title):
            return Opening(number=number, title=title)
        case Retitled(now=title):
            return replace(state, title=title)


def _words(fact: IncidentOpened | Retitled, incident: Incident) -> Line:
    match fact:
        case IncidentOpened(title=title):
            return Line("opened", f"{incident.name} {title}")
        case Retitled(now=title):
            return Line("title", title)


TOPIC = Topic("opening", Opening(), (IncidentOpened, Retitled), _fold, _words)


# Restriction


LONGEST_CODENAME = 40
SHORTEST_WORD = 4


class Restricted(Change, frozen=True):
    """The codename was set, or the restriction lifted where it is empty."""

    kind: ClassVar[str] = "incident.restricted"
    now: str
    was: str


def restrict(incident: Incident, moment: Moment, codename: str) -> Restricted:
    """Set a codename that replaces the title in outgoing text; raises Refused for one that gives the title away."""
    plain = " ".join(codename.split())
    if not plain:
        raise Refused("Codename required", "for example: :restrict Bluebird", about="codename")
    if len(plain) > LONGEST_CODENAME:
        raise Refused(
            f"The codename has {len(plain)} characters, more than {LONGEST_CODENAME}",
            "use a word or two",
            about="codename",
        )
    shared = _long_words(plain) & _long_words(incident.title)
    if shared:
        raise Refused(
            f'"{min(shared)}" is in the title, so the codename gives it away', "use an unrelated word", about="codename"
        )
    if plain == incident.codename:
        raise Refused(f"The codename is already {plain}", "use another word", about="codename")
    return Restricted(now=plain, was=incident.codename)


def unrestrict(incident: Incident, moment: Moment) -> Restricted:
    """Lift the restriction; raises Refused where there is none."""
    if not incident.codename:
        raise Refused("The incident is not restricted", "to restrict it, run :restrict CODENAME")
    return Restricted(now="", was=incident.codename)


def needs_codename(incident: Incident) -> bool:
    """Return whether a type of the incident requires a codename and it has none."""
    return not incident.codename and any(each.restricted for each in types_of(incident))


def _long_words(text: str) -> set[str]:
    """Return the words of a text that are long enough to give it away."""
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) >= SHORTEST_WORD}


RESTRICTION_TOPIC = Topic(
    "codename",
    "",
    (Restricted,),
    fold_value,
    lambda fact, _: Line("restricted", f"codename {fact.now}" if fact.now else "restriction lifted"),
)
