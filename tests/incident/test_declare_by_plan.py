"""What the plan adds to a declaration: channel, call, asks to join, checklists, types, and the milestones it means."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.declare import (
    Declaration,
    RuleInputs,
    RunbookRequest,
    awaited_names,
    runbooks_for_declaration,
    runbooks_for_report,
    runbooks_for_types,
    runbooks_on_declaring,
)
from incident_cockpit.incident.facts.asks import open_asks
from incident_cockpit.incident.facts.classification import held_types
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.plan.schema import Channel, IncidentType, Participant, Plan, TriagePolicy
from incident_cockpit.runbook.reader import read_runbook
from support.builders import RUNBOOK, START, Story, default_plan, full_plan, plain_plan, runbook_at
from support.naming import naming
from support.refusals import refuses

MINUTE = timedelta(minutes=1)


def told(story: Story) -> dict[str, str]:
    """Return the last line of the timeline of each sort."""
    return {line.sort: line.text for line in timeline_entries(story.record)}


def with_checklist(plan: Plan) -> Plan:
    first = replace(plan.phases[0], checklist=("Say that you lead @ic", "What changed last?"))
    return replace(plan, phases=(first, *plan.phases[1:]))


def named(plan: Plan, pattern: str, call: str = "") -> Plan:
    return replace(plan, channel=Channel(pattern, call))


class TestMeeting:
    """Where people meet, and who is asked to come."""

    def test_the_channel_is_named_by_the_plan_and_its_line_says_whom_it_asked(self) -> None:
        story = Story().declare(severity="SEV1", plan=full_plan())
        assert story.incident.meeting.channel == "incident-2026-11-20"
        assert story.incident.meeting.call == "https://meet.example/incident"
        assert told(story)["channel"] == naming("#incident-2026-11-20", "Support, Security")
        assert told(story)["call"] == "https://meet.example/incident"
        # Calm: one line tells of all of them.
        assert "ask" not in told(story)
        asked = {ask.who: (ask.text, int((ask.due - START) / MINUTE)) for ask in open_asks(story.incident).values()}
        assert asked == {
            "Support": ("join #incident-2026-11-20", 5),
            "Security": ("join #incident-2026-11-20", 10),
        }

    def test_who_is_asked_depends_on_the_severity(self) -> None:
        assert awaited_names(Story().declare(severity="SEV3", plan=full_plan()).incident) == ("Security",)

    def test_answering_an_ask_to_join_means_joined(self) -> None:
        story = Story().declare(severity="SEV1", plan=full_plan())
        story.do("answer", ask="Support", answer="joined")
        assert awaited_names(story.incident) == ("Security",)

    def test_a_worse_severity_asks_those_who_were_not_asked_yet(self) -> None:
        story = Story().declare(severity="SEV3", plan=full_plan())
        story.do("severity", severity="SEV1", reason="everybody is hit")
        assert awaited_names(story.incident) == ("Security", "Support")
        assert told(story)["ask"] == "Support, 5m: join #incident-2026-11-20"
        story.do("severity", severity="SEV2", reason="half of them")
        story.do("severity", severity="SEV1", reason="all again")
        assert awaited_names(story.incident) == ("Security", "Support")

    def test_the_second_of_a_day_has_another_name(self) -> None:
        taken = frozenset(("incident-2026-11-20", "incident-2026-11-20-2"))
        story = Story().declare(plan=full_plan(), brought=RuleInputs(channels=taken))
        assert story.incident.meeting.channel == "incident-2026-11-20-3"
        reported = Story()
        reported.channels = taken
        reported.report().do("declare", severity="1")
        assert reported.incident.meeting.channel == "incident-2026-11-20-3"

    def test_the_day_is_that_of_the_plan_s_zone(self) -> None:
        story = Story(START + timedelta(hours=9)).declare(plan=replace(full_plan(), zone="Asia/Tokyo"))
        assert story.incident.meeting.channel == "incident-2026-11-21"

    def test_the_name_may_hold_number_severity_and_title(self) -> None:
        story = Story().declare("Carts: mixed up!", "SEV2", plan=named(default_plan(), "{severity}-{number}-{title}"))
        assert story.incident.meeting.channel == "sev2-7-carts-mixed-up"

    def test_what_only_some_may_know_is_not_in_the_name(self) -> None:
        plan = named(full_plan(), "inc-{number}-{title}")
        said = Declaration("SEV1", types=("breach",))
        assert Story().declare("Addresses leak", plan=plan, said=said).incident.meeting.channel == "inc-7"
        story = Story().report("Addresses leak", plan=plan)
        story.do("restrict", codename="Kestrel")
        story.do("declare", severity="1")
        assert story.incident.meeting.channel == "inc-7-kestrel"

    def test_a_secret_in_the_title_is_not_in_the_name(self) -> None:
        story = Story().declare("password=hunter22 leaked", plan=named(full_plan(), "inc-{title}"))
        assert story.incident.meeting.channel == "inc-password-redacted-password-leaked"

    def test_values_set_in_triage_stay(self) -> None:
        story = Story().report()
        story.do("channel", name="war-room")
        story.do("call", link="https://meet.example/now")
        story.do("declare", severity="1")
        assert (story.incident.meeting.channel, story.incident.meeting.call) == ("war-room", "https://meet.example/now")
        assert {ask.text for ask in story.incident.asks.values()} == {"join #war-room"}
        assert told(story)["ask"] == "Security, 10m: join #war-room"

    @pytest.mark.parametrize(("call", "text"), [("https://meet.example/1", "join the call"), ("", "join the incident")])
    def test_without_a_channel_people_come_to_the_call(self, call: str, text: str) -> None:
        plan = replace(plain_plan(), participants=(Participant("Support", 300),))
        story = Story().report(plan=plan)
        if call:
            story.do("call", link=call)
        story.do("declare", severity="1")
        assert [ask.text for ask in story.incident.asks.values()] == [text]

    def test_a_plan_without_any_of_it_adds_none(self) -> None:
        story = Story().declare(plan=plain_plan())
        assert (story.incident.meeting.channel, story.incident.meeting.call, story.incident.asks) == ("", "", {})


class TestMilestones:
    """Declaring means that it was taken up and confirmed, unless the plan says that a later phase does that."""

    def test_declared_is_acknowledged_and_confirmed(self) -> None:
        story = Story().declare(since="-20m")
        assert {name: at for name, at in story.incident.milestones.items() if name != "started"} == dict.fromkeys(
            ("declared", "acknowledged", "confirmed"), START
        )
        assert "milestone" not in told(story)

    def test_a_phase_that_confirms_does_it_when_it_is_entered(self) -> None:
        plan = default_plan()
        second = replace(plan.phases[1], milestone="confirmed")
        story = Story().declare(plan=replace(plan, phases=(plan.phases[0], second, *plan.phases[2:])))
        assert "confirmed" not in story.incident.milestones
        story.do("phase", phase=second.id)
        assert story.incident.milestones["confirmed"] == story.now

    def test_what_was_set_before_stays(self) -> None:
        story = Story().report()
        story.do("milestone", name="confirmed", at="-30s")
        before = story.incident.milestones["confirmed"]
        story.do("declare", severity="1", after="5m")
        assert story.incident.milestones["confirmed"] == before

    def test_said_with_an_earlier_time_it_is_declared_then(self) -> None:
        story = Story().report()
        story.do("declare", severity="1", after="10m", when="-4m")
        assert story.incident.milestones["declared"] == START + 6 * MINUTE


class TestTypes:
    """The sort of an incident brings what is done first, its runbook, and the clock of the law."""

    def test_it_is_said_when_it_is_declared(self) -> None:
        said = Declaration("SEV1", "addresses leak", ("breach",), "alert")
        story = Story().declare(since="-20m", plan=full_plan(), said=said)
        nature = story.incident.classification
        assert nature.found is not None
        assert (held_types(story.incident), nature.found.value) == (("breach",), "alert")
        assert nature.types["breach"].since == START
        # The harm began earlier, but nobody was aware of it.
        assert story.incident.milestones["aware"] == START
        assert told(story)["severity"] == "SEV1: addresses leak"
        assert told(story)["milestone"] == "aware at 2026-11-20 14:00 UTC"

    @pytest.mark.parametrize(
        ("declaration", "value"),
        [
            (Declaration("SEV1", types=("flood",)), "flood"),
            (Declaration("SEV1", found_by="chance"), "chance"),
        ],
    )
    def test_type_or_detection_outside_the_plan_is_refused(self, declaration: Declaration, value: str) -> None:
        story = Story()
        with refuses() as refused:
            story.declare(plan=full_plan(), said=declaration)
        assert f'"{value}"' in str(refused.value)
        assert story.record.seq == 0

    def test_said_later_its_first_steps_come_along(self) -> None:
        story = Story().declare(plan=full_plan())
        story.do("type", type="Outage")
        [book] = story.incident.steps.runbooks.values()
        assert (book.title, [step.text for step in book.steps]) == (
            "Outage: first steps",
            ["Look at the last deployment"],
        )
        assert told(story)["type"] == "Outage"
        assert "aware" not in story.incident.milestones

    def test_a_runbook_of_its_own_comes_along_once(self) -> None:
        plan = replace(full_plan(), types=(IncidentType("outage", "Outage", runbook="service-outage"),))
        story = Story().declare(plan=plan)
        story.do("type", type="outage")
        assert len(story.incident.steps.runbooks) == 1
        there = Story().declare(plan=plan, runbook=RUNBOOK)
        there.do("type", type="outage")
        assert len(there.incident.steps.runbooks) == 1

    def test_a_type_that_was_said_in_triage_brings_its_runbook_then(self) -> None:
        story = Story().report()
        story.do("type", type="outage")
        story.do("declare", severity="1")
        assert [book.title for book in story.incident.steps.runbooks.values()].count("Outage: first steps") == 1

    def test_becoming_aware_is_once_and_stays(self) -> None:
        story = Story().declare(plan=full_plan())
        story.do("type", type="breach", after="10m")
        story.do("type", type="security", after="10m")
        story.do("remove-type", type="breach", reason="no personal data", after="10m")
        story.do("type", type="breach", after="10m")
        assert story.incident.milestones["aware"] == START + 10 * MINUTE

    def test_its_notices_run_from_then_and_undo_stops_them(self) -> None:
        story = Story().declare(plan=full_plan())
        story.do("type", type="breach", after="10m")
        due = {item.key: item.at for item in due_items(story.incident)}
        assert due["clock:authority"] == START + 10 * MINUTE + timedelta(hours=72)
        story.do("undo")
        assert "clock:authority" not in {item.key for item in due_items(story.incident)}
        assert "aware" not in story.incident.milestones

    def test_a_restricted_type_asks_for_a_codename_until_it_has_one(self) -> None:
        def asks(story: Story) -> bool:
            return "restrict" in {prompt.action for prompt in prompts(story.incident, story.now)}

        story = Story().declare(plan=full_plan())
        assert not asks(story)
        story.do("type", type="security")
        assert asks(story)
        story.do("restrict", codename="Kestrel")
        assert not asks(story)

    def test_refusals(self) -> None:
        story = Story().declare(plan=full_plan())
        story.do("type", type="outage")
        story.do("detected-by", detection="alert")
        with refuses("type"):
            story.do("type", type="outage")
        with refuses("detection"):
            story.do("detected-by", detection="alert")
        with refuses("incident type") as refused:
            Story().declare(plan=plain_plan()).do("type", type="outage")
        assert "plan" in refused.value.what_to_do

    def test_how_it_was_found_is_put_right(self) -> None:
        story = Story().declare(plan=full_plan())
        story.do("detected-by", detection="alert")
        story.do("detected-by", detection="report")
        assert told(story)["found by"] == "Report"
        story.do("undo")
        assert story.incident.classification.found is not None
        assert story.incident.classification.found.value == "alert"


class TestRunbooks:
    """Which runbooks come along: those the plan names, and those that are made of its checklists."""

    def test_the_plan_s_runbook_its_checklists_and_the_type_s(self) -> None:
        plan = with_checklist(full_plan())
        breach, outage = plan.find_type("breach"), plan.find_type("outage")
        names = [one.name for one in runbooks_for_declaration(plan, None, (outage,))]
        assert names == [plan.runbook, "full-phases.md", "outage-first-steps.md"]
        assert [one.name for one in runbooks_for_declaration(plan, None, (breach,))] == [plan.runbook, "full-phases.md"]
        assert runbooks_for_types(()) == ()

    def test_one_that_is_chosen_goes_before_the_plan_s_and_has_to_be_there(self) -> None:
        plan = with_checklist(default_plan())
        first, second = runbooks_for_declaration(plan, "own.md", ())
        assert first == RunbookRequest("own.md", chosen=True)
        assert not second.chosen
        assert [one.name for one in runbooks_for_declaration(plan, "", ())] == [f"{plan.id}-phases.md"]

    def test_the_checklists_are_a_runbook_with_a_section_for_each_phase(self) -> None:
        plan = with_checklist(default_plan())
        _, made = runbooks_for_declaration(plan, None, ())
        book = read_runbook(made.text.encode(), made.name)
        story = Story().declare(plan=plan, runbook=RUNBOOK, brought=RuleInputs((book,)))
        first, second = story.incident.steps.runbooks.items()
        assert (first[0], first[1].title) == ("r1", runbook_at(RUNBOOK).title)
        assert [section.title for section in second[1].sections if section.level == 2] == ["Investigating"]
        steps = {step.text: f"{second[0]}.{step.key}" for step in story.incident.steps.of(second[0])}
        assert list(steps) == ["Say that you lead @ic", "What changed last?"]
        assert story.incident.steps.assignees[steps["Say that you lead @ic"]] == "@ic"

    def test_where_triage_comes_first_the_plan_s_runbook_comes_with_the_report(self) -> None:
        plan = with_checklist(full_plan())
        first = replace(plan, triage=TriagePolicy(first=True))
        assert runbooks_for_report(plan, None) == ()
        assert runbooks_for_report(first, None) == (RunbookRequest(plan.runbook or ""),)
        assert runbooks_for_report(first, "") == ()
        assert runbooks_for_report(plan, "own.md") == (RunbookRequest("own.md", chosen=True),)
        story = Story().report(plan=first, brought=RuleInputs((runbook_at(RUNBOOK),)))
        assert [one.name for one in runbooks_on_declaring(story.incident, None, ())] == ["full-phases.md"]
        assert [one.name for one in runbooks_on_declaring(story.incident, "own.md", ())] == ["own.md", "full-phases.md"]
        story.do("declare", severity="1")
        assert len(story.incident.steps.runbooks) == 2

    def test_dismissed_incident_gets_no_runbook_again(self) -> None:
        story = Story().declare(plan=with_checklist(default_plan()))
        story.do("dismiss", reason="a test")
        assert runbooks_on_declaring(story.incident, None, ()) == ()

    def test_the_same_file_is_attached_once(self) -> None:
        book = runbook_at(RUNBOOK)
        story = Story().declare(runbook=RUNBOOK, brought=RuleInputs((book, book)))
        assert list(story.incident.steps.runbooks) == ["r1"]
