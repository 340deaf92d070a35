"""Preview of an action: what it would do, by the same rules that will do it."""

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
from incident_cockpit.incident.views.due import DueItem, DueKind, due_items
from incident_cockpit.times.format import countdown

# Of the items that become due, the first few are named; the Due pane has the others.
_SHOWN, _LONGEST = 3, 80
_MINUTE = timedelta(minutes=1)


def preview(
    action: Action, record: Record, who: str, here: Here, values: Mapping[str, Any], brought: RuleInputs = NO_INPUTS
) -> str:
    """Return what the action would do, one line each: the change, asks, follow-ups, due items, and what it leaves open.

    Raises Refused as the action itself would.
    """
    moment = Moment(who, here.now, here.now, record.seq + 1)
    pending = invoke(action, record, moment, here, values, brought)
    after = reduce(apply, _events(record, pending, moment), record.incident)
    facts = [each.fact for each in pending]
    change = _change(action, record.incident, after, facts)
    follow_ups = (fact for fact in facts if isinstance(fact, FollowUpChanged) and fact.was is None)
    left_open = warnings(action, record, here, values)
    return "\n".join(
        (
            change,
            *_asks(facts),
            *(f"Will log follow-up: {fact.now.text}" for fact in follow_ups if fact.now is not None),
            *_new_due_items(record.incident, after, here.now),
            *(sentence for sentence in left_open if sentence not in change),
        )
    )


def warnings(action: Action, record: Record, here: Here, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what the action would leave open, one sentence each; raises Refused for unreadable values."""
    if action.warns is None:
        return ()
    return tuple(action.warns(record.incident, resolve(action, record, here, values)))


def _events(record: Record, pending: Sequence[PendingFact], moment: Moment) -> list[Event]:
    """Return the facts as events that are not stored."""
    return [
        Event("", record.id, seq, moment.seq, each.happened or moment.happened, moment.now, moment.who, each.fact,
              each.undoes)
        for seq, each in enumerate(pending, start=moment.seq)
    ]  # fmt: skip


def _change(action: Action, incident: Incident, after: Incident, facts: Sequence[Fact]) -> str:
    """Return severity and commander of a declaration, of all else the first entry of the timeline."""
    level = after.severity
    if incident.severity is None and level is not None:
        text = f"declared as {level.value}, {commander(after) or 'no one'} is in command"
        return f"{text}: {level.reason}" if level.reason else text
    for fact in facts:
        entry = topics.TOPIC_OF[type(fact)].words(fact, incident)
        return f"{entry.label}: {entry.text}"
    return action.title


def _asks(facts: Sequence[Fact]) -> Iterator[str]:
    """Yield who will be asked, those with the same request together; without asks, the channel."""
    assignees: dict[str, list[str]] = {}
    for fact in facts:
        if isinstance(fact, AskMade) and fact.was is None and fact.now is not None:
            assignees.setdefault(fact.now.text, []).append(fact.now.who)
    yield from (f"Will ask {', '.join(people)} to {request}" for request, people in assignees.items())
    yield from (f"Channel: #{fact.now}" for fact in facts if isinstance(fact, ChannelSet) and not assignees)


def _new_due_items(before: Incident, after: Incident, now: datetime) -> Iterator[str]:
    """Yield what becomes due, or due sooner, on one line.

    Left out are asks, which have their own line, phase windows, which are no work, and the check for progress, which
    every entry restarts.
    """
    known = {item.key: item.at for item in due_items(before)}
    new = [
        item
        for item in due_items(after)
        if (item.key not in known or item.at < known[item.key])
        and not (item.optional or item.kind in (DueKind.ASK, DueKind.WINDOW) or item.is_progress_check)
    ]
    if new:
        more = f"; and {len(new) - _SHOWN} more" if len(new) > _SHOWN else ""
        yield f"Will start: {'; '.join(_due_text(item, now) for item in new[:_SHOWN])}{more}"


def _due_text(item: DueItem, now: datetime) -> str:
    # To the minute: seconds would be wrong by the time it is read.
    left, text = countdown(now - (now - item.at) // _MINUTE * _MINUTE, now), item.text
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST - 1].rstrip()}…"
    # An item that is due at once says so in its text: "Tell the EM and the VP, now".
    return text if item.text.endswith(f", {left}") else f"{text} ({left})"
