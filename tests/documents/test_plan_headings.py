from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from incident_cockpit.documents.adherence_report import ADHERENCE_REPORT
from incident_cockpit.documents.plan_headings import USUAL, part_for
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.documents.sections.causes import WHYS
from incident_cockpit.plan.schema import Plan, PostmortemRules, Resource, System
from support.builders import Story, full_plan
from support.golden import check_golden
from support.naming import naming
from support.reported_incidents import declared, dismissed, each_plan, over, reported

UTC, PARIS = ZoneInfo("UTC"), ZoneInfo("Europe/Paris")
GFM = MarkdownIt("gfm-like", {"linkify": False})


def plan_with(*sections: str, principles: tuple[str, ...] = (), sign_off: str = "") -> Plan:
    return replace(full_plan(), postmortem=PostmortemRules((), sections, sign_off, principles))


def draft(story: Story) -> str:
    return POSTMORTEM.text(story.record, story.now, UTC)


def headings(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_a_whole_draft_reads_as_it_was_approved() -> None:
    told = over()
    told.do("detected-by", detection="alert")
    check_golden("postmortem-by-plan.md", POSTMORTEM.text(told.record, told.now, PARIS))


def test_the_plans_sections_come_first_in_its_order_and_then_what_else_is_known() -> None:
    found = headings(draft(over(plan_with("Follow-ups", "What happened?", "Weather on Mars"))))
    assert found[:4] == ["Follow-ups", "What happened?", "Weather on Mars", "Appendix"]
    usual = [chapter.heading for chapter in USUAL.values()]
    assert found[4:] == [one for one in usual if one in found[4:]]
    assert not {"Summary", "Follow-ups"} & set(found[4:]), "told already"


def test_a_section_that_only_people_can_write_says_so() -> None:
    text = draft(over(plan_with("Weather on Mars: wind; *dust*")))
    told = section(text, "Weather on Mars")
    assert re.search(r"_To be .*: Weather on Mars_", told)
    assert "_Include: wind; \\*dust\\*_" in told


def test_a_section_asked_for_twice_is_told_once() -> None:
    text = draft(over(plan_with("Timeline", "Timeline of events")))
    assert section(text, "Timeline of events").strip() == "See above."


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("What was the incident, and what happened?", "summary"),
        ("Which decisions and actions were taken in response?", "response"),
        ("What could have prevented it?", "prevention"),
        ("What can be better: security, processes, communication, tools and the rest?", "improvements"),
        ("Recommendations", "follow_ups"),
        ("Incident summary", "summary"),
        ("Timeline of events", "timeline"),
        ("Root cause analysis", "cause"),
        ("Impact assessment", "impact"),
        ("What went well", "well"),
        ("What went poorly", "poorly"),
        ("Action items", "follow_ups"),
        ("Follow-up owners and deadlines", "owners"),
        ("Corrective Actions", "follow_ups"),
        ("Lessons Learned", "learned"),
        ("Follow-ups of high priority", "high"),
        ("Follow-ups of low priority", "low"),
        ("Cause", "cause"),
        ("Response team", "roles"),
        ("Detection", "detection"),
        ("How we kept to the plan", "compliance"),
        ("Weather on Mars", ""),
    ],
)
def test_headings_are_understood_by_their_words(heading: str, part: str) -> None:
    assert part_for(heading) == part


@each_plan
def test_every_section_of_every_shipped_plan_is_filled_in_where_the_record_knows(plan: Plan) -> None:
    story = over(plan)
    text = draft(story)
    for wanted in plan.postmortem.sections:
        heading = wanted if wanted.endswith("?") else wanted.partition(": ")[0]
        assert heading in headings(text)
        assert part_for(heading), f"nothing fills in {heading!r}"
    for principle in plan.postmortem.principles:
        assert principle in text.split("\n## ", 1)[0]
    who = plan.postmortem.sign_off
    assert (f"- {who}: not signed" in text) is bool(who)


def test_the_four_questions_are_answered_from_the_facts() -> None:
    questions = (
        "What was the incident, and what happened?",
        "Which decisions and actions were taken in response?",
        "What could have prevented it?",
        "What can be better?",
    )
    plan = replace(plan_with(*questions), follow_up_kinds=("technical", "prevention"))
    story = over(plan)
    story.do("follow-up", text="Alert on gateway errors")
    story.do("follow-up-kind", follow_up="Alert", kind="prevention")
    text = draft(story)
    assert "Responders: Ana, Raj." in section(text, questions[0])
    told = section(text, questions[1])
    assert told.index("Rollback started") < told.index("Decided: Roll back before the peak")
    assert re.search(r"verified.*: Payments at baseline", told)
    assert "- Confirmed cause: Deploy 4512\n- Follow-up: Alert on gateway errors\n" in section(text, questions[2])
    better = section(text, questions[3])
    assert "### Prevention\n\n- Alert on gateway errors" in better
    assert "### Technical\n\n_To be written" in better


