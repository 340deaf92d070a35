"""What an action would lead to, before it is done: the same rules and the same words as afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.execute import invoke, resolve
from incident_cockpit.incident import facts as topics
from incident_cockpit.incident.declare import NO_INPUTS, RuleInputs
from incident_cockpit.incident.event import Event, Fact, Moment, PendingFact
from incident_cockpit.incident.facts.asks import AskMade
from incident_cockpit.incident.facts.classification import ChannelSet
from incident_cockpit.incident.facts.followups import FollowUpChanged
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident, apply
from incident_cockpit.incident.views.due import SILENCE, DueItem, DueKind, due_items
from incident_cockpit.times.format import countdown

# So much of what becomes due is named, the soonest first, and so long: the Due pane has the rest.
_SHOWN, _LONGEST = 3, 80
_MINUTE = timedelta(minutes=1)


def foreseen(
    action: Action, record: Record, who: str, here: Here, values: Mapping[str, Any], brought: RuleInputs = NO_INPUTS
) -> str:
    """Return what it would do, a line each: what is decided, who is asked for what, what is due then, what stays open.

    Raises Refused as doing it would.
    """
    moment = Moment(who, here.now, here.now, record.seq + 1)
    drafts = invoke(action, record, moment, here, values, brought)
    after = reduce(apply, _events(record, drafts, moment), record.incident)
    facts = [draft.fact for draft in drafts]
    decided = _decided(action, record.incident, after, facts)
    return "\n".join(
        (
            decided,
            *_called(facts),
            *_noted(facts),
            *_due_then(record.incident, after, here.now),
            *(one for one in warnings(action, record, here, values) if one not in decided),
        )
    )


def warnings(action: Action, record: Record, here: Here, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the action would leave open, a sentence each; raises Refused for wrong words."""
    if action.warns is None:
        return ()
    return tuple(action.warns(record.incident, resolve(action, record, here, values)))


def _events(record: Record, drafts: Sequence[PendingFact], moment: Moment) -> list[Event]:
    """Return the facts as events that nobody keeps."""
    return [
        Event("", record.id, seq, moment.seq, draft.happened or moment.happened, moment.now, moment.who, draft.fact,
              draft.undoes)
        for seq, draft in enumerate(drafts, start=moment.seq)
    ]  # fmt: skip


def _decided(action: Action, incident: Incident, after: Incident, facts: Sequence[Fact]) -> str:
    """Return of a declaration how bad it is and who commands, of all else the first line of the timeline."""
    level = after.severity
    if incident.severity is None and level is not None:
        said = f"declared as {level.value}, {commander(after) or 'nobody'} is in command"
        return f"{said}: {level.reason}" if level.reason else said
    for fact in facts:
        line = topics.TOPIC_OF[type(fact)].words(fact, incident)
        return f"{line.sort}: {line.text}"
    return action.about


def _called(facts: Sequence[Fact]) -> Iterator[str]:
    """Say who is asked for what, several who are asked for the same together; and where to meet if nobody is asked."""
    named: dict[str, list[str]] = {}
    for fact in facts:
        if isinstance(fact, AskMade) and fact.was is None and fact.now is not None:
            named.setdefault(fact.now.text, []).append(fact.now.who)
    yield from (f"asked to {text}: {', '.join(people)}" for text, people in named.items())
    yield from (f"people meet in #{fact.now}" for fact in facts if isinstance(fact, ChannelSet) and not named)


def _noted(facts: Sequence[Fact]) -> Iterator[str]:
    for fact in facts:
        if isinstance(fact, FollowUpChanged) and fact.was is None and fact.now is not None:
            yield f"noted as a follow-up: {fact.now.text}"


def _due_then(before: Incident, after: Incident, now: datetime) -> Iterator[str]:
    """Say what becomes due by it, or due sooner.

    Who is asked was said already, the time of a phase is no work, and any line begins a new silence.
    """
    known = {item.key: item.at for item in due_items(before)}
    fresh = [
        item
        for item in due_items(after)
        if (item.key not in known or item.at < known[item.key])
        and not (item.optional or item.kind in (DueKind.ASK, DueKind.WINDOW) or item.key.startswith(SILENCE))
    ]
    if fresh:
        more = f"; and {len(fresh) - _SHOWN} more" if len(fresh) > _SHOWN else ""
        yield f"due then: {'; '.join(_when(item, now) for item in fresh[:_SHOWN])}{more}"


def _when(item: DueItem, now: datetime) -> str:
    # To the minute: while it is read, nobody counts seconds.
    left, text = countdown(now - (now - item.at) // _MINUTE * _MINUTE, now), item.text
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 1].rstrip()}…"
    # What was passed already says so itself: "Tell the EM and the VP, now".
    return text if item.text.endswith(f", {left}") else f"{text} ({left})"
