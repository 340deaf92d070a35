"""The parts of a postmortem that settle accounts: the plan, promises, asks, steps, and the work that is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from incident_cockpit.documents.markdown import cell, item, say, table
from incident_cockpit.incident.facts.asks import Ask, AskAnswered, AskStatus
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.facts.roles import assignee_name, without_mention
from incident_cockpit.incident.facts.steps import Mark, Status
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.update_promises import Promise, promises
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import duration, overdue, stamp


def updates(record: Record, now: datetime) -> list[str]:
    """Return the updates that went out, each kept or late against what had been promised."""
    sent = sorted(record.incident.updates.sent.values(), key=lambda one: (one.sent, one.audience))
    if not sent:
        return ["No update was sent."]
    promised = {(one.audience, one.number): one for one in promises(record, now) if one.sent is not None}
    rows = [
        (stamp(one.sent), f"{say(one.audience)} {one.number}", say(one.by), say(one.route),
         _promise(promised.get((one.audience, one.number))))
        for one in sent
    ]  # fmt: skip
    texts = [item(f"{stamp(one.sent)} {say(one.audience)} {one.number}: ", one.text) for one in sent]
    return [table(("Sent", "Update", "By", "Route", "Promise"), rows), "### What they said", "\n".join(texts)]


def _promise(promise: Promise | None) -> str:
    if promise is None:
        return "none was due"
    skipped = f"; {counted(promise.skipped, 'further one')} not sent" if promise.skipped else ""
    kept = f"late {duration(promise.late)}" if promise.late else "kept"
    return f"{kept} (due {stamp(promise.due)}){skipped}"


def asks(record: Record, now: datetime) -> list[str]:
    """Return what was asked of whom and what came of it."""
    if not record.incident.asks:
        return ["Nobody was asked for anything."]
    answered = {event.fact.ask: event.happened for event in record.effective() if isinstance(event.fact, AskAnswered)}
    rows = [
        (stamp(ask.asked), _whom(ask), cell(ask.text), *_outcome(ask, answered.get(key), now))
        for key, ask in record.incident.asks.items()
    ]
    return [table(("Asked", "Whom", "What", "Status", "Answer"), rows)]


def _whom(ask: Ask) -> str:
    """Return who was asked, one after the other where it was passed on."""
    return " → ".join(say(who) for who in (*ask.before, ask.who))


def _outcome(ask: Ask, answered: datetime | None, now: datetime) -> tuple[str, str]:
    status, answer = _came_of_ask(ask, answered, now)
    return status + (f", extended {counted(ask.extended, 'time')}" if ask.extended else ""), answer


def _came_of_ask(ask: Ask, answered: datetime | None, now: datetime) -> tuple[str, str]:
    match ask.status:
        case AskStatus.ANSWERED:
            late = overdue(ask.due, answered) if answered is not None else timedelta(0)
            return f"answered, late {duration(late)}" if late else "answered", cell(ask.answer)
        case AskStatus.DROPPED:
            return "dropped", cell(ask.answer)
    return (f"overdue since {stamp(ask.due)}" if ask.due <= now else f"open until {stamp(ask.due)}"), ""


def runbooks(record: Record, _now: datetime) -> list[str]:
    """Return for every runbook what was done, what was skipped and why, and what was left open."""
    incident = record.incident
    if not incident.steps.runbooks:
        return ["No runbook was attached."]
    return [block for key, runbook in incident.steps.runbooks.items() for block in _runbook(incident, key, runbook)]


def _runbook(incident: Incident, key: str, runbook: Runbook) -> Iterator[str]:
    yield f"### {say(runbook.title)}"
    groups: dict[str, list[str]] = {"Done": [], "Skipped": [], "Left open": []}
    for step in incident.steps.of(key):
        mark = incident.steps.marks.get(f"{key}.{step.key}")
        given = incident.steps.assignees.get(f"{key}.{step.key}")
        given_to = f" → {say(assignee_name(incident, given))}" if given else ""
        added = " (added during the incident)" if f"{key}.{step.key}" in incident.steps.added else ""
        text = without_mention(incident.plan, step.text) if given else step.text
        groups[_group(mark)].append(item("", text, added + _marked(mark) + given_to))
    steps = sum(map(len, groups.values()))
    for name, items in groups.items():
        yield f"**{name}: {len(items)} of {steps}**"
        if items:
            yield "\n".join(items)
    ways = [
        item("", passed.asked, f" → {say(passed.to or passed.words)} ({say(passed.who)}, {stamp(passed.when)})")
        for gate, passed in incident.gates.items()
        if gate.startswith(f"{key}.")
    ]
    if ways:
        yield f"**Decided: {len(ways)}**"
        yield "\n".join(ways)


def _group(mark: Mark | None) -> str:
    if mark is None or mark.status in (Status.OPEN, Status.DOING):
        return "Left open"
    return "Done" if mark.status is Status.DONE else "Skipped"


def _marked(mark: Mark | None) -> str:
    if mark is None or mark.status is Status.OPEN:
        return ""
    reason = f": {say(mark.answer or mark.reason)}" if mark.answer or mark.reason else ""
    doing = "begun by " if mark.status is Status.DOING else ""
    return f" ({doing}{say(mark.who)}, {stamp(mark.when)}{reason})"


def follow_ups(record: Record, _now: datetime) -> list[str]:
    """Return the work that outlives the incident: whose it is, until when, and what shows that it was done well."""
    return _work(record, list(record.incident.followups.values()))


def high_priority(record: Record, _now: datetime) -> list[str]:
    """Return the follow-ups that must not wait (seed 002, step 8)."""
    return _work(record, [one for one in record.incident.followups.values() if one.priority == "high"])


def low_priority(record: Record, _now: datetime) -> list[str]:
    """Return the other follow-ups; those that nobody has weighed yet are among them and say so."""
    return _work(record, [one for one in record.incident.followups.values() if one.priority != "high"])


def by_owner(record: Record, _now: datetime) -> list[str]:
    """Return who has promised what until when, those without an owner first."""
    work = sorted(record.incident.followups.values(), key=lambda one: (one.owner.casefold(), one.raised))
    rows = [(say(one.owner) or "**nobody yet**", cell(one.text), _until(one), _came_of(one)) for one in work]
    return [table(("Owner", "Follow-up", "Due", "Done"), rows)] if rows else ["None was noted."]


def _work(record: Record, work: Sequence[FollowUp]) -> list[str]:
    if not work:
        return ["None was noted."]
    kinds = bool(record.incident.plan.follow_up_kinds) or any(one.kind for one in work)
    headings = ("Follow-up", "Owner", "Due", "Priority", *(("Kind",) if kinds else ()), "It is done well when", "Done")
    rows = [
        (
            cell(one.text),
            say(one.owner) or "nobody yet",
            _until(one),
            say(one.priority) or "not said",
            *((say(one.kind) or "not said",) if kinds else ()),
            cell(one.success) or "not said",
            _came_of(one),
        )
        for one in work
    ]
    return [table(headings, rows)]


def _until(one: FollowUp) -> str:
    return f"{one.due:%Y-%m-%d}" if one.due else "" if one.done else "no date yet"


def _came_of(one: FollowUp) -> str:
    if not one.done:
        return "no"
    return stamp(one.finished) if one.finished else "yes"