def test_action_items_say_whose_they_are_until_when_and_what_shows_success() -> None:
    story = over(plan_with("Action items", "Follow-up owners and deadlines"))
    story.do("follow-up-due", follow_up="Contract", due="2026-12-01")
    story.do("follow-up-success", follow_up="Contract", success="It fails | on a bad payload")
    story.do("follow-up-kind", follow_up="Contract", kind="technical")
    story.do("follow-up", text="Ask the vendor")
    text = draft(story)
    items = section(text, "Action items")
    assert "| Contract test for the gateway | Raj | 2026-12-01 | high | technical | It fails \\| on a bad" in items
    owners = section(text, "Follow-up owners and deadlines")
    assert owners.index("**unassigned**") < owners.index("| Raj |")
    assert "not set" in owners
    assert naming("Owner", "“Ask the vendor”") in section(text, "Missing evidence").splitlines()


def test_high_and_low_priority_are_told_apart() -> None:
    story = over(plan_with("Follow-ups of high priority", "Follow-ups of low priority"))
    story.do("follow-up", text="Tidy the dashboards")
    text = draft(story)
    assert "Contract test" in section(text, "Follow-ups of high priority")
    assert "Contract test" not in section(text, "Follow-ups of low priority")
    assert "Tidy the dashboards" in section(text, "Follow-ups of low priority")
    assert "Follow-ups" not in headings(text)


def test_whys_are_asked_only_where_the_plan_asks_them_and_answered_by_nobody() -> None:
    asking = over(plan_with("Root cause", principles=("Ask why, and why again, about five times",)))
    told = section(draft(asking), "Root cause")
    assert re.search(r"- Why .*“Checkout fails”\?\n- Why that\?\n", told)
    assert told.count("Why ") == WHYS
    assert "Why that?" not in draft(over(plan_with("Root cause", principles=("Nobody is blamed",))))


def test_who_signs_it_off_is_named_until_the_gate_of_the_plan_is_passed() -> None:
    story = over()
    assert draft(story).splitlines()[-3:] == ["## Sign-off", "", naming("- CTO: not signed")]
    story.do("complete", item="The CTO has signed off", note="by mail")
    assert "- The CTO has signed off: Ana, 2026-11-20 14:36 UTC (by mail)\n" in draft(story)
    waived = over()
    waived.do("waive", item="The CTO has signed off", reason="on holiday")
    assert "- CTO: not signed" in draft(waived)


def test_metrics_stand_beside_the_plans_targets() -> None:
    told = section(draft(over()), "Metrics")
    assert "resolve | 34 minutes | started to resolved | 4 hours | met |" in told
    assert "mitigate | unknown | started to mitigated |  |  |" in told


def test_how_the_plan_was_kept_is_told_and_what_was_not_asked_for() -> None:
    story = over()
    told = section(draft(story), "Plan compliance")
    assert "| Tell the CTO how bad it is | CTO |" in told
    assert "**missed**" in told
    assert "- Tell the data protection authority: " in told
    document = ADHERENCE_REPORT.text(story.record, story.now, UTC)
    title, _, under = document.splitlines()[:3]
    assert title == naming("# INC-7 Checkout fails: ", "compliance")
    assert under == naming("Full plan", "UTC")


def test_type_detection_and_affected_systems_are_told() -> None:
    page = Resource("Dashboard", "https://dash.shop.example/checkout")
    story = over(replace(full_plan(), systems=(System("Checkout", "Payments", (page,)),)))
    story.do("type", type="outage")
    story.do("detected-by", detection="alert")
    text = draft(story)
    assert "| Type | Outage |" in text
    assert "| Detected by | Alert |" in text
    assert "by: Alert. Reported by Kim (support desk) at 2026-11-20 14:00 UTC." in section(text, "Detection")
    assert "| Checkout | Payments | Dashboard: https&#58;//dash.shop.example/checkout |" in section(text, "Impact")


@pytest.mark.parametrize("end", ["dismiss", "duplicate", "not-urgent"])
def test_a_report_that_was_no_incident_has_a_draft_too(end: str) -> None:
    story = dismissed(end)
    text = draft(story)
    assert "so far" not in text
    assert "dismissed at 2026-11-20 14:02 UTC" in text
    assert "| Severity | not set |" in text


def test_a_report_that_is_looked_at_has_one_as_well() -> None:
    text = draft(reported())
    assert "| Status | In triage |" in text
    assert "1 minute so far" in text


def test_whether_the_plan_asks_for_it_is_said() -> None:
    assert re.search(r"plan requires .* SEV1", draft(declared()))
    story = Story().declare("Search is slow", "SEV3", plan=full_plan())
    assert re.search(r"plan does not .* SEV3", draft(story))


@given(st.lists(st.text(min_size=1, max_size=80).filter(lambda text: bool(text.strip())), min_size=1, max_size=4))
def test_no_words_of_a_plan_open_anything(sections: list[str]) -> None:
    plan = plan_with(*sections, principles=tuple(sections), sign_off=sections[0])
    story = Story().declare("Search is slow", "SEV3", plan=plan)
    told = {token.type for token in GFM.parse(draft(story))}
    plain = plan_with("Cause", principles=("why, why",), sign_off="CTO")
    assert told <= {token.type for token in GFM.parse(draft(Story().declare("Search is slow", "SEV3", plan=plain)))}
