"""Any course of an incident: what is due is whole, ordered, the same whenever asked, and every item has a way out."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.incident import codec
from incident_cockpit.incident.facts.classification import held_types
from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.clocks import DeadlineClock, clocks, is_legal, open_clocks
from incident_cockpit.incident.views.deadline_timing import same_duty
from incident_cockpit.incident.views.due import DueItem, due_items, urgency
from incident_cockpit.incident.views.legal_duties import legal_duties_owed
from incident_cockpit.incident.views.next_action import action_for, prompts
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind, FollowUpsDone, PhaseLeft
from support.builders import Story, full_plan
from support.random_incident import SPANS, STEPS, attempt, begin, newer_plan, settle

LONGEST = timedelta(days=15)


def parts(item: DueItem) -> list[str]:
    return item.key.removeprefix("clock:").split("+")


def of_the_plan(incident: Incident) -> list[DueItem]:
    return [item for item in due_items(incident) if item.key.startswith("clock:")]


def ended(incident: Incident) -> bool:
    return incident.dismissed or "closed" in incident.milestones


def went_on(incident: Incident) -> datetime:
    """Return since when the response goes on: the declaration, or the last phase that came back to life."""
    live = {phase.id for phase in incident.plan.phases if phase.live}
    again = [now.since for before, now in pairwise(incident.phases) if now.value in live and before.value not in live]
    return max([incident.milestones["declared"], *again[-1:]])


class Course(RuleBasedStateMachine):
    """People work, days pass, minds change."""

    def __init__(self) -> None:
        super().__init__()
        self.story = Story()

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.story = begin(data.draw)

    @rule(step=st.sampled_from(STEPS), data=st.data())
    def go_on(self, step: tuple[str, object], data: st.DataObject) -> None:
        owed, over = legal_duties_owed(self.story.incident), ended(self.story.incident)
        step[1](self.story, data.draw)  # type: ignore[operator]
        assert over or not owed or not ended(self.story.incident), "nothing ends it while a legal duty is open"

    @rule(step=st.sampled_from([step for step in STEPS if step[0].startswith(("severity", "wait", "complete"))]),
          data=st.data())  # fmt: skip
    def change(self, step: tuple[str, object], data: st.DataObject) -> None:
        self.go_on(step, data)

    @rule(minutes=st.integers(1, 90))
    def the_clock_is_set_back(self, minutes: int) -> None:
        incident = self.story.incident
        latest = max([*incident.milestones.values(), *(one.since for one in incident.severities)])
        if self.story.now - timedelta(minutes=minutes) > latest:
            self.story.clock.forward(minutes=-minutes)

    @precondition(lambda self: due_items(self.story.incident))
    @rule(data=st.data())
    def what_an_item_says_deals_with_it(self, data: st.DataObject) -> None:
        item = data.draw(st.sampled_from(due_items(self.story.incident)))
        settle(self.story, item)
        after = {one.key: one for one in due_items(self.story.incident)}
        again = after.get(item.key)
        # With several urgent follow-ups, or phases to go, each is one step of the way.
        steps = isinstance(item.condition, FollowUpsDone | PhaseLeft)
        assert again is None or again.at > item.at or steps, "it is still there, as it was"

    @precondition(lambda self: due_items(self.story.incident))
    @rule(data=st.data(), within=st.sampled_from(SPANS))
    def putting_off_moves_one_item_and_makes_it_later(self, data: st.DataObject, within: str) -> None:
        before = {item.key: item for item in due_items(self.story.incident)}
        key = data.draw(st.sampled_from(sorted(before)))
        assert attempt(self.story, "snooze", item=key, within=within)
        after = {item.key: item for item in due_items(self.story.incident)}
        assert after.keys() == before.keys()
        assert after[key].at > max(before[key].at, self.story.now - timedelta(seconds=1))
        assert {one for one in before if replace(after[one], snoozed=False) != replace(before[one], snoozed=False)} == {
            key
        }

    @invariant()
    def what_is_due_is_in_order_and_each_thing_once(self) -> None:
        items = due_items(self.story.incident)
        assert [item.at for item in items] == sorted(item.at for item in items)
        assert len({item.key for item in items}) == len(items)
        assert sum("+" in item.key for item in items) <= 1, "what is passed is one item"

    @invariant()
    def it_depends_on_facts_alone(self) -> None:
        record = self.story.record
        again = Record(record.id, [codec.decode(codec.encode(event)) for event in record.events])
        assert due_items(again.incident) == due_items(record.incident)

    @invariant()
    def nothing_is_lost_and_nothing_is_asked_that_does_not_wait(self) -> None:
        incident = self.story.incident
        if incident.adopted is None:
            return
        asked = sorted(part for item in of_the_plan(incident) for part in parts(item))
        waits = [one.deadline for one in open_clocks(incident)]
        assert asked == sorted(one.id for one in waits)

    @invariant()
    def what_was_done_is_asked_no_more_before_the_incident_ends_again(self) -> None:
        incident = self.story.incident
        for item in of_the_plan(incident):
            for word, _ in item.completion_marks:
                deed = incident.completion_marks.get(word)
                assert deed is None or deed.when < went_on(incident), (item, deed)
                assert deed is None or incident.ended or incident.milestones.get("closed"), (item, deed)

    @invariant()
    def only_what_severity_and_type_ask_for_is_due(self) -> None:
        incident = self.story.incident
        for clock in clocks(incident) if incident.adopted else ():
            asks = clock.deadline
            assert incident.severity is not None or is_legal(asks), "the law asks for no severity"
            assert any(self._asked(one) for one in incident.plan.deadlines if one == asks or same_duty(one, asks))
            assert not asks.types or set(held_types(incident)) & set(asks.types)
            assert clock.at >= clock.asked >= clock.start
            self._rung(clock)

    def _asked(self, asks: Deadline) -> bool:
        level = self.story.incident.severity
        return not asks.severities or (level is not None and level.value in asks.severities)

    def _rung(self, clock: DeadlineClock) -> None:
        if clock.deadline.kind is DeadlineKind.ESCALATION:
            every = (*full_plan().deadlines, *newer_plan().deadlines)
            ages = {
                clock.start + timedelta(seconds=one.within.seconds or 0)
                for one in every
                if same_duty(one, clock.deadline)
            }
            assert clock.nominal in ages, "a rung is climbed by age"

    @invariant()
    def every_item_has_a_way_that_there_is(self) -> None:
        for item in due_items(self.story.incident):
            action, about, verb = action_for(item)
            assert action in ACTIONS
            assert verb
            assert about or not any(arg.required for arg in ACTIONS[action].args[:1]) or action in (
                "phase", "impact", "resolve", "follow-up-done", "schedule-review", "update",
            ), (action, item)  # fmt: skip

    @invariant()
    def the_numbers_of_the_screen_stay_small(self) -> None:
        incident, now = self.story.incident, self.story.now
        items = due_items(incident)
        if incident.adopted is not None:
            plan = incident.plan
            others = len(incident.asks) + len(incident.timers.timers) + len(plan.cadences) + 4
            assert len(items) <= len(plan.deadlines) + others
        assert all(item.at < now + LONGEST for item in items if not item.snoozed and not item.key.startswith("ask"))
        assert all(urgency(item, now) for item in items)
        assert all(prompt.text for prompt in prompts(incident, now))

    @invariant()
    def what_is_done_is_done_by_somebody(self) -> None:
        for deed in self.story.incident.completion_marks.values():
            assert deed.who
            assert deed.note or deed.status is CompletionStatus.DONE


TestCourse = Course.TestCase
TestCourse.settings = settings(
    max_examples=120, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
