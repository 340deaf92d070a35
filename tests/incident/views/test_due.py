"""What is due and what comes next: kinds, order, boundaries, and what a change of severity or the end makes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.state import EMPTY
from incident_cockpit.incident.views.due import NEAR, DueKind, Urgency, due_items, urgency
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.runbook.reader import read_runbook
from incident_cockpit.times.format import countdown
from support.builders import RUNBOOK, START, Story, default_plan, newer_runbook, plain_plan
from support.deadlines import AT_ONCE, only, span
from support.naming import naming


@pytest.fixture
def story() -> Story:
    return Story().declare(runbook=RUNBOOK, plan=plain_plan())


def texts(story: Story) -> list[str]:
    return [item.text for item in due_items(story.incident)]


def said(story: Story) -> list[str]:
    return [prompt.text for prompt in prompts(story.incident, story.now)]


def test_nothing_is_due_and_nothing_comes_next_before_the_opening() -> None:
    assert due_items(EMPTY) == ()
    assert prompts(EMPTY, START) == ()


def test_all_kinds_stand_in_one_queue_soonest_first(story: Story) -> None:
    [asked] = story.do("ask", who="Raj", within="10m", text="lag?")
    [timed] = story.do("timer", within="2m", text="rollback")
    items = due_items(story.incident)
    assert [(item.kind, item.text) for item in items] == [
        (DueKind.TIMER, "rollback"), (DueKind.ASK, "Raj: lag?"),
        (DueKind.UPDATE, "External update"), (DueKind.UPDATE, "Internal update"),
    ]  # fmt: skip
    assert [item.subject for item in items] == [f"t{timed.seq}", f"a{asked.seq}", "external", "internal"]
    assert [item.who for item in items] == ["", "Raj", "", ""]
    assert items[2].detail == "every 1h"
    assert items[2].since == START


def test_what_ended_is_no_longer_due(story: Story) -> None:
    story.do("ask", who="Raj", within="10m", text="lag?")
    story.do("ask", who="Mio", within="10m", text="pool?")
    story.do("timer", within="2m", text="rollback")
    story.do("answer", ask="lag", answer="3 s")
    story.do("drop", ask="pool")
    story.do("done", timer="rollback")
    assert texts(story) == ["External update", "Internal update"]


def test_a_boxed_step_is_due_until_it_is_closed(story: Story) -> None:
    story.do("timebox", step="s2", within="10m")
    story.do("assign-step", step="s2", who="@tech")
    item = due_items(story.incident)[0]
    assert (item.kind, item.key, item.subject) == (DueKind.STEP, "step:r1.s2", "r1.s2")
    assert (item.text, item.at) == ("Reproduce the failure", START + timedelta(minutes=11))
    assert item.who == "Technical Lead"
    assert item.since is None, "a box keeps its end alone, which is no beginning"
    story.do("start-step", step="s2")
    assert "Reproduce the failure" in texts(story)
    for closing in ("tick", "skip", "answer-step"):
        story.do(closing, step="s2", **({"reason": "x"} if closing == "skip" else {}))
        assert texts(story) == ["External update", "Internal update"]
        story.do("reopen-step", step="s2")
        assert texts(story)[0] == "Reproduce the failure", "it is open again, and so is its time"
    story.do("timebox", step="s2", within="off")
    assert texts(story) == ["External update", "Internal update"]


def test_a_boxed_step_that_a_newer_runbook_lost_is_not_due(story: Story) -> None:
    story.do("timebox", step="s2", within="10m")
    story.do("update-runbook", runbook="r1", newer=newer_runbook("Reproduce the failure"))
    assert texts(story) == ["External update", "Internal update"]


def test_a_late_step_is_put_off_like_anything_that_is_due(story: Story) -> None:
    story.do("timebox", step="s2", within="1m")
    story.do("snooze", item="Reproduce the failure", within="10m")
    item = due_items(story.incident)[0]
    assert (item.snoozed, item.at) == (True, story.now + timedelta(minutes=10))


def test_a_worse_severity_asks_for_updates_sooner_and_a_better_one_keeps_the_promise(story: Story) -> None:
    story.do("sent", audience="internal", route="xclip", text="x")
    sent = story.now
    story.do("severity", severity="SEV1", reason="all of EU")
    assert due_items(story.incident)[0].at == sent + timedelta(minutes=30)
    story.do("sent", audience="internal", route="xclip", text="x")
    sent = story.now
    story.do("severity", severity="SEV3", reason="one shop")
    [item] = due_items(story.incident)
    assert (item.at, item.detail) == (sent + timedelta(minutes=30), "every 2h")
    story.do("severity", severity="SEV4", reason="only ours")
    assert due_items(story.incident) == ()


def test_the_end_of_the_harm_ends_the_promises_but_not_what_was_asked(story: Story) -> None:
    story.do("ask", who="Raj", within="10m", text="lag?")
    story.do("timer", within="2h", text="review")
    story.do("resolve", verified="5xx at baseline")
    assert texts(story) == ["Raj: lag?", "review"]
    story.do("phase", phase="investigating", reason="it is back")
    assert "Internal update" in texts(story)


def test_snoozed_item_keeps_its_place_for_one_round(story: Story) -> None:
    story.do("snooze", item="internal", within="20m")
    item = due_items(story.incident)[-1]
    assert (item.text, item.at, item.snoozed) == ("Internal update", START + timedelta(minutes=80), True)
    story.do("sent", audience="internal", route="xclip", text="x")
    item = next(one for one in due_items(story.incident) if one.subject == "internal")
    assert (item.at, item.snoozed) == (story.now + timedelta(hours=1), False)


@pytest.mark.parametrize(
    ("verb", "values", "left"),
    [
        ("reassign", {"who": "Noor", "within": "5m"}, timedelta(minutes=5)),
        ("extend", {"within": "2m"}, timedelta(minutes=5)),
    ],
)
def test_the_time_that_an_ask_is_given_anew_goes_before_what_was_put_off(
    story: Story, verb: str, values: dict[str, str], left: timedelta
) -> None:
    story.do("ask", who="Raj", within="3m", text="dns?")
    asked = story.now
    story.do("snooze", item="dns?", within="20m")
    story.do(verb, ask="dns?", **values)
    item = next(one for one in due_items(story.incident) if one.kind is DueKind.ASK)
    given = story.now if verb == "reassign" else asked
    assert (item.at, item.snoozed) == (given + left, False)
    story.do("snooze", item="dns?", within="20m")
    item = next(one for one in due_items(story.incident) if one.kind is DueKind.ASK)
    assert (item.at, item.snoozed) == (given + left + timedelta(minutes=20), True), "it can be put off again"
    story.do("answer", ask="dns?", answer="yes")
    assert DueKind.ASK not in [one.kind for one in due_items(story.incident)]


@pytest.mark.parametrize(
    ("left", "stands"),
    [
        (timedelta(0), Urgency.LATE),
        (timedelta(microseconds=-1), Urgency.LATE),
        (timedelta(microseconds=1), Urgency.NEAR),
        (NEAR, Urgency.NEAR),
        (NEAR + timedelta(microseconds=1), Urgency.AHEAD),
    ],
)
def test_near_and_late_begin_at_their_instant(story: Story, left: timedelta, stands: Urgency) -> None:
    item = due_items(story.incident)[0]
    assert urgency(item, item.at - left) is stands


def test_what_presses_comes_first_then_what_is_missing_then_the_next_step(story: Story) -> None:
    assert said(story) == [
        naming("Technical Lead", "SEV2"),
        naming("impact"),
        "Next step: Acknowledge the page to stop its escalation",
    ]
    [asked] = story.do("ask", who="Raj", within="6m", text="lag?")
    assert "unassigned" in said(story)[0], "an ask that is far off presses nobody"
    story.wait("4m20s")
    assert said(story)[0] == "Raj: lag? is due in 1m40s"
    story.wait("1m40s")
    assert said(story)[0] == "Raj: lag? is due now"
    story.wait("2m12s")
    first = prompts(story.incident, story.now)[0]
    assert (first.text, first.urgency) == ("Raj: lag? (late 2m12s)", Urgency.LATE)
    assert (first.action, first.about) == ("answer", f"a{asked.seq}")


def test_next_counts_the_same_second_as_the_queue(story: Story) -> None:
    story.do("timer", within="2m", text="rollback")
    now = story.now + timedelta(seconds=20, milliseconds=700)
    assert prompts(story.incident, now)[0].text == "rollback is due in 1m40s"


def test_each_prompt_names_what_does_it(story: Story) -> None:
    story.do("timer", within="1m", text="rollback")
    story.wait("59m")
    named = {prompt.action: prompt.about for prompt in prompts(story.incident, story.now)}
    timer = next(iter(story.incident.timers.timers))
    assert named == {"done": timer, "update": "internal", "assign": "tech", "impact": "", "step": "r1.s1"}


def test_what_is_there_is_no_longer_asked_for(story: Story) -> None:
    story.do("assign", role="tech", who="Raj")
    story.do("impact", impact="8%")
    for number in range(1, 33):
        story.do(
            "tick" if number % 2 else "skip", after="", step=f"s{number}", **({} if number % 2 else {"reason": "x"})
        )
    assert said(story) == []


def test_a_late_step_says_how_it_is_closed(story: Story) -> None:
    story.do("timebox", step="s2", within="1m")
    story.wait("2m12s")
    first = prompts(story.incident, story.now)[0]
    assert first.text == "Reproduce the failure: late 1m12s"
    assert (first.urgency, first.action, first.about) == (Urgency.LATE, "tick-off", "r1.s2")


def test_the_next_step_is_the_first_that_is_open_in_any_runbook_added_ones_too(story: Story) -> None:
    story.do("attach", runbook=read_runbook(b"# Other\n- [ ] Look at the disk\n", "other.md"))
    [event] = story.do("add-step", step="r1.s1", text="Ask the shops")
    story.do("tick", step="r1.s1")
    story.do("start-step", step="Ask the shops")
    step = prompts(story.incident, story.now)[-1]
    assert (step.text, step.about) == ("Next step: Ask the shops", f"r1.a{event.seq}")
    for one in story.incident.steps.of("r1"):
        if not story.incident.steps.closed(f"r1.{one.key}"):
            story.do("tick", after="", step=f"r1.{one.key}")
    assert said(story)[-1] == "Next step: Look at the disk"


GATED = """# R
## One
- [ ] a

