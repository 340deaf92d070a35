"""Where NEXT leads: through the checklist of the present phase, on into the next one, and after the end."""

from __future__ import annotations

from msgspec.structs import replace

from incident_cockpit.incident.facts.roles import vacant_roles
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.plan.checklist import phase_runbook
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind
from incident_cockpit.plan.schema import Participant
from incident_cockpit.runbook.reader import read_runbook
from support.builders import Story, default_plan
from support.deadlines import only, span


def said(story: Story) -> list[str]:
    return [prompt.text for prompt in prompts(story.incident, story.now)]


def with_checklists(severity: str = "SEV2", *deadlines: Deadline) -> Story:
    """Declare an incident with a checklist for two of its phases, made of the plan, and a runbook of somebody's own."""
    plan = only(default_plan(), *deadlines)
    lists = {"investigating": ("Look", "Isolate"), "identified": ("Mend",)}
    plan = replace(plan, phases=tuple(replace(one, checklist=lists.get(one.id, ())) for one in plan.phases))
    made = phase_runbook(plan)
    assert made is not None
    told = Story().declare(severity=severity, plan=plan, runbook=read_runbook(made.encode(), "phases.md"))
    told.do("impact", impact="8%")
    if vacant_roles(told.incident):
        told.do("solo")
    return told


def test_a_phase_whose_steps_are_done_leads_to_the_next_and_not_to_its_steps() -> None:
    story = with_checklists()
    assert said(story)[-1] == "Next step: Look"
    story.do("tick", step="Look")
    story.do("skip", step="Isolate", reason="nothing to isolate")
    [prompt] = prompts(story.incident, story.now)
    assert (prompt.text, prompt.action, prompt.about, prompt.verb) == (
        "Investigating checklist complete: move to Identified?", "phase", "identified", "move",
    )  # fmt: skip
    story.do("phase", phase="identified")
    assert said(story) == ["Next step: Mend"]
    story.do("phase", phase="monitoring")
    assert said(story) == [], "a phase without steps is over when somebody says so, and what was left was said"


def test_the_end_is_asked_for_after_all_other_steps_and_the_next_phase_before_them() -> None:
    story = with_checklists()
    story.do("attach", runbook=read_runbook(b"# Other\n- [ ] Look at the disk\n", "other.md"))
    story.do("tick", step="Look")
    story.do("tick", step="Isolate")
    assert said(story) == ["Investigating checklist complete: move to Identified?", "Next step: Look at the disk"]
    plan = story.incident.plan
    last = replace(plan, phases=tuple(one for one in plan.phases if one.id != "monitoring"))
    story.do("adopt-plan", plan=last)
    story.do("phase", phase="identified")
    story.do("tick", step="Mend")
    assert said(story) == ["Next step: Look at the disk", "Identified checklist complete: resolve?"]
    story.do("resolve", verified="5xx at baseline")
    assert not any("is done" in text for text in said(story))


def test_what_has_to_be_told_soon_after_the_end_goes_before_its_closing() -> None:
    clear = Deadline("clear", DeadlineKind.NOTICE, "Post the all-clear", "resolved", span("10m"), "done clear")
    later = replace(clear, id="later", text="Hold the review", within=span("2d"), met_by="done later")
    story = with_checklists("SEV2", clear, later)
    story.do("resolve", verified="5xx at baseline")
    assert said(story)[0] == "Post the all-clear: due in 10m"
    assert not any("Hold the review" in text for text in said(story))
    story.wait("6m")
    assert [text for text in said(story) if "all-clear" in text] == ["Post the all-clear: due in 4m"], "once, when near"
    story.do("complete", item="clear")
    assert not any("all-clear" in text for text in said(story))


def test_of_what_is_due_at_once_ones_own_duties_go_before_what_others_were_asked() -> None:
    notice = Deadline("zz", DeadlineKind.NOTICE, "Post the first message", "declared", span("5m"), "done zz")
    plan = only(default_plan(), notice, participants=(Participant("Support", 300),))
    story = Story().declare(plan=plan)
    assert [item.text.partition(":")[0] for item in due_items(story.incident)] == ["Post the first message", "Support"]


def test_the_time_of_a_phase_presses_nobody_until_it_is_over() -> None:
    window = Deadline("w", DeadlineKind.WINDOW, "Look fast", "detected", span("4m"), "phase investigating")
    notice = Deadline("z", DeadlineKind.NOTICE, "Tell the CTO", "declared", span("4m"), "done z")
    story = with_checklists("SEV2", window, notice)
    assert said(story)[0].startswith("Tell the CTO: due in")
    assert not any("Look fast" in text for text in said(story)), "the steps of the phase are the work"
    assert [item.text for item in due_items(story.incident)] == ["Tell the CTO", "Look fast"]
    story.wait("10m")
    assert [text for text in said(story) if "Look fast" in text]


def test_a_review_that_has_a_time_is_left_alone_until_then() -> None:
    gates = (
        ClosingGate("held", "The review was held", "review held"),
        ClosingGate("done", "The report is there", "done x"),
    )
    story = Story().declare(plan=only(default_plan(), closing=gates))
    story.do("resolve", verified="5xx at baseline")
    assert said(story) == ["Before closing: The review was held", "Before closing: The report is there"]
    assert prompts(story.incident, story.now)[0].action == "schedule-review"
    story.do("schedule-review", at="mon 10:00")
    assert said(story) == ["Before closing: The report is there"]
    story.wait("4d")
    assert prompts(story.incident, story.now)[0].action == "review-held"
