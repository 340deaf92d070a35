"""Whether only some may know what it is about: then a codename stands for the title in what leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Moment
from incident_cockpit.incident.topics.nature import types_of
from incident_cockpit.incident.topics.topic import Line, Topic

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


LONGEST_CODENAME = 40
SHORTEST_TELLING = 4


class Restricted(Change, frozen=True):
    """The incident goes by this codename, or is open to all again where it is empty."""

    kind: ClassVar[str] = "incident.restricted"
    now: str
    was: str


def restrict(incident: Incident, moment: Moment, codename: str) -> Restricted:
    """Let a codename stand for the title in what leaves; raises Refused for one that tells what it is about."""
    plain = " ".join(codename.split())
    if not plain:
        raise Refused("the codename is empty", "say a word that tells nothing, as in :restrict Bluebird")
    if len(plain) > LONGEST_CODENAME:
        raise Refused(
            f"a codename of {len(plain)} characters is none", f"use a word or two, at most {LONGEST_CODENAME}"
        )
    told = _telling(plain) & _telling(incident.title)
    if told:
        raise Refused(
            f"'{plain}' tells what it is about: '{min(told)}' is in the title", "use a word that tells nothing"
        )
    if plain == incident.codename:
        raise Refused(f"it goes by the codename {plain} already", "give another one, or leave it")
    return Restricted(now=plain, was=incident.codename)


def unrestrict(incident: Incident, moment: Moment) -> Restricted:
    """Let everybody know what it is about; raises Refused where everybody may already."""
    if not incident.codename:
        raise Refused("the incident is not restricted", "there is nothing to lift")
    return Restricted(now="", was=incident.codename)


def wanted(incident: Incident) -> bool:
    """Return whether one of the incident's types asks for a codename and it has none yet."""
    return not incident.codename and any(one.restricted for one in types_of(incident))


def _telling(text: str) -> set[str]:
    """Return the words of a text that say something."""
    return {word for word in re.findall(r"\w+", text.casefold()) if len(word) >= SHORTEST_TELLING}


def _fold(state: str, fact: Restricted) -> str:
    return fact.now


def _words(fact: Restricted, incident: Incident) -> Line:
    return Line("restricted", f"codename {fact.now}" if fact.now else "open to all again")


TOPIC = Topic("codename", "", (Restricted,), _fold, _words)
