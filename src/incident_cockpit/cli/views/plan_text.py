"""A response plan as people read it before an incident, or look something up in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import get_args

from incident_cockpit.cli.views.layout import WIDTH, listed, matrix, table, wrapped
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.references import MILESTONES
from incident_cockpit.plan.schema import (
    Cadence,
    Detection,
    IncidentType,
    Phase,
    Plan,
    Reporter,
    Role,
    Severity,
    Trigger,
    review_due,
)
from incident_cockpit.plan.templates import MOMENTS
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.times.business_calendar import Hours, Weekday, Within
from incident_cockpit.times.format import duration

_INDENT = "  "
_ROOM = WIDTH - len(_INDENT)
_METRICS = {"ttd": "time to detect", "tta": "time to acknowledge", "ttm": "time to mitigate", "ttr": "time to resolve"}


def lines(plan: Plan, today: date) -> Iterator[str]:
    """Yield the whole plan but the texts of its templates; `today` is the date in the plan's zone."""
    yield clean_line(f"{plan.name} ({plan.id})")
    yield from wrapped(f"{_frame(plan)}.")
    yield ""
    yield from wrapped(plan.about)
    yield from _part("Severities", _entries(_severity(one) for one in plan.severities))
    yield from _part("Roles", _entries(_role(plan, one) for one in plan.roles))
    yield from _part("Types of incident", _entries(_type(one) for one in plan.types))
    yield from _part("How incidents are found", _entries(_by_route(one) for one in plan.detections))
    yield from _part("Who reports", _entries(_by_route(one) for one in plan.reporters))
    yield from _part("Triage", _triage(plan))
    yield from _part("Phases", _entries(_phase(plan, one) for one in plan.phases))
    yield from _part("Clocks", _clocks(plan))
    yield from _part("What notices say", _notices(plan))
    yield from _part("Reasons to escalate", _entries(_trigger(one) for one in plan.triggers))
    yield from _part("Updates", _entries(_cadence(plan, one) for one in plan.cadences))
    yield from _part("Words that readers outside do not know", wrapped(", ".join(plan.jargon), _ROOM))
    yield from _part("Channel and call", _meeting(plan))
    yield from _part("Texts to copy", _texts(plan))
    yield from _part("When it is resolved", _resolved(plan))
    yield from _part("Before it is closed", _closing(plan))
    yield from _part("Postmortem and review", _afterwards(plan))
    targets = ((_METRICS.get(one.metric, one.metric), _at(one.seconds, one.severities)) for one in plan.targets)
    yield from _part("Targets", table(targets, _ROOM))
    yield from _part(
        "Contacts", table(((one.name, ", ".join(filter(None, (one.reach, one.mail)))) for one in plan.contacts), _ROOM)
    )
    yield from _part("Systems", _systems(plan))
    yield from _part("Upkeep", _upkeep(plan, today))


def _part(title: str, body: Iterable[str]) -> Iterator[str]:
    """Yield a heading and what is under it, nothing where there is nothing."""
    inner = list(body)
    if inner:
        yield from ("", title)
        yield from (f"{_INDENT}{line}".rstrip() for line in inner)


def _entries(entries: Iterable[tuple[str, str, Iterable[str]]]) -> Iterator[str]:
    """Yield each thing under its id and its name."""
    for called, name, body in entries:
        yield from wrapped(name, _ROOM, f"{called}  ", "    ")
        yield from (f"    {line}" for line in body)


_BODY = _ROOM - 4


def _frame(plan: Plan) -> str:
    said = [f"Extends {plan.extends}"] if plan.extends else []
    said += [f"times in {plan.zone}", f"working hours {_hours(plan.hours)}"]
    if plan.runbook:
        said.append(f"runbook {plan.runbook}")
    joined = "; ".join(said)
    return joined[:1].upper() + joined[1:]


def _hours(hours: Hours) -> str:
    opens, closes = (f"{minute // 60:02}:{minute % 60:02}" for minute in (hours.opens, hours.closes))
    free = f", not on {', '.join(hours.holidays)}" if hours.holidays else ""
    return f"{_days(hours.days)} from {opens} to {closes}{free}"


