"""From a report to a verdict: what each way gives, every refusal, the words of each fact, and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.facts.asks import AskStatus, open_asks
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import timeline_entries
from support.builders import START, Story, plain_plan
from support.naming import naming
from support.refusals import refuses

MINUTE = timedelta(minutes=1)


def told(story: Story, since: int = 0) -> list[tuple[str, str]]:
    """Return the lines of the timeline behind the first few, as their sort and text."""
    return [(line.sort, line.text) for line in timeline_entries(story.record)][since:]


def due(story: Story) -> dict[str, tuple[int, str]]:
    """Return by key in how many minutes from the beginning what is due, and its words."""
    return {item.key: (int((item.at - START) / MINUTE), item.text) for item in due_items(story.incident)}


@pytest.fixture
def story() -> Story:
    return Story().report(who="Jo", sort="customer", via="mail")


class TestReport:
    """A report is an incident in triage: it has a beginning and a reporter, and nothing else yet."""

    def test_it_has_no_severity_no_phase_and_nobody_in_command(self, story: Story) -> None:
        incident = story.incident
        assert (incident.severity, incident.phase, commander(incident)) == (None, None, "")
        assert (incident.declared, incident.dismissed, incident.live, incident.ended) == (False, False, True, None)
        assert incident.triage == "in triage"
        assert incident.milestones == {"started": START, "detected": START}
        assert told(story) == [("opened", "INC-7 Checkout is slow"), ("report", "reported by Jo via mail")]

    def test_the_way_it_came_is_said_or_the_plan_s(self) -> None:
        def via(**said: str) -> str:
            report = Story().report(**said).incident.report
            return report.via if report else ""

        assert via(via="a call", sort="customer") == "a call"
        assert via(sort="customer") == "support desk"
        assert via() == "#incidents"

    def test_a_longer_text_is_told_beside_the_title(self) -> None:
        story = Story().report("Carts are mixed up", text="I see the cart of somebody else", who="Jo", via="mail")
        assert told(story)[1] == ("report", "reported by Jo via mail: I see the cart of somebody else")
        assert told(Story().report())[1] == ("report", "reported by unknown via #incidents")

    def test_clocks_run_from_when_it_was_made(self) -> None:
        story = Story().report(when="-4m", started=START - timedelta(minutes=30), who="Jo")
        assert story.incident.started == START - timedelta(minutes=30)
        assert story.incident.milestones["detected"] == START - timedelta(minutes=4)
        assert due(story) == {
            "report:answer": (1, "Reply to Jo"),
            "report:validate": (11, naming("Triage")),
        }

    def test_a_plan_that_asks_for_nothing_has_no_clock_and_still_the_question(self) -> None:
        story = Story().report(plan=plain_plan())
        assert due(story) == {}
        assert prompts(story.incident, story.now)[0].action == "triage"

    @pytest.mark.parametrize(
        ("report", "about", "mention"),
        [
            ({"title": " "}, "title", "required"),
            ({"title": "x" * 201}, "title", "201"),
            ({"sort": "martian"}, "reporter", '"martian"'),
            ({"started": START + timedelta(hours=1)}, "started", "15:00"),
            ({"started": START - timedelta(minutes=1), "when": "-5m"}, "started", "13:55"),
        ],
    )
    def test_wrong_value_makes_no_report(self, report: dict[str, Any], about: str, mention: str) -> None:
        story = Story()
        with refuses(about) as refused:
            story.report(**report)
        assert mention in str(refused.value)
        assert refused.value.what_to_do
        assert story.record.seq == 0

    def test_a_plan_without_such_people_says_so(self) -> None:
        with refuses("reporter"):
            Story().report(sort="customer", plan=plain_plan())

    def test_its_beginning_cannot_be_undone(self, story: Story) -> None:
        with refuses():
            story.do("undo")

    @pytest.mark.parametrize(
        ("action", "values"),
        [
            ("severity", {"severity": "SEV1", "reason": "worse"}),
            ("phase", {"phase": "monitoring"}),
            ("resolve", {"verified": "quiet"}),
            ("close", {}),
        ],
    )
    def test_what_is_done_to_incidents_is_not_done_to_it(
        self, story: Story, action: str, values: dict[str, str]
    ) -> None:
        with refuses() as refused:
            story.do(action, **values)
        assert "declare SEVERITY" in refused.value.what_to_do
        assert story.incident.triage == "in triage"

    def test_notes_asks_and_timers_are_free(self, story: Story) -> None:
        story.do("note", text="the graph is flat")
        story.do("ask", who="Raj", within="5m", text="is it us?")
        story.do("timer", within="10m", text="look again")
        assert {key.split(":")[0] for key in due(story)} == {"report", "ask", "timer"}


class TestAnswer:
    """Whoever reported it hears from us (seed 002)."""

    def test_it_is_noted_with_what_was_said_and_is_due_no_more(self, story: Story) -> None:
        story.do("answered", text="we look into it")
        assert told(story, 2) == [("report", "replied to Jo: we look into it")]
        assert "report:answer" not in due(story)

    def test_the_first_answer_acknowledges_and_undo_takes_that_back(self, story: Story) -> None:
        story.do("answered")
        assert story.incident.milestones["acknowledged"] == START + MINUTE
        story.do("undo")
        assert "acknowledged" not in story.incident.milestones
        assert "report:answer" in due(story)
        story.do("redo")
        assert "acknowledged" in story.incident.milestones

    def test_it_is_noted_after_the_verdict_too(self, story: Story) -> None:
        story.do("dismiss", reason="a load test")
        story.do("answered", text="it was a test of ours")
        assert told(story)[-1] == ("report", "replied to Jo: it was a test of ours")

    def test_twice_is_refused_and_so_is_an_answer_to_nobody(self, story: Story) -> None:
        story.do("answered")
        with refuses():
            story.do("answered")
        with refuses():
            Story().declare().do("answered")


class TestInvestigate:
    """Whoever cannot tell hands it to somebody who can (seed 002, step 2)."""

    def test_investigator_has_the_time_of_the_plan(self, story: Story) -> None:
        story.do("investigate", who="Raj")
        [(key, ask)] = open_asks(story.incident).items()
        assert (ask.who, ask.text, ask.due - ask.asked) == ("Raj", naming("find out"), timedelta(hours=1))
        assert told(story, 2) == [("report", naming("assigned", "Raj", "within 1h"))]
        assert story.incident.milestones["acknowledged"] == START + MINUTE
        # One clock for one question: the ask runs, so that of the report rests.
        assert due(story).keys() == {"report:answer", f"ask:{key}"}

    def test_in_the_time_that_is_said(self, story: Story) -> None:
        story.do("investigate", who="Raj", within="20m")
        assert [ask.due - ask.asked for ask in story.incident.asks.values()] == [timedelta(minutes=20)]

    def test_in_a_quarter_of_an_hour_where_nobody_says(self) -> None:
        story = Story().report(plan=plain_plan())
        story.do("investigate", who="Raj")
        assert [ask.due - ask.asked for ask in story.incident.asks.values()] == [timedelta(minutes=15)]

    def test_handing_it_on_drops_the_first_ask(self, story: Story) -> None:
        story.do("investigate", who="Raj")
        story.do("investigate", who="Mio")
        assert [(ask.who, ask.status, ask.answer) for ask in story.incident.asks.values()] == [
            ("Raj", AskStatus.DROPPED, "reassigned to Mio"),
            ("Mio", AskStatus.OPEN, ""),
        ]
        story.do("undo")
        assert [ask.who for ask in open_asks(story.incident).values()] == ["Raj"]
        assert story.incident.report is not None
        assert story.incident.report.investigator == "Raj"

    def test_when_the_answer_is_in_the_verdict_is_due(self, story: Story) -> None:
        story.do("investigate", who="Raj", within="20m")
        story.do("answer", ask="Raj", answer="five users see it")
        assert due(story)["report:validate"] == (60, naming("Triage", "(Raj)"))

    def test_refusals(self, story: Story) -> None:
        with refuses("who"):
            story.do("investigate", who="")
        story.do("investigate", who="Raj")
        with refuses("who"):
            story.do("investigate", who="raj")
        with refuses():
            Story().declare().do("investigate", who="Raj")


class TestDeclare:
    """It is real: from here on everything that declaring gives."""

    def test_it_gets_severity_with_its_reason_phase_command_and_milestones(self, story: Story) -> None:
        story.do("investigate", who="Raj")
        story.do("declare", severity="2", why="a third of the shops", after="4m", by="Mio")
        incident = story.incident
        assert incident.severity is not None
        assert (incident.severity.value, incident.severity.reason) == ("SEV2", "a third of the shops")
        assert incident.phase is not None
        assert incident.phase.value == incident.plan.first_phase
        assert commander(incident) == "Mio"
        assert (incident.triage, incident.declared, incident.live) == ("", True, True)
        at = START + 5 * MINUTE
        assert incident.milestones == {
            "started": START, "detected": START, "acknowledged": START + MINUTE, "declared": at, "confirmed": at,
        }  # fmt: skip

    def test_the_verdict_answers_who_was_asked_to_find_out_and_leaves_other_asks(self, story: Story) -> None:
        story.do("ask", who="Kim", within="5m", text="is the vendor up?")
        story.do("investigate", who="Raj")
        story.do("declare", severity="1")
        answers = {ask.who: (ask.status, ask.answer) for ask in story.incident.asks.values()}
        assert answers["Raj"] == (AskStatus.ANSWERED, "it is real")
        assert answers["Kim"] == (AskStatus.OPEN, "")
        assert ("triage", "declared") in told(story)

    def test_who_is_in_command_already_stays(self, story: Story) -> None:
        story.do("assign", role="ic", who="Kim")
        story.do("declare", severity="1")
        assert commander(story.incident) == "Kim"

    def test_the_report_s_clocks_end_and_the_plan_s_begin(self, story: Story) -> None:
        assert "report:validate" in due(story)
        story.do("declare", severity="1")
        kinds = {key.split(":")[0] for key in due(story)}
        assert "report" not in kinds
        assert "clock:cto" in due(story)

    def test_undo_brings_back_the_triage_and_redo_the_incident(self, story: Story) -> None:
        story.do("investigate", who="Raj")
        before = story.incident
        story.do("declare", severity="1")
        declared = story.incident
        story.do("undo")
        assert replace(story.incident, seq=0, moved=None) == replace(before, seq=0, moved=None)
        story.do("redo")
        assert replace(story.incident, seq=0, moved=None) == replace(declared, seq=0, moved=None)

    def test_refusals(self, story: Story) -> None:
        with refuses("severity"):
            story.do("declare", severity="SEV9")
        story.do("declare", severity="1")
        with refuses() as refused:
            story.do("declare", severity="2")
        assert ":severity" in refused.value.what_to_do
        with refuses():
            Story().declare().do("declare", severity="2")
