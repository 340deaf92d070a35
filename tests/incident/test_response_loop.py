"""Ask, learn, decide, need, hand over: what a commander does all night, by its rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.facts.asks import AskStatus
from incident_cockpit.incident.facts.notes import ActionOutcome
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.facts.severity import affected_systems
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import timeline_entries
from support.builders import Story, plain_plan
from support.naming import naming
from support.refusals import refuses


@pytest.fixture
def story() -> Story:
    return Story().declare(plan=plain_plan())


def told(story: Story) -> list[str]:
    return [f"{line.sort}: {line.text}" for line in timeline_entries(story.record)]


def plain(incident: Incident) -> Incident:
    return replace(incident, seq=0, moved=None)


def next_texts(story: Story) -> list[str]:
    return [prompt.text for prompt in prompts(story.incident, story.now)]


def outcome_asked(story: Story, text: str) -> bool:
    """Whether NEXT asks for the outcome of the action with this text."""
    return any(prompt.action == "effect" and text in prompt.text for prompt in prompts(story.incident, story.now))


class TestAsks:
    def test_several_are_asked_for_the_same_each_for_themselves(self, story: Story) -> None:
        events = story.do("ask", who="raj, @Mio, raj", within="10m", text="check the lag")
        assert [ask.who for ask in story.incident.asks.values()] == ["raj", "Mio"]
        assert len(events) == 2
        story.do("answer", ask="Mio", answer="3 s")
        assert [ask.status for ask in story.incident.asks.values()] == [AskStatus.OPEN, AskStatus.ANSWERED]

    def test_empty_person_is_refused(self, story: Story) -> None:
        for who in ("", " , @ "):
            with refuses("who"):
                story.do("ask", who=who, within="10m", text="check")
        assert not story.incident.asks

    def test_somebody_is_on_it_once(self, story: Story) -> None:
        story.do("ask", who="Raj", within="10m", text="check the lag")
        story.do("ack", ask="Raj")
        assert next(iter(story.incident.asks.values())).acknowledged == story.now
        assert told(story)[-1] == "ask: Raj acknowledged: check the lag"
        with refuses("ask"):
            story.do("ack", ask="Raj")

    def test_more_time_counts_from_when_it_is_due_or_from_now(self, story: Story) -> None:
        story.do("ask", who="Raj", within="10m", text="check the lag")
        due = due_items(story.incident)[0].at
        story.do("extend", ask="Raj", within="5m")
        assert due_items(story.incident)[0].at == due + timedelta(minutes=5)
        story.wait("30m").do("extend", ask="Raj", within="5m", after="")
        assert next(iter(story.incident.asks.values())).due == story.now + timedelta(minutes=5)

    def test_who_takes_it_over_gets_time_and_the_first_one_is_remembered(self, story: Story) -> None:
        story.do("ask", who="Raj", within="2m", text="check the lag")
        story.do("ack", ask="Raj")
        story.wait("10m").do("reassign", ask="Raj", who="Kim", after="")
        [ask] = story.incident.asks.values()
        assert (ask.who, ask.before, ask.acknowledged) == ("Kim", ("Raj",), None)
        assert ask.due == story.now + timedelta(minutes=5)
        assert told(story)[-1] == "ask: Raj → Kim: check the lag"
        with refuses("who"):
            story.do("reassign", ask="Kim", who="Kim")
        before = story.incident
        story.do("reassign", ask="Kim", who="Raj", within="1h")
        story.do("undo")
        assert plain(story.incident) == plain(before)


class TestEvidence:
    def test_words_and_lines_stand_beside_a_cause(self, story: Story) -> None:
        story.do("hypothesis", text="bad deploy 4512")
        [seen] = story.do("finding", text="errors begin at 13:58")
        story.do("supports", hypothesis="deploy", text=f"#{seen.seq}")
        story.do("contradicts", hypothesis="deploy", text="staging runs it without errors")
        [held] = story.incident.hypotheses.values()
        assert [(one.speaks_for, one.text, one.line) for one in held.evidence] == [
            (True, "finding: errors begin at 13:58", seen.seq),
            (False, "staging runs it without errors", None),
        ]
        assert told(story)[-1] == "evidence: against bad deploy 4512: staging runs it without errors"

    def test_it_says_what_is_wrong(self, story: Story) -> None:
        story.do("hypothesis", text="DNS")
        with refuses("text"):
            story.do("supports", hypothesis="DNS", text="#99")
        story.do("supports", hypothesis="DNS", text="no answer")
        with refuses("text"):
            story.do("supports", hypothesis="DNS", text="no answer")


class TestDecisions:
    def test_grounds_come_with_it_and_it_is_looked_at_again(self, story: Story) -> None:
        story.do("decide", text="Roll back 4512", why="5xx since its deploy", risk="cold caches", revisit="30m")
        [ground] = story.incident.decisions.values()
        assert (ground.why, ground.risk, ground.who) == ("5xx since its deploy", "cold caches", "Ana")
        [item] = [one for one in due_items(story.incident) if one.kind == "decision"]
        assert (item.text, item.at) == ("Review decision: Roll back 4512", story.now + timedelta(minutes=30))
        story.do("revisit", decision="Roll back", within="1h")
        story.do("revisit", decision="Roll back", within="off")
        assert not [one for one in due_items(story.incident) if one.kind == "decision"]
        with refuses("within"):
            story.do("revisit", decision="Roll back", within="off")

    def test_a_plain_decision_has_no_grounds_until_somebody_says_some(self, story: Story) -> None:
        story.do("decision", text="Stay on the old version")
        assert not story.incident.decisions
        story.do("objection", decision="Stay", objection="Kim: it lacks the fix")
        story.do("objection", decision="Stay", objection="nobody else")
        [ground] = story.incident.decisions.values()
        assert ground.objections == "Kim: it lacks the fix; nobody else"

    def test_reversing_needs_a_reason_and_happens_once(self, story: Story) -> None:
        story.do("decide", text="Roll back", revisit="30m", why="errors")
        with refuses("reason"):
            story.do("reverse", decision="Roll back", reason="")
        story.do("reverse", decision="Roll back", reason="the cause is elsewhere")
        assert told(story)[-1] == "decision: reversed: Roll back (the cause is elsewhere)"
        assert not [one for one in due_items(story.incident) if one.kind == "decision"]
        with refuses("decision"):
            story.do("reverse", decision="Roll back", reason="again")


class TestEffects:
    def test_an_action_is_asked_about_once_it_had_time(self, story: Story) -> None:
        story.do("action", text="Rolled back 4512")
        assert not outcome_asked(story, "Rolled back 4512")
        story.wait("5m")
        assert outcome_asked(story, "Rolled back 4512")
        story.do("effect", action="Rolled", outcome="helped", evidence="8% to 1%")
        assert not outcome_asked(story, "Rolled back 4512")
        [effect] = story.incident.effects.values()
        assert (effect.verdict, effect.found) == (ActionOutcome.HELPED, "8% to 1%")
        assert told(story)[-1] == "effect: Rolled back 4512  helped: 8% to 1%"

    def test_an_action_is_asked_about_for_a_while_and_no_longer(self, story: Story) -> None:
        story.do("action", text="Rolled back 4512")
        story.wait("14m")
        assert outcome_asked(story, "Rolled back 4512")
        story.wait("1m")
        assert not outcome_asked(story, "Rolled back 4512")

    def test_other_words_are_refused(self, story: Story) -> None:
        story.do("action", text="Restarted")
        with refuses("outcome"):
            story.do("effect", action="Restarted", outcome="perhaps")


class TestNeedsAndSystems:
    def test_a_need_is_met_by_somebody(self, story: Story) -> None:
        story.do("need", text="Access to the gateway")
        with refuses("text"):
            story.do("need", text="access to the gateway")
        story.do("need-met", need="gateway", who="Kim")
        assert told(story)[-1] == "need: Access to the gateway  met by Kim"
        with refuses("need"):
            story.do("need-met", need="gateway")

    def test_systems_stand_each_for_themselves_the_worst_first(self, story: Story) -> None:
        story.do("system", system="Checkout", health="degraded", note="slow")
        story.do("system", system="Payments", health="major")
        story.do("system", system="checkout", health="partial outage")
        assert [(one.name, one.health.value) for one in affected_systems(story.incident)] == [
            ("Payments", "major outage"),
            ("Checkout", "partial outage"),
        ]
        story.do("system", system="PAYMENTS", health="restored")
        assert [one.name for one in affected_systems(story.incident)] == ["Checkout"]
        with refuses("health"):
            story.do("system", system="payments", health="restored")
        with refuses("health"):
            story.do("system", system="payments", health="fine")


class TestHandingOver:
    def test_command_is_taken_once_everything_was_read_back(self, story: Story) -> None:
        story.do("handoff", who="Kim")
        assert next_texts(story)[0].startswith("Kim reads back: ")
        with refuses("reason"):
            story.do("take-command", by="Kim")
        for point in ("impact", "asks", "promise"):
            story.do("read-back", by="Kim", point=point, words=f"my {point}")
        assert next_texts(story)[0] == "Read-back by Kim is complete"
        story.do("take-command", by="Kim")
        assert commander(story.incident) == "Kim"
        assert "hand-over: Kim has command, from Ana" in told(story)
        assert story.incident.handoff is None

    def test_it_may_have_to_go_without(self, story: Story) -> None:
        story.do("handoff", who="Kim")
        story.do("read-back", by="Kim", point="impact", words="all of EU")
        story.do("take-command", by="Kim", reason="Ana is unwell")
        assert any("asks, promise; Ana is unwell" in line for line in told(story))

    def test_a_report_that_nobody_commands_can_be_handed_on(self) -> None:
        story = Story().report()
        story.do("handoff", who="Kim")
        story.do("keep-command")
        story.do("handoff", who="Kim")
        story.do("take-command", by="Kim", reason="there is nobody else")
        said = [line.removeprefix("hand-over: ") for line in told(story) if line.startswith("hand-over: ")]
        assert said == [
            naming("offered", "Kim"),
            naming("no longer", "Kim"),
            naming("offered", "Kim"),
            naming("Kim has command", "impact, asks, promise", "nobody else"),
        ]

    def test_one_offer_at_a_time_and_it_can_be_withdrawn(self, story: Story) -> None:
        with refuses("who"):
            story.do("handoff", who="Ana")
        story.do("handoff", who="Kim")
        with refuses("who"):
            story.do("handoff", who="Raj")
        story.do("keep-command")
        with refuses():
            story.do("take-command")
        assert commander(story.incident) == "Ana"

    def test_taking_it_is_one_act(self, story: Story) -> None:
        story.do("handoff", who="Kim")
        before = story.incident
        story.do("take-command", by="Kim", reason="now")
        story.do("undo", by="Kim")
        assert plain(story.incident) == plain(before)

    def test_two_hours_are_long(self, story: Story) -> None:
        story.wait("1h59m")
        assert not [text for text in next_texts(story) if "hand off" in text]
        story.wait("1m")
        assert naming("Ana", "2h", "hand off") in next_texts(story)