def _days(days: Sequence[Weekday]) -> str:
    """Return "mon to fri" for days that follow each other, and otherwise each."""
    order = [day for day in get_args(Weekday) if day in days]
    joined = get_args(Weekday).index(order[-1]) - get_args(Weekday).index(order[0]) == len(order) - 1
    return f"{order[0]} to {order[-1]}" if joined and len(order) > 2 else ", ".join(order)


def _severity(one: Severity) -> tuple[str, str, Iterator[str]]:
    return one.id, one.name, _severity_body(one)


def _severity_body(one: Severity) -> Iterator[str]:
    yield from wrapped(one.means, _BODY)
    yield from listed(one.criteria, _BODY)
    times = (("respond", one.respond), ("escalate", one.escalate))
    said = [f"{what}: {_within(within)}" for what, within in times if within]
    said.append("" if one.round_the_clock else "in working hours alone")
    yield from wrapped("; ".join(filter(None, said)), _BODY)
    yield from wrapped(f"tell: {', '.join(one.tell)}" if one.tell else "", _BODY)
    yield from (line for note in one.notes for line in wrapped(note, _BODY))


def _role(plan: Plan, one: Role) -> tuple[str, str, Iterator[str]]:
    said = ["several" if one.many else "", "in command" if one.id == plan.command_role else ""]
    said.append(f"required at {', '.join(one.required_at)}" if one.required_at else "")
    facts = ", ".join(filter(None, said))
    called = one.name if one.name.casefold() == one.short.casefold() else f"{one.name} ({one.short})"
    return one.id, called + (f": {facts}" if facts else ""), _role_body(one)


def _role_body(one: Role) -> Iterator[str]:
    yield from listed(one.duties, _BODY)
    yield from wrapped(f"choose by: {'; '.join(one.criteria)}" if one.criteria else "", _BODY)


def _type(one: IncidentType) -> tuple[str, str, Iterator[str]]:
    return one.id, one.name, _type_body(one)


def _type_body(one: IncidentType) -> Iterator[str]:
    marks = ("restricted", one.restricted), ("starts the clocks from aware", one.aware), ("breach record", one.breach)
    said = [f"runbook {one.runbook}" if one.runbook else "", *(words for words, on in marks if on)]
    yield from wrapped(one.means, _BODY)
    yield from wrapped("; ".join(filter(None, said)), _BODY)
    yield from listed(one.steps, _BODY)


def _by_route(one: Detection | Reporter) -> tuple[str, str, Iterator[str]]:
    return one.id, one.name, wrapped(one.route, _BODY)


def _triage(plan: Plan) -> Iterator[str]:
    triage = plan.triage
    yield from wrapped("A new incident begins as a report that is looked at first." if triage.first else "", _ROOM)
    spans = (
        ("validate", triage.validate_within),
        ("investigate", triage.investigate_within),
        ("answer the reporter", triage.answer_within),
    )
    rows = [(what, f"within {_span(seconds)}") for what, seconds in spans if seconds is not None]
    said = (("who", triage.owner), ("where", triage.route), ("after a false alarm", triage.false_alarm_follow_up))
    yield from table([*((what, text) for what, text in said if text), *rows], _ROOM)


def _phase(plan: Plan, one: Phase) -> tuple[str, str, Iterator[str]]:
    said = ["the first" if one.id == plan.first_phase else "", f"for the public {one.public}"]
    said += [f"reaches {one.milestone}" if one.milestone else "", "" if one.live else "the incident is over"]
    return one.id, one.name, _phase_body(one, "; ".join(filter(None, said)))


def _phase_body(one: Phase, facts: str) -> Iterator[str]:
    yield from wrapped(one.means, _BODY)
    yield from wrapped(facts, _BODY)
    for item in one.checklist:
        yield from wrapped(item, _BODY, "[ ] ")


