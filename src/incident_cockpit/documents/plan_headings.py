"""Which part of the record answers a section that a plan's postmortem asks for, by the words of its heading."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime

from msgspec import Struct

from incident_cockpit.documents import adherence_report
from incident_cockpit.documents.learnings import missing, went_poorly, went_well
from incident_cockpit.documents.markdown import say, to_be_written
from incident_cockpit.documents.sections import aftermath, attempts, course
from incident_cockpit.incident.record import Record

Write = Callable[[Record, datetime], list[str]]


class Chapter(Struct, frozen=True):
    """A part of the document: its heading where the plan has no words for it, and what fills it in.

    `covers` names the parts that need no place of their own where this one stands.
    """

    heading: str
    write: Write
    covers: tuple[str, ...] = ()


def _well(record: Record, now: datetime) -> list[str]:
    return course.lessons(went_well(record, now), "what helped, and should be kept")


def _poorly(record: Record, now: datetime) -> list[str]:
    return course.lessons(went_poorly(record, now), "what slowed us down, and where we were lucky")


def _learned(_record: Record, _now: datetime) -> list[str]:
    return [to_be_written("what we understand now, and what it means beyond this incident")]


def _gaps(record: Record, now: datetime) -> list[str]:
    found = [f"- {one}" for one in missing(record, now)]
    return ["\n".join(found)] if found else ["Nothing: the journal knows all that this draft asks for."]


# In the order of a draft by a plan that asks for no sections of its own.
USUAL: dict[str, Chapter] = {
    "summary": Chapter("Summary", course.summary),
    "impact": Chapter("Impact", course.impact),
    "roles": Chapter("Roles", course.roles),
    "timeline": Chapter("Timeline", course.timeline),
    "metrics": Chapter("Metrics", course.metrics),
    "kept": Chapter("How it kept to the plan", adherence_report.chapter),
    "detection": Chapter("Detection", course.detection),
    "cause": Chapter("Root cause", course.root_cause),
    "resolution": Chapter("Resolution", course.resolution),
    "decisions": Chapter("Decisions", course.decisions),
    "updates": Chapter("Updates sent", aftermath.updates),
    "asks": Chapter("Asks", aftermath.asks),
    "needs": Chapter("What was lacking", attempts.needs),
    "commands": Chapter("Commands run", attempts.commands),
    "pins": Chapter("Links and files", attempts.pins),
    "runbooks": Chapter("Runbook", aftermath.runbooks),
    "well": Chapter("What went well", _well),
    "poorly": Chapter("What went poorly", _poorly),
    "follow_ups": Chapter("Follow-ups", aftermath.follow_ups),
    "missing": Chapter("Missing evidence", _gaps),
}
_ASKED_FOR: dict[str, Chapter] = {
    "response": Chapter("", course.response, ("decisions",)),
    "prevention": Chapter("", course.prevention),
    "improvements": Chapter("", course.improvements, ("poorly",)),
    "learned": Chapter("", _learned),
    "high": Chapter("", aftermath.high_priority, ("follow_ups",)),
    "low": Chapter("", aftermath.low_priority, ("follow_ups",)),
    "owners": Chapter("", aftermath.by_owner),
}

# The first that fits decides, so what says more stands before what says less.
_MEANT = tuple(
    (key, re.compile(words, re.IGNORECASE))
    for key, words in (
        ("owners", r"follow.?ups?.*\b(?:owners?|deadlines?)\b|action items?.*\bowners?\b"),
        ("high", r"high.priority"),
        ("low", r"low.priority"),
        ("follow_ups", r"action items?|follow.?ups?|corrective|recommend"),
        ("response", r"\bdecisions?\b.*\bactions?\b|\bactions?\b.*\bdecisions?\b|actions? taken"),
        ("prevention", r"prevent"),
        ("improvements", r"\bbetter\b|improve"),
        ("well", r"went (?:well|right)|what helped|worked well"),
        ("poorly", r"went (?:poorly|badly|wrong)|did not go|hindered"),
        ("learned", r"lessons?|learn"),
        ("timeline", r"time ?line|chronolog|key events"),
        ("cause", r"\bcauses?\b|\bwhy\b"),
        ("impact", r"impact|who was (?:affected|hurt|hit)|damage"),
        ("summary", r"summary|what happened|what was the incident|overview"),
        ("detection", r"detect"),
        ("resolution", r"resolution|remed|mitigat"),
        ("decisions", r"decisions?"),
        ("roles", r"\bteam\b|\broles?\b|who responded|participants"),
        ("kept", r"adherence|deadlines|kept to the plan"),
        ("metrics", r"metrics|figures"),
        ("updates", r"communicat|updates"),
        ("runbooks", r"run ?books?"),
        ("needs", r"\black(?:ed|ing)?\b|missing (?:people|resources|access)|what we needed"),
        ("commands", r"commands? (?:that were )?(?:run|used)"),
        ("pins", r"\bevidence\b|attachments?|links and files"),
    )
)


def chapters_of(record: Record, now: datetime) -> list[tuple[str, list[str]]]:
    """Return headings with their blocks: the plan's sections in its order, then what the record holds besides."""
    asked = record.incident.plan.postmortem.sections
    if not asked:
        return _usual(record, now)
    found, used = [], set[str]()
    for section in asked:
        heading, hint = _parted(section)
        key = meant(heading)
        known = _written(key, record, now, again=key in used) if key else []
        blocks = known or [to_be_written(say(heading))]
        found.append((say(heading), [*blocks, *([f"_Belongs here: {say(hint)}_"] if hint else [])]))
        used |= {key, *_all()[key].covers} if key else set()
    besides = ("From the record besides", ["What follows is not asked for by the plan; the record holds it."])
    return [*found, besides, *_usual(record, now, without=used)]


def meant(heading: str) -> str:
    """Return which part answers a heading, "" where only a person can."""
    return next((key for key, words in _MEANT if words.search(heading)), "")


def _usual(record: Record, now: datetime, without: Collection[str] = ()) -> list[tuple[str, list[str]]]:
    """Return the usual parts, those left out that have nothing to say."""
    written = ((chapter.heading, chapter.write(record, now)) for key, chapter in USUAL.items() if key not in without)
    return [(heading, blocks) for heading, blocks in written if blocks]


def _all() -> dict[str, Chapter]:
    return {**USUAL, **_ASKED_FOR}


def _written(key: str, record: Record, now: datetime, *, again: bool) -> list[str]:
    return ["See above."] if again else _all()[key].write(record, now)


def _parted(section: str) -> tuple[str, str]:
    """Return the heading, and what the plan says behind a colon that belongs under it; a question stays whole."""
    if section.endswith("?"):
        return section, ""
    heading, _, hint = section.partition(": ")
    return heading, hint
