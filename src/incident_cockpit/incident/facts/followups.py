"""Follow-ups: work after the incident; and the review."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import CLOCK_TOLERANCE, Change, Moment
from incident_cockpit.incident.facts.topic import Line, Topic, fold_by_name, fold_value, value_of

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


PRIORITIES = ("high", "low")
LONGEST_KIND = 40


class FollowUp(Struct, frozen=True):
    """Work after the incident, with its owner, due date and success criterion.

    `priority` is "high", "low" or empty; `kind` is one of the plan's follow-up types.
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
    """A follow-up was logged, changed or completed."""

    kind: ClassVar[str] = "follow_up.changed"
    names: ClassVar[str] = "follow_up"
    follow_up: str
    now: FollowUp | None
    was: FollowUp | None


def add_follow_up(incident: Incident, moment: Moment, text: str, owner: str = "") -> FollowUpChanged:
    """Log a follow-up; raises Refused where it is empty."""
    if not text:
        raise Refused("Follow-up required", "for example: :follow-up alert on replica lag", about="text")
    follow_up = FollowUp(text, owner, moment.happened, moment.who)
    return FollowUpChanged(follow_up=f"f{moment.seq}", now=follow_up, was=None)


def set_owner(incident: Incident, moment: Moment, follow_up: str, who: str) -> FollowUpChanged:
    """Set the owner of a follow-up; raises Refused without a name."""
    if not who:
        raise Refused("Owner required", "enter a name", about="who")
    current = _held(incident, follow_up)
    return FollowUpChanged(follow_up=follow_up, now=replace(current, owner=who), was=current)


def set_priority(incident: Incident, moment: Moment, follow_up: str, priority: str) -> FollowUpChanged:
    """Set the priority of a follow-up: those of high priority can be a closing criterion."""
    if priority not in PRIORITIES:
        raise Refused(f'No priority matches "{priority}"', f"use one of: {', '.join(PRIORITIES)}", about="priority")
    current = _differs(incident, follow_up, priority, "priority")
    return FollowUpChanged(follow_up=follow_up, now=replace(current, priority=priority), was=current)


def set_type(incident: Incident, moment: Moment, follow_up: str, kind: str) -> FollowUpChanged:
    """Set the type of a follow-up, such as process; one of the plan's where it has any."""
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
    """Set the due date of a follow-up; raises Refused for one in the past."""
    if due <= moment.now:
        raise Refused(
            f"{due:%Y-%m-%d %H:%M} UTC is in the past", "enter a future date, such as fri or 2026-12-01", about="due"
        )
    current = _held(incident, follow_up)
    if current.due == due:
        raise Refused(f'"{current.text}" is already due then', "enter another date", about="due")
    return FollowUpChanged(follow_up=follow_up, now=replace(current, due=due), was=current)


def set_success_criterion(incident: Incident, moment: Moment, follow_up: str, success: str) -> FollowUpChanged:
    """Set the success criterion of a follow-up."""
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


def _words(fact: FollowUpChanged, incident: Incident) -> Line:
    follow_up, was = value_of(fact.now, fact.was), fact.was
    if fact.now is not None and was is not None:
        for detail, before in zip(_details(follow_up), _details(was), strict=True):
            if detail != before:
                return Line("follow-up", f"{follow_up.text}  {detail}")
    owner = f" ({follow_up.owner})" if follow_up.owner else ""
    return Line("follow-up", f"{follow_up.text}{owner}" + ("  done" if follow_up.done else ""))


def _details(follow_up: FollowUp) -> tuple[str, ...]:
    return (
        f"{follow_up.priority} priority" if follow_up.priority else "no priority",
        f"type: {follow_up.kind or 'none'}",
        f"due {follow_up.due:%Y-%m-%d %H:%M} UTC" if follow_up.due else "no due date",
        f"success criterion: {follow_up.success}" if follow_up.success else "no success criterion",
    )


TOPIC = Topic("followups", {}, (FollowUpChanged,), fold_by_name, _words)


# Review


LONGEST_REVIEW = 24 * 60


class Review(Struct, frozen=True):
    """A review: its time, length in minutes and place; when it was scheduled, and held.

    `version` counts how often it was moved, so that calendars take a later invitation for a newer one.
    """

    at: datetime
    minutes: int
    where: str
    scheduled: datetime
    by: str
    version: int = 0
    held: datetime | None = None


class ReviewChange(Change, frozen=True):
    """Change of the review."""

    subject_kind: ClassVar[str] = "review"
    now: Review | None
    was: Review | None


class ReviewScheduled(ReviewChange, frozen=True):
    """The review was scheduled or moved."""

    kind: ClassVar[str] = "review.scheduled"


class ReviewHeld(ReviewChange, frozen=True):
    """The review was held."""

    kind: ClassVar[str] = "review.held"


def schedule_review(
    incident: Incident, moment: Moment, at: datetime, minutes: timedelta | None = None, where: str = ""
) -> ReviewScheduled:
    """Schedule or move the review; the default length is the plan's.

    Raises Refused for a time before the resolution, and for one in the past while the incident goes on.
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
    """Mark the review held, now or at a past time; also one that was not scheduled."""
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


def _review_words(fact: ReviewChange, incident: Incident) -> Line:
    review = value_of(fact.now, fact.was)
    if isinstance(fact, ReviewHeld):
        return Line("review", f"held at {review.held:%Y-%m-%d %H:%M} UTC" if review.held else "not held")
    moved = "moved to" if review.version else "on"
    return Line(
        "review",
        f"{moved} {review.at:%Y-%m-%d %H:%M} UTC, {review.minutes} min" + (f", {review.where}" if review.where else ""),
    )


REVIEW_TOPIC = Topic("review", None, (ReviewScheduled, ReviewHeld), fold_value, _review_words)