def _clocks(plan: Plan) -> Iterator[str]:
    """Yield everything with a clock, by the milestone it runs from, with a column for each severity where they fit."""
    for milestone in MILESTONES:
        held = [one for one in plan.deadlines if one.start == milestone]
        if held:
            heads = [one.id for one in plan.severities]
            rows = _rows(held, heads)
            yield f"from {milestone}"
            yield from (f"{_INDENT}{line}" for line in matrix(heads, rows, _BODY) or _beside(heads, rows))
    if plan.progress is not None:
        where = f" at {', '.join(plan.progress_at)}" if plan.progress_at else ""
        silence = f"after {_span(plan.progress)} without progress{where}"
        yield from wrapped(f"{silence}, until mitigated: is there progress?", _ROOM)


def _rows(held: Sequence[Deadline], severities: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return what is asked for with its time at each severity; what several severities ask for is one row."""
    rows: list[tuple[str, list[str]]] = []
    for one in held:
        label = _asked(one)
        mine = [_within(one.within) if not one.severities or level in one.severities else "" for level in severities]
        row = next((cells for named, cells in rows if named == label and not _clash(cells, mine)), None)
        if row is None:
            rows.append((label, mine))
        else:
            row[:] = [there or new for there, new in zip(row, mine, strict=True)]
    return rows


def _clash(some: Sequence[str], others: Sequence[str]) -> bool:
    return any(one and other for one, other in zip(some, others, strict=True))


def _within(one: Within) -> str:
    return "at once" if one.seconds == 0 and one.working is None and one.days is None else one.said


def _asked(one: Deadline) -> str:
    said = [one.who if one.who and one.who.casefold() not in one.text.casefold() else "", ", ".join(one.types)]
    said.append("if needed" if one.optional else "")
    facts = "; ".join(filter(None, said))
    return clean_line(f"{one.text} ({facts})" if facts else one.text)


def _beside(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> Iterator[str]:
    return table(((label, _times(heads, row)) for label, row in rows), _BODY)


def _times(heads: Sequence[str], row: Sequence[str]) -> str:
    if len(set(row)) == 1:
        return row[0]
    return ", ".join(f"{head} {cell}" for head, cell in zip(heads, row, strict=True) if cell)


def _notices(plan: Plan) -> Iterator[str]:
    for one in plan.deadlines:
        if one.contains or (one.kind is DeadlineKind.NOTICE and one.route):
            yield from wrapped(one.text + (f": {one.route}" if one.route else ""), _ROOM, rest="    ")
            yield from (f"    {line}" for line in listed(one.contains, _BODY))


def _trigger(one: Trigger) -> tuple[str, str, Iterator[str]]:
    return one.id, one.text, wrapped(f"tell: {one.tell}" if one.tell else "", _BODY)


def _cadence(plan: Plan, one: Cadence) -> tuple[str, str, Iterator[str]]:
    return one.audience, one.name, _cadence_body(plan, one)


def _cadence_body(plan: Plan, one: Cadence) -> Iterator[str]:
    first, every = dict(one.first), dict(one.seconds)
    there = [severity.id for severity in plan.severities if severity.id in first or severity.id in every]
    said = [_rhythm(severity, first.get(severity), every.get(severity)) for severity in there]
    yield from wrapped(("; " if first else ", ").join(said) or "when it is called for, without a clock", _BODY)
    if said and (one.start, one.until) != ("declared", "resolved"):
        yield from wrapped(f"from {one.start} to {one.until}", _BODY)
    yield from wrapped(f"route: {one.route}" if one.route else "", _BODY)
    yield from wrapped(f"written for: {one.format}", _BODY)
    own = [plan.phase_name(text.phase) for text in plan.templates if text.audience == one.audience and text.phase]
    yield from wrapped(f"with a text of its own in {', '.join(own)}" if own else "", _BODY)
    yield from listed(one.guide, _BODY)


def _rhythm(severity: str, first: int | None, every: int | None) -> str:
    start = "" if first is None else f"first within {_span(first)}" if first else "first at once"
    then = "" if every is None else f"every {_span(every)}"
    return f"{severity} {', then '.join(filter(None, (start, then)))}"


def _meeting(plan: Plan) -> Iterator[str]:
    if plan.channel is not None:
        rows = (("channel", plan.channel.name), ("call", plan.channel.call))
        yield from table((row for row in rows if row[1]), _ROOM)
    if plan.participants:
        yield "has to join"
        joins = ((one.who, _at(one.within, one.severities)) for one in plan.participants)
        yield from (f"{_INDENT}{line}" for line in table(joins, _BODY))


def _texts(plan: Plan) -> Iterator[str]:
    worded = {one.id for one in plan.messages}
    if plan.messages:
        yield from table(((one.id, one.name) for one in plan.messages), _ROOM)
        others = [name for name in MOMENTS if name not in worded]
        yield from wrapped(f"in the cockpit's own words: {', '.join(others)}" if others else "", _ROOM)


def _resolved(plan: Plan) -> Iterator[str]:
    yield from wrapped(f"to confirm it: {', '.join(plan.confirmers)}" if plan.confirmers else "", _ROOM)
    if plan.watch is not None:
        yield from wrapped(f"watch for {_span(plan.watch.length)}, every {_span(plan.watch.every)}", _ROOM)
        yield from listed(plan.watch.checks, _ROOM)


def _closing(plan: Plan) -> Iterator[str]:
    for one in plan.closing:
        yield from wrapped(one.text + (f" ({', '.join(one.severities)})" if one.severities else ""), _ROOM, "- ")


def _afterwards(plan: Plan) -> Iterator[str]:
    rules, review = plan.postmortem, plan.review
    where = f"at {', '.join(rules.required_at)}" if rules.required_at else "where it is worth it"
    written = f"a postmortem is written {where}"
    yield from wrapped(f"{written}, with" if rules.sections else written, _ROOM)
    yield from listed(rules.sections, _ROOM)
    yield from wrapped(f"signed off by {rules.sign_off}" if rules.sign_off else "", _ROOM)
    yield from wrapped(f"principles: {'; '.join(rules.principles)}" if rules.principles else "", _ROOM)
    asked = f" with {', '.join(review.invite)}" if review.invite else ""
    yield from wrapped(f"the review takes {counted(review.minutes, 'minute')}{asked}", _ROOM)
    yield from listed(review.agenda, _ROOM)
    kinds = f"kinds of follow-ups: {', '.join(plan.follow_up_kinds)}" if plan.follow_up_kinds else ""
    yield from wrapped(kinds, _ROOM)


def _systems(plan: Plan) -> Iterator[str]:
    for one in plan.systems:
        yield from wrapped(one.name + (f": {one.owner}" if one.owner else ""), _ROOM, rest="    ")
        yield from (f"    {line}" for line in table(((each.name, each.url) for each in one.resources), _BODY))


def _upkeep(plan: Plan, today: date) -> Iterator[str]:
    upkeep, due = plan.upkeep, review_due(plan.upkeep)
    if upkeep.reviewed:
        yield from wrapped(f"gone through on {upkeep.reviewed}{_again(due, today) if due else ''}", _ROOM)
    elif upkeep.review_days:
        yield f"to be gone through every {counted(upkeep.review_days, 'day')}"
    if upkeep.drill_days:
        yield f"a drill every {counted(upkeep.drill_days, 'day')}"
    yield from listed(upkeep.notes, _ROOM)


def _again(due: date, today: date) -> str:
    days = (due - today).days
    if days > 0:
        return f", due again on {due}, in {counted(days, 'day')}"
    return f", due again today, {due}" if not days else f", was due again on {due}, {counted(-days, 'day')} ago"


def _at(seconds: int, severities: Sequence[str]) -> str:
    within = f"within {_span(seconds)}" if seconds else "at once"
    return within + (f" at {', '.join(severities)}" if severities else "")


def _span(seconds: int) -> str:
    return duration(timedelta(seconds=seconds))
