"""Any sequence of actions: what is stored is what is known, undo leaves only its own trace, no reader ever fails."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.actions.arguments.of_incident import StepArg
from incident_cockpit.actions.arguments.people import NameArg, people
from incident_cockpit.actions.arguments.texts import EntryArg, PinnedArg
from incident_cockpit.actions.arguments.times import DurationArg, DurationOrOffArg, TimeArg
from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.errors import Refused
from incident_cockpit.incident import codec
from incident_cockpit.incident.event import Event
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident, fold
from incident_cockpit.incident.views.checklist import last_position
from incident_cockpit.incident.views.due import due_items, urgency
from incident_cockpit.incident.views.metrics import metrics
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.runbook.model import Runbook, Step
from support.builders import RUNBOOK, Story, default_plan, full_plan, newer_runbook, runbook_at

PEOPLE = ("Ana", "Raj", "Mio")
# What a machine may do: everything with a rule, but for what needs a file, and the takings back.
DOABLE = [
    action
    for action in ACTIONS.values()
    if action.decide and action.name not in ("attach", "update-runbook", "adopt-plan", "undo", "redo")
]
VERSIONS = [runbook_at(RUNBOOK), newer_runbook(), newer_runbook("dashboard"), newer_runbook("", "- [x] Breathe out")]
LIKELY = [
    ACTIONS[name]
    for name in (
        "phase",
        "severity",
        "impact",
        "assign",
        "tick",
        "milestone",
        "sent",
        "test",
        "complete",
        "waive",
        "snooze",
    )
]
ON_STEPS = [
    ACTIONS[name]
    for name in ("tick", "answer-step", "tick-all", "add-step", "timebox", "assign-step", "branch", "reopen-step")
]

words = st.one_of(
    st.sampled_from(["5xx at 8%", "bad deploy", "DNS", "it is back", "x", "@Raj", "[/b]", "\x1b[31mred", "ö" * 90]),
    st.text(max_size=12),
)
spans = st.sampled_from(["30s", "1m", "10m", "1h30m", "90d", "366d", "soon", "0m"])
waits = st.sampled_from(["", "40s", "6m"])
times = st.sampled_from(["", "", "", "", "", "-1m", "-7m", "14:00", "yesterday 23:50"])


def standing(record: Record) -> Incident:
    """Return what the events make that were not taken back, as if the rest had never been."""
    kept = [event for event in record.events if event.undoes is None and record.undone_by(event.seq) is None]
    return fold(kept)


def without_seq(incident: Incident) -> Incident:
    return replace(incident, seq=0, moved=None)


class Machine(RuleBasedStateMachine):
    """Several people act on one incident, each forwards and backwards."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story()

    @initialize(runbook=st.booleans(), since=st.sampled_from(["", "-20m"]), full=st.booleans(), report=st.booleans())
    def begin(self, runbook: bool, since: str, full: bool, report: bool) -> None:
        plan = full_plan() if full else default_plan()
        if report:
            self.story.report("Checkout fails", who="Jo", when=since, plan=plan)
        else:
            self.story.declare("Checkout fails", "SEV2", runbook=RUNBOOK if runbook else None, since=since, plan=plan)
        self._do("hypothesis", "Raj", text="bad deploy")
        self._do("ask", "Mio", who="Raj", within="10m", text="5xx at 8%")
        self._do("timer", "Ana", within="10m")

    def _word(self, data: st.DataObject, arg: Arg) -> str:
        known = [*arg.offered(self.story.incident)]
        if isinstance(arg, StepArg):
            # Few of many, so that actions meet on the same ones, and the newest, which may have been added here.
            known = known[:6] + [one for one in known if ".a" in one.id][-4:]
        if known:
            one = data.draw(st.sampled_from(known))
            return data.draw(st.sampled_from([one.id, one.id, one.id, one.words, "no such thing"]))
        match arg:
            case NameArg():
                return data.draw(st.sampled_from([*PEOPLE, *people(self.story.record), "raj", ""]))
            case DurationArg() | DurationOrOffArg():
                return data.draw(st.one_of(spans, st.just("off")))
            case TimeArg():
                return data.draw(times)
            case PinnedArg():
                return data.draw(st.sampled_from(["https://g.example/1", "http://g.example/2?x=y", "javascript:1"]))
            case EntryArg():
                return f"#{data.draw(st.integers(1, self.story.record.seq))}"
        return data.draw(words)

    def _do(self, name: str, by: str, after: str = "", when: str = "", /, **values: Any) -> tuple[Event, ...]:
        try:
            return self.story.do(name, by=by, after=after, when=when, **values)
        except Refused as refused:
            note(f"{name}: {refused}")
            return ()

    @rule(data=st.data(), count=st.integers(1, 4))
    def act(self, data: st.DataObject, count: int) -> None:
        for _ in range(count):
            action = data.draw(st.sampled_from(data.draw(st.sampled_from([DOABLE, LIKELY, ON_STEPS]))))
            values = {arg.name: self._word(data, arg) for arg in action.args}
            if action.name == "branch":
                values["choice"] = data.draw(st.sampled_from(["1", "2", "3", "escalate", ""]))
            by, after, when = (data.draw(each) for each in (st.sampled_from(PEOPLE), waits, times))
            self._do(action.name, by, after, when, **values)

    @precondition(lambda self: self.story.incident.steps.runbooks)
    @rule(newer=st.sampled_from(VERSIONS), step=st.integers(1, 40), by=st.sampled_from(PEOPLE[:2]))
    def merge(self, newer: Runbook, step: int, by: str) -> None:
        """A newer runbook comes while people work on the old one; it may have what they added."""
        self._do("tick-off", by, step=f"s{step}")
        self._do("add-step", PEOPLE[1], step=f"s{step}", text="Breathe")
        self._do("update-runbook", by, runbook=next(iter(self.story.incident.steps.runbooks)), newer=newer)
        self._do("tick-off", PEOPLE[0], step=f"s{step + 1}")

    @rule(full=st.booleans(), by=st.sampled_from(PEOPLE[:2]))
    def adopt(self, full: bool, by: str) -> None:
        """The plan changes while people work by it."""
        self._do("adopt-plan", by, plan=full_plan() if full else default_plan())

    @invariant()
    def every_mark_is_about_a_step(self) -> None:
        steps = self.story.incident.steps
        assert all(steps.find(step) for step in (*steps.marks, *steps.assignees, *steps.time_limits, *steps.added))
        for key, runbook in steps.runbooks.items():
            order = steps.of(key)
            assert len({step.key for step in order}) == len(order)
            assert [step for step in order if f"{key}.{step.key}" not in steps.added] == list(runbook.steps)
            assert {f"{key}.{step.key}" for step in order} >= {one for one in steps.added if one.startswith(f"{key}.")}
            self._stands_well(order, len(runbook.sections))

    @staticmethod
    def _stands_well(order: tuple[Step, ...], sections: int) -> None:
        """Each step stands under its parent, one deeper, behind it, in a section that there is."""
        depths: dict[str | None, int] = {None: -1}
        for step in order:
            assert step.depth == depths[step.parent] + 1
            assert step.section < sections
            depths[step.key] = step.depth

    @invariant()
    def everybody_is_somewhere_that_is_open(self) -> None:
        steps = self.story.incident.steps
        for who in PEOPLE:
            found = last_position(self.story.record, who)
            assert found is None or (steps.find(found.step) and not steps.closed(found.step))

    def _somebody_lately(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from([event.who for event in self.story.record.events[-4:]]))

    @rule(data=st.data(), count=st.integers(1, 3))
    def undo(self, data: st.DataObject, count: int) -> None:
        record, by = self.story.record, self._somebody_lately(data)
        for _ in range(count):
            undone = {event.undoes for event in self._do("undo", by)}
            assert all(event.who == by for event in record.events if event.seq in undone), "undid another's work"

    @rule(data=st.data(), count=st.integers(1, 3))
    def redo(self, data: st.DataObject, count: int) -> None:
        by = self._somebody_lately(data)
        for _ in range(count):
            self._do("redo", by)

    @precondition(lambda self: self.story.record.seq > 10)
    @rule(data=st.data(), after=waits)
    def undo_and_redo(self, data: st.DataObject, after: str) -> None:
        before, by = self.story.incident, self._somebody_lately(data)
        if self._do("undo", by, after):
            assert self._do("redo", by), "what was just undone did not come back"
            assert without_seq(self.story.incident) == without_seq(before)

    @rule(
        moves=st.lists(st.tuples(st.sampled_from(PEOPLE[:2]), st.sampled_from(["impact", "undo", "redo"])), max_size=8)
    )
    def contend(self, moves: list[tuple[str, str]]) -> None:
        """Two people change the same thing, and change their minds in any order."""
        for by, move in moves:
            values = {"impact": f"as {by} sees it at {self.story.record.seq}"} if move == "impact" else {}
            self._do(move, by, **values)
            self.taking_back_leaves_no_trace()

    @invariant()
    def taking_back_leaves_no_trace(self) -> None:
        assert without_seq(self.story.incident) == without_seq(standing(self.story.record))

    @invariant()
    def nothing_that_reads_fails(self) -> None:
        record, now = self.story.record, self.story.now
        if record.seq:
            assert [line.happened for line in timeline_entries(record)] == sorted(
                line.happened for line in timeline_entries(record)
            )
            assert all(urgency(item, now) and item.subject for item in due_items(record.incident))
            assert all(prompt.text for prompt in prompts(record.incident, now))
            assert all(metric.value is None or metric.since for metric in metrics(record.incident))

    @precondition(lambda self: self.story.record.seq > 0)
    @rule()
    def reload(self) -> None:
        record = self.story.record
        again = Record(record.id, [codec.decode(codec.encode(event)) for event in record.events])
        assert again.incident == record.incident
        assert again.read_order == record.read_order

    @precondition(lambda self: self.story.record.seq > 0)
    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        record = self.story.record
        at = data.draw(st.sampled_from(record.events)).recorded
        then = record.as_known_at(at)
        prefix = [event for event in record.events if event.recorded <= at]
        assert then.events == prefix
        assert then.incident == fold(prefix)
        assert [line.seq for line in timeline_entries(then)] == [
            line.seq for line in timeline_entries(Record(record.id, prefix))
        ]


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=250, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
