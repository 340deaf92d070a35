"""Work that outlives the incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import CLOCK_TOLERANCE, Change, Moment
from incident_cockpit.incident.facts.topic import Line, Topic, put, value_of

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


PRIORITIES = ("high", "low")
LONGEST_KIND = 40


class FollowUp(Struct, frozen=True):
    """What is to be done after the incident, by whom and when, and how one will see that it is.

    `priority` is "high", "low" or not said; `kind` one of the plan's kinds; `success` what shows that it is done well.
    """

    text: str
    owner: str
    raised: datetime
    by: str
    done: bool = False
    priority: str = ""
    kind: str = ""
    due: datetime | None = None
    success: str = ""
    finished: datetime | None = None


class FollowUpChanged(Change, frozen=True):
    """A follow-up was noted, given to somebody, or done."""

    kind: ClassVar[str] = "follow_up.changed"
    names: ClassVar[str] = "follow_up"
    follow_up: str
    now: FollowUp | None
    was: FollowUp | None


def add_follow_up(incident: Incident, moment: Moment, text: str, owner: str = "") -> FollowUpChanged:
    """Note work for afterwards; raises Refused when it is empty."""
    if not text:
        raise Refused("Follow-up required", "for example: :follow-up alert on replica lag", about="text")
    follow_up = FollowUp(text, owner, moment.happened, moment.who)
    return FollowUpChanged(follow_up=f"f{moment.seq}", now=follow_up, was=None)


def set_owner(incident: Incident, moment: Moment, follow_up: str, who: str) -> FollowUpChanged:
    """Give a follow-up to a person; raises Refused when nobody is named."""
    if not who:
        raise Refused("Owner required", "enter a name", about="who")
    current = _held(incident, follow_up)
    return FollowUpChanged(follow_up=follow_up, now=replace(current, owner=who), was=current)


def set_priority(incident: Incident, moment: Moment, follow_up: str, priority: str) -> FollowUpChanged:
    """Say whether a follow-up has to be done soon: those of high priority hold up the closing (seed 002)."""
    if priority not in PRIORITIES:
        raise Refused(f'No priority matches "{priority}"', f"use one of: {', '.join(PRIORITIES)}", about="priority")
    current = _differs(incident, follow_up, priority, "priority")
    return FollowUpChanged(follow_up=follow_up, now=replace(current, priority=priority), was=current)


def set_type(incident: Incident, moment: Moment, follow_up: str, kind: str) -> FollowUpChanged:
    """Say what a follow-up changes, such as a process, in the plan's words where it has any (seed 004)."""
    known = incident.plan.follow_up_kinds
    if not kind or (known and kind not in known):
        raise Refused(
            f'No follow-up type matches "{kind}"' if kind else "Type required",
            f"use one of: {', '.join(known)}" if known else "enter a word",
            about="kind",
        )
    if len(kind) > LONGEST_KIND:
        raise Refused(
            f"The type has {len(kind)} characters, more than {LONGEST_KIND}", "use a shorter one", about="kind"
        )
    current = _differs(incident, follow_up, kind, "kind")
    return FollowUpChanged(follow_up=follow_up, now=replace(current, kind=kind), was=current)


def set_due(incident: Incident, moment: Moment, follow_up: str, due: datetime) -> FollowUpChanged:
    """Say until when a follow-up is to be done; raises Refused for a time that has passed."""
    if due <= moment.now:
        raise Refused(
            f"{due:%Y-%m-%d %H:%M} UTC is in the past", "enter a future date, such as fri or 2026-12-01", about="due"
        )
    current = _held(incident, follow_up)
    if current.due == due:
        raise Refused(f'"{current.text}" is already due then', "enter another date", about="due")
    return FollowUpChanged(follow_up=follow_up, now=replace(current, due=due), was=current)


def set_success_criterion(incident: Incident, moment: Moment, follow_up: str, success: str) -> FollowUpChanged:
    """Say what will show that a follow-up has done what it is for (seed 004: corrective actions are measurable)."""
    if not success:
        raise Refused(
            "Success criterion required",
            "for example: :follow-up-success lag an alert within five minutes",
            about="success",
        )
    current = _differs(incident, follow_up, success, "success")
    return FollowUpChanged(follow_up=follow_up, now=replace(current, success=success), was=current)


def complete_follow_up(incident: Incident, moment: Moment, follow_up: str) -> FollowUpChanged:
    """Mark a follow-up as done."""
    current = _held(incident, follow_up)
    if current.done:
        raise Refused(f'"{current.text}" is already done', "undo it if that is wrong", about="follow_up")
    return FollowUpChanged(follow_up=follow_up, now=replace(current, done=True, finished=moment.happened), was=current)


def _differs(incident: Incident, follow_up: str, value: str, name: str) -> FollowUp:
    current = _held(incident, follow_up)
    if getattr(current, name) == value:
        raise Refused(f'The {name} of "{current.text}" is already {value}', "enter another value", about=name)
    return current


def _held(incident: Incident, follow_up: str) -> FollowUp:
    current = incident.followups.get(follow_up)
    if current is None:
        raise Refused(f'No follow-up matches "{follow_up}"', "run: incident followups", about="follow_up")
    return current


def _fold(state: Mapping[str, FollowUp], fact: FollowUpChanged) -> Mapping[str, FollowUp]:
    return put(state, fact.follow_up, fact.now)