If it is back, go to [Three](#three). If it is worse, go to [Two](#two). If neither, escalate.

## Two
- [ ] b
## Three
- [ ] c
- [ ] d
"""


@pytest.fixture
def gated() -> Story:
    return Story().declare(runbook=read_runbook(GATED.encode(), "r.md"))


def next_step(story: Story) -> str:
    return said(story)[-1].removeprefix("Next step: ")


def test_the_next_step_is_on_the_way_that_was_taken_whoever_took_it(gated: Story) -> None:
    gated.do("tick", step="a")
    assert next_step(gated) == "b"
    gated.do("branch", gate="g1", choice="Three", by="Raj")
    assert next_step(gated) == "c"
    gated.do("tick", step="c")
    gated.do("tick", step="d")
    assert next_step(gated) == "b", "what was passed over is still open"


def test_another_way_and_taking_it_back_lead_the_next_step_there(gated: Story) -> None:
    gated.do("branch", gate="g1", choice="Three")
    gated.do("branch", gate="g1", choice="Two")
    assert next_step(gated) == "b"
    gated.do("undo")
    assert next_step(gated) == "c"
    gated.do("undo")
    assert next_step(gated) == "a"


def test_a_way_that_leads_nowhere_changes_nothing_and_neither_does_another_runbook(gated: Story) -> None:
    gated.do("branch", gate="g1", choice="escalate")
    assert next_step(gated) == "a"
    [attached] = gated.do("attach", runbook=read_runbook(f"{GATED}- [ ] e\n".encode(), "s.md"))[:1]
    gated.do("branch", gate=f"r{attached.seq}.g1", choice="Three")
    assert next_step(gated) == "a"
    for step in "abcd":
        gated.do("skip", step=f"r1.s{'abcd'.index(step) + 1}", reason="x")
    assert next_step(gated) == "c", "in the other runbook the way begins at its third section"


def test_a_resolved_incident_asks_for_no_roles(story: Story) -> None:
    story.do("resolve", verified="5xx at baseline")
    assert said(story) == [
        "Next step: Acknowledge the page to stop its escalation",
        naming("close"),
    ]


def test_item_due_at_once_is_late_at_once_and_alarms_after_a_minute() -> None:
    now = Deadline("now", DeadlineKind.NOTICE, "Tell the CTO", "declared", AT_ONCE, "done now")
    soon = replace(now, id="soon", text="Tell support", within=span("5m"), met_by="done soon")
    story = Story().declare(plan=only(default_plan(), now, soon))
    story.wait("8s")
    at_once, later = due_items(story.incident)
    assert (countdown(at_once.at, story.now), urgency(at_once, story.now)) == ("late 8s", Urgency.NEAR)
    story.wait("52s")
    assert urgency(at_once, story.now) is Urgency.LATE
    story.wait("4m")
    assert urgency(later, story.now) is Urgency.LATE, "what has a time has no other"


def test_what_had_passed_before_the_declaration_was_opened_late() -> None:
    notice = Deadline("all", DeadlineKind.NOTICE, "Tell all", "detected", span("5m"), "done all")
    story = Story().report(plan=only(default_plan(), notice))
    story.do("declare", severity="SEV1", why="it is real", after="8m")
    [item] = [item for item in due_items(story.incident) if item.text == "Tell all"]
    assert countdown(item.at, story.now) == "late 3m"
    assert "declared late" in item.detail


def test_what_others_do_comes_after_what_is_to_be_done_here() -> None:
    page = Deadline("page", DeadlineKind.DEADLINE, "Answer the page", "detected", span("5m"), "milestone acknowledged",
                    who="Technical Lead")  # fmt: skip
    notice = Deadline("all", DeadlineKind.NOTICE, "Tell all", "declared", span("6m"), "done all")
    story = Story().declare(plan=only(default_plan(), page, notice)).wait("7m")
    assert [item.text for item in due_items(story.incident)][:2] == ["Answer the page", "Tell all"]
    assert [one.partition(":")[0] for one in said(story)[:2]] == ["Tell all", "Answer the page"]
