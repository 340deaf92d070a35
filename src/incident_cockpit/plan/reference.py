"""What a plan knows besides its clocks: sorts of incidents, who reports and is told, channels, messages, reviews."""

from __future__ import annotations

from msgspec import Struct


class IncidentType(Struct, frozen=True):
    """A sort of incident: what is done first, which runbook it brings, and what it sets off.

    `restricted` asks for a codename and marks what leaves; `aware` starts the clocks that run from becoming aware;
    `breach` keeps a record of a breach of personal data.
    """

    id: str
    name: str
    means: str = ""
    steps: tuple[str, ...] = ()
    runbook: str | None = None
    restricted: bool = False
    aware: bool = False
    breach: bool = False


class Detection(Struct, frozen=True):
    """A way in which incidents are found, and how its alerts reach people."""

    id: str
    name: str
    route: str = ""


class Reporter(Struct, frozen=True):
    """A sort of people who may report, and where they do."""

    id: str
    name: str
    route: str = ""


class Triage(Struct, frozen=True):
    """What happens before an incident is declared; times in seconds, None where there is none.

    `first` says that a new incident begins as a report which is validated first.
    """

    first: bool = False
    validate_within: int | None = None
    answer_within: int | None = None
    investigate_within: int | None = None
    owner: str = ""
    route: str = ""
    false_alarm_follow_up: str = ""


class Trigger(Struct, frozen=True):
    """A reason to bring somebody in besides the clock, and whom."""

    id: str
    text: str
    tell: str = ""


class Channel(Struct, frozen=True):
    """How the incident's channel is called, such as "incident-{date}", and the standing link of the call."""

    name: str
    call: str = ""


class Participant(Struct, frozen=True):
    """Somebody who has to join, at which severities (none means all), and within how many seconds."""

    who: str
    within: int
    severities: tuple[str, ...] = ()


class Message(Struct, frozen=True):
    """A text to copy at a certain moment, in Jinja, such as the first message; `id` is the moment."""

    id: str
    name: str
    text: str


class PostmortemRules(Struct, frozen=True):
    """When a postmortem is written, what it answers, and who signs it off."""

    required_at: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    sign_off: str = ""
    principles: tuple[str, ...] = ()


class ReviewRules(Struct, frozen=True):
    """How long a review takes in minutes, who is asked to it besides the responders, and what the invitation says."""

    minutes: int = 60
    invite: tuple[str, ...] = ()
    agenda: tuple[str, ...] = ()


class Target(Struct, frozen=True):
    """What a metric should stay under, in seconds, at which severities; none means all."""

    metric: str
    seconds: int
    severities: tuple[str, ...] = ()


class Contact(Struct, frozen=True):
    """Somebody the plan names, and how they are reached."""

    name: str
    reach: str = ""
    mail: str = ""


class Resource(Struct, frozen=True):
    """A page about a system: a diagram, a map of what depends on what, a dashboard."""

    name: str
    url: str


class System(Struct, frozen=True):
    """Something that can be affected, whose it is, and where to read about it."""

    name: str
    owner: str = ""
    resources: tuple[Resource, ...] = ()


class Upkeep(Struct, frozen=True):
    """How the plan itself is kept: when it was gone through, how often that and drills come round, in days."""

    reviewed: str = ""
    review_days: int | None = None
    drill_days: int | None = None
    notes: tuple[str, ...] = ()