def _words(fact: FollowUpChanged, incident: Incident) -> Line:
    follow_up, was = value_of(fact.now, fact.was), fact.was
    if fact.now is not None and was is not None:
        for part in (_priority, _kind, _due, _success):
            if part(follow_up) != part(was):
                return Line("follow-up", f"{follow_up.text}  {part(follow_up)}")
    owner = f" ({follow_up.owner})" if follow_up.owner else ""
    return Line("follow-up", f"{follow_up.text}{owner}" + ("  done" if follow_up.done else ""))


def _priority(follow_up: FollowUp) -> str:
    return f"{follow_up.priority} priority" if follow_up.priority else "no priority"


def _kind(follow_up: FollowUp) -> str:
    return f"type: {follow_up.kind or 'none'}"


def _due(follow_up: FollowUp) -> str:
    return f"due {follow_up.due:%Y-%m-%d %H:%M} UTC" if follow_up.due else "no due date"


def _success(follow_up: FollowUp) -> str:
    return f"success criterion: {follow_up.success}" if follow_up.success else "no success criterion"


TOPIC = Topic("followups", {}, (FollowUpChanged,), _fold, _words)


# -- review: The review after the incident: when it is, where, and when it was held.


LONGEST_REVIEW = 24 * 60


class Review(Struct, frozen=True):
    """A review: when it begins, how long it takes in minutes, where; when it was put into the calendar, and held.

    `version` counts how often it was moved, so that a calendar takes a later invitation for a newer one.
    """

    at: datetime
    minutes: int
    where: str
    scheduled: datetime
    by: str
    version: int = 0
    held: datetime | None = None


class ReviewChange(Change, frozen=True):
    """The review was scheduled, moved or held."""

    subject_kind: ClassVar[str] = "review"
    now: Review | None
    was: Review | None


class ReviewScheduled(ReviewChange, frozen=True):
    """A time for the review was set, or another one."""

    kind: ClassVar[str] = "review.scheduled"


class ReviewHeld(ReviewChange, frozen=True):
    """The review took place."""

    kind: ClassVar[str] = "review.held"


def schedule_review(
    incident: Incident, moment: Moment, at: datetime, minutes: timedelta | None = None, where: str = ""
) -> ReviewScheduled:
    """Set a time for the review, or another one; without a length it is what the plan says.

    Raises Refused for a time before the end of the harm, and for one that has passed while it goes on.
    """
    was, ended = incident.review, incident.ended
    if was is not None and was.held is not None:
        raise Refused(f"The review was held at {was.held:%Y-%m-%d %H:%M} UTC", "undo that if it is wrong", about="at")
    if at < (ended or moment.now):
        before = f"the incident was resolved at {ended:%Y-%m-%d %H:%M} UTC" if ended else "that has passed"
        raise Refused(
            f"A review at {at:%Y-%m-%d %H:%M} UTC is too early: {before}",
            "enter a later time, such as mon 10:00",
            about="at",
        )
    length = int(minutes.total_seconds() // 60) if minutes is not None else _usual(incident)
    if not 1 <= length <= LONGEST_REVIEW:
        raise Refused(
            f"{length} minutes is not a valid length", "enter between 1m and 24h, such as 90m", about="minutes"
        )
    now = Review(at, length, where or (was.where if was else ""), moment.happened, moment.who)
    if was is not None:
        if (was.at, was.minutes, was.where) == (now.at, now.minutes, now.where):
            raise Refused("The review is already at that time", "enter another time", about="at")
        # It has stood in the calendar since it was first put there; a calendar takes the higher version for the newer.
        now = replace(now, scheduled=was.scheduled, version=was.version + 1)
    return ReviewScheduled(now=now, was=was)


def mark_review_held(incident: Incident, moment: Moment, at: datetime | None = None) -> ReviewHeld:
    """Say that the review took place, now or at a time that has passed; also one that nobody had scheduled."""
    was, held_at = incident.review, at or moment.happened
    if was is not None and was.held is not None:
        raise Refused(
            f"The review was already held at {was.held:%Y-%m-%d %H:%M} UTC", "undo that if it is wrong", about="at"
        )
    if held_at > moment.now + CLOCK_TOLERANCE:
        raise Refused(
            f"{held_at:%Y-%m-%d %H:%M} UTC is in the future", "mark the review held once it is over", about="at"
        )
    if held_at < incident.started and held_at != moment.now:
        raise Refused(
            f"A review at {held_at:%Y-%m-%d %H:%M} UTC is before the incident",
            "enter when it was held, such as -2h",
            about="at",
        )
    planned = was or Review(held_at, _usual(incident), "", held_at, moment.who)
    return ReviewHeld(now=replace(planned, held=held_at), was=was)


def _usual(incident: Incident) -> int:
    return incident.plan.review.minutes


def _review_fold(state: Review | None, fact: ReviewChange) -> Review | None:
    return fact.now


def _review_words(fact: ReviewChange, incident: Incident) -> Line:
    review = value_of(fact.now, fact.was)
    if isinstance(fact, ReviewHeld):
        return Line("review", f"held at {review.held:%Y-%m-%d %H:%M} UTC" if review.held else "not held")
    moved = "moved to" if review.version else "on"
    return Line(
        "review",
        f"{moved} {review.at:%Y-%m-%d %H:%M} UTC, {review.minutes} min" + (f", {review.where}" if review.where else ""),
    )


REVIEW_TOPIC = Topic("review", None, (ReviewScheduled, ReviewHeld), _review_fold, _review_words)
