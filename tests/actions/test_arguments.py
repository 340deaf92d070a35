"""Arguments: how each kind reads its value, offers choices and adapts to the incident."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from incident_cockpit.actions.arguments.argument import Arg, Here
from incident_cockpit.actions.arguments.of_incident import (
    AskArg,
    AttachedRunbookArg,
    DueItemArg,
    FollowUpArg,
    GateArg,
    HypothesisArg,
    MilestoneArg,
    PriorityArg,
    RunbookArg,
    StepArg,
    TimerArg,
)
from incident_cockpit.actions.arguments.of_plan import AudienceArg, FollowUpTypeArg, PhaseArg, SeverityArg
from incident_cockpit.actions.arguments.people import AssigneeArg, PersonArg, RoleArg, people, person
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DueDateArg, DurationArg, DurationOrOffArg, FutureTimeArg, TimeArg
from incident_cockpit.actions.execute import fitted, resolve, unreadable
from incident_cockpit.actions.registry import KINDS, find
from incident_cockpit.errors import Refused
from incident_cockpit.incident.declare import JOINED
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


@pytest.mark.parametrize("words", ["r1.s2", "s2", "2", "Reproduce the failure", "reproduce the", "REPRODUCE THE"])
def test_step_is_named_by_number_id_or_text(story: Story, words: str) -> None:
    assert meant(story, "tick", step=words) == {"step": "r1.s2"}


def test_exact_text_wins_over_a_longer_one(story: Story) -> None:
    dns = next(key for key, one in story.incident.hypotheses.items() if one.text == "DNS")
    assert meant(story, "test", hypothesis="dns")["hypothesis"] == dns


def test_ambiguous_text_is_refused_with_the_ids(story: Story) -> None:
    with refuses("ask") as refused:
        meant(story, "answer", ask="Raj", answer="x")
    for key in story.incident.asks:
        assert key in refused.value.what_to_do


def test_plan_item_is_named_by_its_id_in_the_plan() -> None:
    story = Story().declare(plan=plan("triage-cto"), severity="LIVE")
    assert meant(story, "complete", item="tell-cto")["item"] == (("tell-cto", "Notify the CTO of the incident"),)
    assert meant(story, "complete", item="cto-validated")["item"] == (
        ("cto-validated", "The CTO has validated the postmortem"),
    )
    assert meant(story, "snooze", item="internal", within="5m")["item"].text == "Thread update"


@pytest.mark.parametrize("said", ["tell-cto", "clock:tell-cto"])
def test_plan_item_completed_meanwhile_says_by_whom(said: str) -> None:
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
def test_item_ended_meanwhile_is_refused_by_its_text(
    story: Story, ends: str, values: dict[str, str], says: str
) -> None:
    story.do("need", text="somebody of the vendor")
    name = next(iter(values))
    chosen = {**values, name: str(meant(story, ends, **values)[name])}
    story.do(ends, **chosen)
    with pytest.raises(Refused, match=says):
        story.do(ends, **chosen)


def test_text_without_a_match_is_refused(story: Story) -> None:
    with refuses("hypothesis"):
        meant(story, "test", hypothesis="disk")
    with refuses("name"):
        meant(story, "milestone", name="lunch", at="-5m")
    story.do("done", timer="rollback")
    with refuses("timer"):
        meant(story, "done", timer="rollback")


def test_step_number_is_ambiguous_with_two_runbooks(story: Story) -> None:
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


def test_due_item_is_read_whole(story: Story) -> None:
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


def test_added_step_is_named_by_id_or_text(story: Story) -> None:
    [event] = story.do("add-step", step="s2", text="Ask the shops")
    for words in (f"r1.a{event.seq}", f"a{event.seq}", "ask the"):
        assert meant(story, "tick", step=words) == {"step": f"r1.a{event.seq}"}


def test_people_are_listed_once_role_holders_first(story: Story) -> None:
    story.do("note", by="Mio", text="here")
    story.do("assign", role="tech", who="Raj")
    assert people(story.record) == ("Ana", "Raj", "Mio")


def test_choices_are_what_is_open_now(story: Story) -> None:
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


def test_one_of_several_merged_levels_is_named_alone() -> None:
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


def test_follow_up_type_is_free_unless_the_plan_has_types(story: Story) -> None:
    assert meant(story, "follow-up-kind", follow_up="lag", kind="training")["kind"] == "training"
    full = Story().declare(plan=full_plan())
    full.do("follow-up", text="alert on lag")
    assert meant(full, "follow-up-kind", follow_up="lag", kind="PROC")["kind"] == "process"
    with refuses("kind"):
        meant(full, "follow-up-kind", follow_up="lag", kind="training")
    assert [one.id for one in FollowUpTypeArg.choices(full.record)] == ["technical", "process"]
    assert [one.id for one in PriorityArg.choices(full.record)] == ["high", "low"]


def test_future_times_are_read_in_the_shown_zone(story: Story) -> None:
    here = Here(story.now, ZoneInfo("Europe/Paris"))
    read = resolve(find("schedule-review"), story.record, here, {"at": "mon 10:00", "minutes": "90m"})
    assert read["at"] == datetime(2026, 11, 23, 9, tzinfo=UTC)
    by = resolve(find("follow-up-due"), story.record, here, {"follow_up": "lag", "due": "mon"})
    assert by["due"] == datetime(2026, 11, 23, 17, tzinfo=UTC), "the plan's organisation closes by its own clock"
    for free in (FutureTimeArg, DueDateArg):
        assert free.choices(story.record) == []


def last_arg(story: Story, action: str, /, **values: str) -> Arg:
    """Return the last argument of an action as adapted to the values before it."""
    return fitted(find(action), find(action).args[-1], story.record, Here(story.now, story.zone), values)


def test_phase_requires_a_reason_to_end_or_reopen(story: Story) -> None:
    assert not last_arg(story, "phase", phase="identified").required
    assert last_arg(story, "phase", phase="resolved").required
    assert last_arg(story, "phase", phase="Resolved").required, "typed or chosen"
    assert last_arg(story, "phase", phase="nowhere") == last_arg(story, "phase"), "reported when it is tried"
    story.do("resolve", verified="5xx flat")
    assert last_arg(story, "phase", phase="investigating").required
    assert not last_arg(story, "phase", phase="closed").required, "this plan has no closing criteria"
    assert not last_arg(story, "close").required


def test_closing_with_open_items_requires_a_reason() -> None:
    story = Story().declare(plan=full_plan(), severity="SEV1")
    story.do("resolve", verified="5xx flat")
    assert last_arg(story, "close").required
    assert last_arg(story, "phase", phase="closed").required
    for gate in ("sign-off", "held"):
        story.do("complete", item=gate)
    assert not last_arg(story, "close").required


def test_declaring_a_dismissed_report_requires_a_reason() -> None:
    story = Story().report(plan=full_plan())
    assert not last_arg(story, "declare", severity="SEV2").required
    story.do("dismiss", reason="a load test")
    assert last_arg(story, "declare", severity="SEV2").required


def test_incomplete_read_back_requires_a_reason(story: Story) -> None:
    story.do("handoff", who="Kim")
    left = story.incident.handoff.left
    assert last_arg(story, "take-command").required
    assert all(point in last_arg(story, "take-command").prompt for point in left)
    for point in left:
        story.do("read-back", by="Kim", point=point, words="so it is")
    assert not last_arg(story, "take-command").required
    [taken, *_] = story.do("take-command", by="Kim", reason="no reason")
    assert taken.fact.although == "", "nothing was left to do without"


def test_empty_answer_to_a_join_request_means_joined() -> None:
    story = Story().declare(plan=full_plan(), severity="SEV1")
    story.do("ask", who="Raj", within="10m", text="replica lag?")
    assert last_arg(story, "answer", ask="Support").default == JOINED
    assert last_arg(story, "answer", ask="Raj").needed


@pytest.mark.parametrize(
    ("action", "place", "word", "readable"),
    [
        ("schedule-review", 0, "soon", False),
        ("schedule-review", 0, "tomorrow 14:00", True),
        ("follow-up-due", 1, "someday", False),
        ("milestone", 1, "when it began", False),
        ("timebox", 1, "off", True),
        ("timebox", 1, "a while", False),
        ("supports", 1, "#999", False),
        ("note", 0, "any text", True),
    ],
)
def test_unreadable_word_is_reported_before_the_action(
    story: Story, action: str, place: int, word: str, readable: bool
) -> None:
    arg = find(action).args[place]
    problem = unreadable(find(action), arg, story.record, Here(story.now, story.zone), word)
    assert (problem == "") is readable
    assert readable or word in problem


@pytest.mark.parametrize(
    ("kind", "prefix", "ids"),
    [
        (StepArg, "s1", ["r1.s1", *(f"r1.s{number}" for number in range(10, 20))]),
        (SeverityArg, "sev1", ["SEV1"]),
        (PersonArg, "r", ["Raj"]),
        (HypothesisArg, "dns c", ["h15"]),
        (TextArg, "x", []),
    ],
)
def test_choices_are_completed_by_id_or_text(story: Story, kind: type[Arg], prefix: str, ids: list[str]) -> None:
    assert [choice.id for choice in kind.complete(prefix, story.record)] == ids
