"""From words to what they mean, and a plain answer where they mean nothing, or too much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.arguments.of_incident import (
    AskArg,
    AttachedRunbookArg,
    DueItemArg,
    FollowUpArg,
    GateArg,
    MilestoneArg,
    PriorityArg,
    RunbookArg,
    StepArg,
    TimerArg,
)
from incident_cockpit.actions.arguments.of_plan import AudienceArg, FollowUpTypeArg, PhaseArg, SeverityArg
from incident_cockpit.actions.arguments.people import AssigneeArg, RoleArg, people, person
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DueDateArg, DurationArg, DurationOrOffArg, FutureTimeArg, TimeArg
from incident_cockpit.actions.execute import fitted, resolve, unreadable
from incident_cockpit.actions.registry import KINDS, find
from incident_cockpit.errors import Refused
from incident_cockpit.incident.views.due import due_items
from support.builders import RUNBOOK, Story, full_plan, plain_plan, runbook_at
from support.refusals import refuses
from support.shipped_plans import plan


@pytest.fixture
def story() -> Story:
    told = Story().declare(runbook=RUNBOOK, plan=plain_plan())
    told.do("ask", who="Raj", within="10m", text="replica lag?")
    told.do("ask", who="Raj", within="20m", text="pool size?")
    told.do("timer", within="15m", text="check the rollback")
    told.do("hypothesis", text="DNS")
    told.do("hypothesis", text="DNS cache")
    told.do("follow-up", text="alert on lag")
    return told


def meant(story: Story, action: str, /, **values: object) -> dict[str, object]:
    return resolve(find(action), story.record, Here(story.now, story.zone), values)


@pytest.mark.parametrize("words", ["r1.s2", "s2", "2", "See the failure with your own eyes", "see the", "OWN EYES"])
def test_a_step_is_found_by_its_number_its_id_or_its_words(story: Story, words: str) -> None:
    assert meant(story, "tick", step=words) == {"step": "r1.s2"}


def test_the_whole_words_win_over_their_beginning(story: Story) -> None:
    dns = next(key for key, one in story.incident.hypotheses.items() if one.text == "DNS")
    assert meant(story, "test", hypothesis="dns")["hypothesis"] == dns


def test_words_that_fit_several_are_asked_back_with_their_ids(story: Story) -> None:
    with refuses("ask") as refused:
        meant(story, "answer", ask="Raj", answer="x")
    for key in story.incident.asks:
        assert key in refused.value.what_to_do


def test_what_the_plan_asks_for_is_found_by_the_id_that_the_plan_gives_it() -> None:
    story = Story().declare(plan=plan("triage-cto"), severity="LIVE")
    assert meant(story, "complete", item="tell-cto")["item"] == (("tell-cto", "Notify the CTO of the incident"),)
    assert meant(story, "complete", item="cto-validated")["item"] == (
        ("cto-validated", "The CTO has validated the postmortem"),
    )
    assert meant(story, "snooze", item="internal", within="5m")["item"].text == "Thread update"


@pytest.mark.parametrize("said", ["tell-cto", "clock:tell-cto"])
def test_what_somebody_else_has_done_meanwhile_is_said_to_be_done(said: str) -> None:
    story = Story().declare(plan=plan("triage-cto"), severity="LIVE")
    story.do("complete", by="Raj", item="tell-cto")
    with refuses("item") as refused:
        meant(story, "complete", item=said)
    for word in ("Notify the CTO of the incident", "done", "Raj", f"{story.now:%H:%M}"):
        assert word in refused.value.why


@pytest.mark.parametrize(
    ("ends", "values", "says"),
    [
        ("answer", {"ask": "replica", "answer": "3 s"}, "already answered"),
        ("done", {"timer": "rollback"}, "already done"),
        ("need-met", {"need": "vendor"}, "already met"),
        ("follow-up-done", {"follow_up": "alert"}, "already done"),
    ],
)
def test_what_was_chosen_and_ended_by_somebody_quicker_is_said_by_its_words(
    story: Story, ends: str, values: dict[str, str], says: str
) -> None:
    story.do("need", text="somebody of the vendor")
    name = next(iter(values))
    chosen = {**values, name: str(meant(story, ends, **values)[name])}
    story.do(ends, **chosen)
    with pytest.raises(Refused, match=says):
        story.do(ends, **chosen)


def test_words_that_fit_nothing_say_so(story: Story) -> None:
    with refuses("hypothesis"):
        meant(story, "test", hypothesis="disk")
    with refuses("name"):
        meant(story, "milestone", name="lunch", at="-5m")
    story.do("done", timer="rollback")
    with refuses("timer"):
        meant(story, "done", timer="rollback")


def test_with_two_runbooks_a_number_alone_is_not_enough(story: Story) -> None:
    other = replace(runbook_at(RUNBOOK), sha256="0" * 64, name="other")
    story.do("attach", runbook=other)
    with refuses("step"):
        meant(story, "tick", step="2")
    assert meant(story, "tick", step="r1.s2") == {"step": "r1.s2"}


@pytest.mark.parametrize(
    ("name", "values", "about"),
    [
        ("tick", {}, "step"),
        ("answer", {"answer": "x"}, "ask"),
        ("snooze", {"within": "5m"}, "item"),
        ("timer", {}, "within"),
        ("timer", {"within": "soon"}, "within"),
        ("timer", {"within": "0m"}, "within"),
        ("timer", {"within": "400d"}, "within"),
        ("milestone", {"name": "detected"}, "at"),
        ("milestone", {"name": "detected", "at": "lunchtime"}, "at"),
        ("note", {"txt": "x"}, "txt"),
        ("assign", {"role": "ic", "who": "x" * 81}, "who"),
    ],
)
def test_a_missing_or_unreadable_argument_is_named(story: Story, name: str, values: dict[str, str], about: str) -> None:
    with refuses(about):
        meant(story, name, **values)


def test_silence_stands_for_the_default() -> None:
    told = Story().declare()
    assert meant(told, "ask", who="Raj", text="lag?")["within"] == timedelta(minutes=10)
    assert meant(told, "ask", who="Raj", within="", text="lag?")["within"] == timedelta(minutes=10)
    assert meant(told, "cadence", audience="internal", every="OFF")["every"] is None


def test_what_is_due_brings_its_words_and_its_time_along(story: Story) -> None:
    timer = next(item for item in due_items(story.incident) if item.kind.value == "timer")
    assert meant(story, "snooze", item="rollback", within="5m") == {
        "item": timer, "within": timedelta(minutes=5),
    }  # fmt: skip


def test_text_is_cleaned_where_it_comes_in(story: Story) -> None:
    assert meant(story, "note", text="\x1b[31mred\x1b[0m\x07 alert\r\nline two ") == {"text": "red␇ alert\nline two"}
    assert meant(story, "ask", who="R\x00aj\n", within="5m", text="lag?")["who"] == ("R␀aj",)
    assert meant(story, "assign", role="ic", who="@Mio")["who"] == "Mio"


def test_a_known_name_is_written_as_it_is_known(story: Story) -> None:
    story.do("assign-step", step="s3", who="Zoë")
    story.do("test", hypothesis="cache", who="Kim")
    assert [person(story.record, typed) for typed in ("raj", "@RAJ", "zoë", "KIM", "ana", "Lee")] == [
        "Raj", "Raj", "Zoë", "Kim", "Ana", "Lee",
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["@comms", "comms", "COMMS", "Communications Lead", "@communications-lead"])
def test_a_step_is_given_to_a_role_by_any_of_its_names(story: Story, words: str) -> None:
    assert meant(story, "assign-step", step="s3", who=words)["who"] == "@comms"


@pytest.mark.parametrize("words", ["raj", "@raj", "@@Raj"])
def test_who_is_no_role_is_a_person(story: Story, words: str) -> None:
    assert meant(story, "assign-step", step="s3", who=words)["who"] == "Raj"


def test_a_role_is_nobodys_name(story: Story) -> None:
    story.do("assign-step", step="s3", who="@scribe")
    assert "@scribe" not in people(story.record)
    assert person(story.record, "@@scribe") == "scribe"


@pytest.mark.parametrize("words", ["r1.g1", "g1", "1", "If five requests", "back to normal, go to Wrap-up"])
def test_a_gate_is_found_by_its_number_its_id_or_its_words(story: Story, words: str) -> None:
    assert meant(story, "branch", gate=words, choice=" 2 ") == {"gate": "r1.g1", "choice": "2"}


def test_an_added_step_is_found_by_its_id_or_its_words(story: Story) -> None:
    [event] = story.do("add-step", step="s2", text="Ask the shops")
    for words in (f"r1.a{event.seq}", f"a{event.seq}", "ask the"):
        assert meant(story, "tick", step=words) == {"step": f"r1.a{event.seq}"}


def test_people_are_role_holders_first_and_each_once(story: Story) -> None:
    story.do("note", by="Mio", text="here")
    story.do("assign", role="tech", who="Raj")
    assert people(story.record) == ("Ana", "Raj", "Mio")


def test_what_can_be_named_now_is_what_still_stands(story: Story) -> None:
    story.do("drop", ask="pool")
    story.do("follow-up-done", follow_up="alert")
    offered = {kind: [choice.words for choice in kind.offered(story.incident)] for kind in KINDS}
    assert offered[AskArg] == ["Raj: replica lag?"]
    assert offered[FollowUpArg] == []
    assert offered[TimerArg] == ["check the rollback"]
    assert len(offered[StepArg]) == 32
    assert len(offered[DueItemArg]) == 4
    assert [one.id for one in SeverityArg.choices(story.record)] == ["SEV1", "SEV2", "SEV3", "SEV4"]
    assert len(offered[GateArg]) == 4
    assert "Scribe" in [choice.text for choice in AssigneeArg.choices(story.record)]
    assert offered[AttachedRunbookArg] == ["service-outage.md: Service outage"]
    assert offered[RoleArg][0] == "Incident Commander"
    assert offered[PhaseArg][0].startswith("Investigating: ")
    assert offered[AudienceArg][:2] == ["Internal update", "External update"]
    assert "resolved" in offered[MilestoneArg]
    for free in (TextArg, DurationArg, DurationOrOffArg, TimeArg, RunbookArg):
        assert offered[free] == []


def test_of_rungs_that_are_climbed_in_one_step_the_words_of_one_mean_that_one_alone() -> None:
    story = Story().declare(severity="P2", plan=plan("p0-p3")).wait("20m")
    story.do("severity", severity="P0", reason="nobody can pay")
    [merged] = [item for item in due_items(story.incident) if "+" in item.key]
    assert merged.text == "Notify On-call engineer, Engineering manager and VP Engineering now"
    vp = (("tell-vp-engineering", "Notify VP Engineering"),)
    assert meant(story, "complete", item="VP Engineering")["item"] == vp
    for words in (merged.text, merged.key, "On-call engineer, Engineering manager"):
        assert meant(story, "complete", item=words)["item"] == merged.completion_marks
    with refuses("item"):
        meant(story, "waive", item="engineering", reason="told in person")
    story.do("waive", item="VP Engineering", reason="told in person")
    assert list(story.incident.completion_marks) == ["tell-vp-engineering"]
    assert any(item.text == "Notify On-call engineer and Engineering manager now" for item in due_items(story.incident))


def test_what_a_plan_has_no_words_for_takes_any_and_what_it_has_is_named(story: Story) -> None:
    assert meant(story, "follow-up-kind", follow_up="lag", kind="training")["kind"] == "training"
    full = Story().declare(plan=full_plan())
    full.do("follow-up", text="alert on lag")
    assert meant(full, "follow-up-kind", follow_up="lag", kind="PROC")["kind"] == "process"
    with refuses("kind"):
        meant(full, "follow-up-kind", follow_up="lag", kind="training")
    assert [one.id for one in FollowUpTypeArg.choices(full.record)] == ["technical", "process"]
    assert [one.id for one in PriorityArg.choices(full.record)] == ["high", "low"]


def test_times_to_come_are_read_in_the_zone_that_is_shown(story: Story) -> None:
    here = Here(story.now, ZoneInfo("Europe/Paris"))
    read = resolve(find("schedule-review"), story.record, here, {"at": "mon 10:00", "minutes": "90m"})
    assert read["at"] == datetime(2026, 11, 23, 9, tzinfo=UTC)
    by = resolve(find("follow-up-due"), story.record, here, {"follow_up": "lag", "due": "mon"})
    assert by["due"] == datetime(2026, 11, 23, 17, tzinfo=UTC), "the plan's organisation closes by its own clock"
    for free in (FutureTimeArg, DueDateArg):
        assert free.choices(story.record) == []


def asked(story: Story, action: str, /, **values: str) -> tuple[str, bool, str]:
    """Return how the last argument is asked for once the others are known."""
    one = find(action)
    arg = fitted(one, one.args[-1], story.record, Here(story.now, story.zone), values)
    return arg.prompt, arg.required, arg.default


def test_why_is_needed_where_a_phase_ends_or_reopens_an_incident_and_nowhere_else(story: Story) -> None:
    free = ("Reason", False, "")
    verified = ("How was recovery verified?", True, "")
    assert asked(story, "phase", phase="identified") == free
    assert asked(story, "phase", phase="resolved") == verified
    assert asked(story, "phase", phase="Resolved") == verified, "typed or chosen"
    assert asked(story, "phase", phase="nowhere")[0] == asked(story, "phase")[0], (
        "what is wrong is said when it is tried"
    )
    story.do("resolve", verified="5xx flat")
    assert asked(story, "phase", phase="investigating") == ("Reason for reopening", True, "")
    assert asked(story, "phase", phase="closed") == free, "this plan wants nothing before it"
    assert asked(story, "close") == ("Remark", False, "")


def test_why_is_needed_where_closing_passes_over_something() -> None:
    story = Story().declare(plan=full_plan(), severity="SEV1")
    story.do("resolve", verified="5xx flat")
    question = ("Reason for closing with open items", True, "")
    assert asked(story, "close") == question
    assert asked(story, "phase", phase="closed") == question
    for gate in ("sign-off", "held"):
        story.do("complete", item=gate)
    assert asked(story, "close")[1] is False


def test_why_is_needed_where_what_was_dismissed_is_taken_up_again() -> None:
    story = Story().report(plan=full_plan())
    assert asked(story, "declare", severity="SEV2")[1] is False
    story.do("dismiss", reason="a load test")
    assert asked(story, "declare", severity="SEV2")[1:] == (True, "")


def test_why_is_needed_where_command_is_taken_before_all_was_read_back(story: Story) -> None:
    story.do("handoff", who="Kim")
    left = story.incident.handoff.left
    assert asked(story, "take-command")[1:] == (True, "")
    assert all(point in asked(story, "take-command")[0] for point in left)
    for point in left:
        story.do("read-back", by="Kim", point=point, words="so it is")
    assert asked(story, "take-command")[1] is False
    [taken, *_] = story.do("take-command", by="Kim", although="no reason")
    assert taken.fact.although == "", "nothing was left to do without"


def test_whoever_was_asked_to_join_has_come_where_nothing_more_is_said() -> None:
    story = Story().declare(plan=full_plan(), severity="SEV1")
    story.do("ask", who="Raj", within="10m", text="replica lag?")
    assert asked(story, "answer", ask="Support") == ("Have they joined?", True, "joined")
    assert asked(story, "answer", ask="Raj") == ("Answer", True, "")


@pytest.mark.parametrize(
    ("action", "place", "word", "why"),
    [
        ("schedule-review", 0, "soon", '"soon" is not a time to come'),
        ("schedule-review", 0, "tomorrow 14:00", ""),
        ("follow-up-due", 1, "someday", "someday"),
        ("milestone", 1, "when it began", '"when it began" is not a time'),
        ("timebox", 1, "off", ""),
        ("timebox", 1, "a while", '"a while" is not a duration'),
        ("supports", 1, "#999", "999"),
        ("note", 0, "whatever is said", ""),
    ],
)
def test_a_word_that_cannot_be_meant_is_known_before_anything_is_done(
    story: Story, action: str, place: int, word: str, why: str
) -> None:
    one = find(action)
    said = unreadable(one, one.args[place], story.record, Here(story.now, story.zone), word)
    assert said.startswith(why) if why.startswith(("'", '"')) else why in said
    assert bool(said) is bool(why)
