"""Wandering through an incident: whatever people may do that a plan has clocks for, in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.views.due import DueItem, due_items
from incident_cockpit.incident.views.next_action import action_for
from incident_cockpit.plan.schema import Plan
from support.builders import Story, full_plan
from support.deadlines import DEADLINES, span

PEOPLE = ("Ana", "Raj")
MOVED = ("detected", "aware", "mitigated", "resolved", "acknowledged")
SPANS = ("30s", "4m", "16m", "50m", "9h", "1d", "3d")

Step = Callable[[Story, st.DrawFn], object]


def newer_plan() -> Plan:
    """Return a later version of the whole plan: some of it is as it was, some is changed, some new, some gone."""
    kept = tuple(
        replace(one, within=span("25m")) if one.id in ("rung-SEV1-vp-engineering", "impact", "role-tech") else one
        for one in DEADLINES
        if one.id not in ("ticket", "rung-SEV1-cto")
    )
    return replace(
        full_plan(), deadlines=(*kept, replace(DEADLINES[-1], id="new", start="declared", met_by="done new"))
    )


def attempt(story: Story, action: str, /, **values: Any) -> tuple[Event, ...]:
    """Do an action where the rules let it, at once."""
    try:
        return story.do(action, **{"after": "", **values})
    except Refused as refused:
        note(f"{action}: {refused}")
        return ()


def settle(story: Story, item: DueItem) -> tuple[Event, ...]:
    """Do what the item says that deals with it, as the screen would, with some words where it asks for words."""
    action, about, _ = action_for(item)
    values: dict[str, Any] = {
        "update": {"audience": about, "route": "x", "text": "we are on it"},
        "answer": {"ask": about, "answer": "3 s"},
        "done": {"timer": about},
        "tick-off": {"step": about},
        "answered": {},
        "triage": {"severity": "SEV2", "why": "it is real"},
        "copy-message": {"item": about},
        "complete": {"item": about},
        "assign": {"role": about, "who": f"person {story.record.seq}"},
        "mark": {"name": about},
        "phase": {"phase": _next_phase(story), "reason": "on we go"},
        "impact": {"impact": "8% of payments fail"},
        "resolve": {"verified": "5xx at baseline"},
        "close": {"reason": "all is said"},
        "review-held": {},
        "schedule-review": {"at": "in 20d"},
        "follow-up-done": {"follow_up": _urgent(story)},
    }[action]
    # What belongs to the screen ends in one of these: it copies a text, or asks for the verdict first.
    done = {"update": "sent", "triage": "declare", "copy-message": "complete"}.get(action, action)
    return story.do(done, after="1s", **values)


def _next_phase(story: Story) -> str:
    order = [phase.id for phase in story.incident.plan.phases]
    held = story.incident.phase
    place = order.index(held.value) if held else -1
    return order[min(place + 1, len(order) - 1)]


def _urgent(story: Story) -> str:
    return next((key for key, one in story.incident.followups.items() if not one.done and one.priority == "high"), "")


def _one_of(story: Story, draw: st.DrawFn) -> DueItem | None:
    items = due_items(story.incident)
    return draw(st.sampled_from(items)) if items else None


def _mark(action: str, **words: str) -> Step:
    def step(story: Story, draw: st.DrawFn) -> object:
        items: Sequence[DueItem] = [item for item in due_items(story.incident) if item.completion_marks]
        return attempt(story, action, item=draw(st.sampled_from(items)).key, **words) if items else None

    return step


def _drawn(action: str, **choices: Sequence[str]) -> Step:
    def step(story: Story, draw: st.DrawFn) -> object:
        values = {name: draw(st.sampled_from(words)) for name, words in choices.items()}
        return attempt(story, action, **values)

    return step


def _settle(story: Story, draw: st.DrawFn) -> object:
    item = _one_of(story, draw)
    return settle(story, item) if item is not None else None


def _snooze(story: Story, draw: st.DrawFn) -> object:
    item = _one_of(story, draw)
    return attempt(story, "snooze", item=item.key, within=draw(st.sampled_from(SPANS))) if item is not None else None


def _adopt(story: Story, draw: st.DrawFn) -> object:
    return attempt(story, "adopt-plan", plan=draw(st.sampled_from([full_plan(), newer_plan()])))


# What may happen, the likeliest named more than once.
STEPS: tuple[tuple[str, Step], ...] = (
    ("wait", lambda story, draw: story.wait(draw(st.sampled_from(SPANS)))),
    ("wait briefly", lambda story, draw: story.wait(draw(st.sampled_from(SPANS[:3])))),
    ("severity", _drawn("severity", severity=("SEV1", "SEV1", "SEV2", "SEV3", "SEV4"), reason=("so it is",))),
    ("severity again", _drawn("severity", severity=("SEV1", "SEV2", "SEV3"), reason=("so it is now",))),
    ("complete", _mark("complete")),
    ("waive", _mark("waive", reason="not this time")),
    ("settle", _settle),
    ("settle more", _settle),
    ("snooze", _snooze),
    ("escalate", _drawn("escalate", who=("Engineering manager", "CTO", "Lou"), reason=("beyond us",))),
    ("trigger", _drawn("trigger", trigger=("target", "legal"), who=("", "VP Engineering"))),
    ("assign", _drawn("assign", role=("tech", "comms", "ic"), who=("Raj", "Mio"), by=PEOPLE)),
    ("release", _drawn("release", role=("tech", "comms"))),
    ("solo", _drawn("solo")),
    ("phase", _drawn("phase", phase=("investigating", "identified", "monitoring", "resolved"), reason=("seen",))),
    ("resolve", _drawn("resolve", verified=("5xx at baseline",))),
    ("reopen", _drawn("phase", phase=("investigating", "monitoring"), reason=("it is back",))),
    ("close", _drawn("close", reason=("", "that will do"))),
    ("type", _drawn("type", type=("outage", "security", "breach"))),
    ("remove-type", _drawn("remove-type", type=("outage", "security", "breach"), reason=("it is none",))),
    ("milestone", _drawn("milestone", name=MOVED, at=("-1m", "-20m"))),
    ("mark", _drawn("mark", name=("confirmed", "mitigated", "aware"))),
    ("sent", _drawn("sent", audience=("internal", "external"), route=("x",), text=("on it",), when=("", "-3m"))),
    ("impact", _drawn("impact", impact=("8% of payments", "all payments"))),
    ("follow-up", _drawn("follow-up", text=("mend the alert",))),
    ("priority", _drawn("follow-up-priority", follow_up=("mend",), priority=("high", "low"))),
    ("follow-up-done", _drawn("follow-up-done", follow_up=("mend",))),
    ("adopt", _adopt),
    ("dismiss", _drawn("dismiss", reason=("a planned load test",))),
    ("declare", _drawn("declare", severity=("SEV1", "SEV3"), why=("it is real",))),
    ("undo", _drawn("undo", by=PEOPLE)),
    ("redo", _drawn("redo", by=PEOPLE)),
)  # fmt: skip


@st.composite
def wandered(draw: st.DrawFn, longest: int = 25) -> Story:
    """Return an incident after some of these steps, draft as a declaration or as a report."""
    story = begin(draw)
    for _ in range(draw(st.integers(0, longest))):
        name, step = draw(st.sampled_from(STEPS))
        note(f"{story.now:%d %H:%M:%S} {name}")
        step(story, draw)
    return story


def begin(draw: st.DrawFn) -> Story:
    """Return an incident that has just draft."""
    plan = draw(st.sampled_from([full_plan(), newer_plan()]))
    if draw(st.integers(0, 5)) == 0:
        return Story().report(plan=plan, when="-5m")
    return Story().declare(severity=draw(st.sampled_from(["SEV1", "SEV2", "SEV3"])), plan=plan, since="-30m")
