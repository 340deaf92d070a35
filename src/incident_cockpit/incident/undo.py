"""Taking an action back: its facts are inverted, newest first, as ordinary facts; the record keeps both."""

from __future__ import annotations

from incident_cockpit.errors import Refused
from incident_cockpit.incident.envelope import Change, Draft, Event, Fact, Moment
from incident_cockpit.incident.legal import check_duties
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.timeline import words
from incident_cockpit.incident.topics.milestones import MilestoneReached
from incident_cockpit.incident.topics.report import Outcome, Report, ReportDecided
from incident_cockpit.incident.topics.updates import UpdateSent


def undo(record: Record, moment: Moment) -> tuple[Draft, ...]:
    """Take back the newest action of whoever acts that still stands; raises Refused with the reason it cannot be."""
    for event in reversed(record.events):
        if event.undoes is None and event.who == moment.who and record.taken_back(event.seq) is None:
            return _take_back(record, moment, event.act)
    raise Refused("there is nothing of yours to undo", f"you act as {moment.who}; others undo their own")


def redo(record: Record, moment: Moment) -> tuple[Draft, ...]:
    """Bring back what whoever acts has taken back last and not brought back yet, as long as they did nothing else."""
    for event in reversed(record.events):
        if event.who != moment.who or record.taken_back(event.seq) is not None:
            continue
        if event.undoes is None:
            break
        if record.events[event.undoes - 1].undoes is not None:
            # A redo itself: what was undone before it can still be brought back.
            continue
        return _take_back(record, moment, event.act)
    raise Refused("there is nothing to bring back", "redo follows an undo at once")


def _take_back(record: Record, moment: Moment, act: int) -> tuple[Draft, ...]:
    facts = [event for event in record.events[act - 1 :] if event.act == act]
    changes = [(event, event.fact) for event in facts if isinstance(event.fact, Change)]
    if len(changes) < len(facts):
        raise Refused("the opening of the incident cannot be undone", "resolve or close it instead")
    for event, fact in changes:
        _check_untouched(record, event, fact)
    drafts = tuple(Draft(fact.inverse(), undoes=event.seq) for event, fact in reversed(changes))
    if any(_ends(record.incident, draft.fact) for draft in drafts):
        # A redo closes as a new act does, and so does taking a reopening back.
        check_duties(record.incident, moment.now)
    return drafts


def _ends(incident: Incident, fact: Fact) -> bool:
    """Return whether a fact closes or dismisses an incident that is neither."""
    match fact:
        case MilestoneReached(name="closed", now=at):
            return at is not None and "closed" not in incident.milestones
        case ReportDecided(now=Report(outcome=outcome)):
            return outcome not in (Outcome.OPEN, Outcome.DECLARED) and not incident.dismissed
    return False


def _check_untouched(record: Record, event: Event, fact: Change) -> None:
    """Refuse when somebody built on it since, or when it has been told to others."""
    for later in record.events[event.seq :]:
        # What came later and was taken back again left no trace; nor did its taking back.
        if later.act == event.act or later.undoes in range(event.seq, later.seq) or record.taken_back(later.seq):
            continue
        if isinstance(later.fact, Change) and (fact.touched_by(later.fact) or later.fact.touched_by(fact)):
            raise Refused(
                f"'{words(record, event).text}' was changed since by {later.who}",
                "change it anew instead of undoing it",
            )
        if fact.told and isinstance(later.fact, UpdateSent):
            raise Refused(
                f"'{words(record, event).text}' has gone out in an update since",
                "change it anew, so that the next update says so",
            )
