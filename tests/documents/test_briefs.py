"""The handoff brief, the brief for new responders and the stand-down list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.documents.document import safe
from incident_cockpit.documents.handoff_brief import HANDOFF_BRIEF
from incident_cockpit.documents.join_brief import JOIN_BRIEF, STAND_DOWN, responders
from incident_cockpit.errors import Refused
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.history import severities, tenures
from incident_cockpit.text.escape import WORD_JOINER, mentions
from support.builders import RUNBOOK, Story, breach_story, busy_story, loop_story, plain_plan, resolved_story
from support.golden import check_golden
from support.naming import naming
from support.reported_incidents import breached, declared, dismissed, over, reported

PARIS, UTC = ZoneInfo("Europe/Paris"), ZoneInfo("UTC")
TOKEN = "ghp_" + "a1B2" * 9

Write = Callable[[Record, datetime, tzinfo], str]
TEXTS: dict[str, Write] = {"handoff": HANDOFF_BRIEF.text, "join": JOIN_BRIEF.text, "stand-down": STAND_DOWN.text}
each_text = pytest.mark.parametrize("write", TEXTS.values(), ids=TEXTS)

STORIES: dict[str, Callable[[], Story]] = {
    "loop": loop_story,
    "busy": busy_story,
    "resolved": resolved_story,
    "breach": breach_story,
    "reported": reported,
    "false-alarm": lambda: dismissed("dismiss"),
    "duplicate": lambda: dismissed("duplicate"),
}


def written(write: Write, story: Story, zone: ZoneInfo = UTC) -> str:
    return write(story.record, story.now, zone)


@pytest.mark.parametrize("text", TEXTS)
def test_they_read_as_they_were_approved(text: str) -> None:
    parts = [f"=== {name}\n{written(TEXTS[text], begin(), PARIS)}\n" for name, begin in STORIES.items()]
    check_golden(f"{text}.txt", "\n".join(parts))


@each_text
@pytest.mark.parametrize("begin", [*STORIES.values(), declared, over, breached])
def test_they_leave_as_they_are(write: Write, begin: Callable[[], Story]) -> None:
    text = written(write, begin())
    assert safe(text) == text
    assert mentions(text) == 0
    assert not [row for row in text.splitlines() if row != row.rstrip()]


class TestBrief:
    def test_a_reversed_decision_is_not_told_as_one_that_stands(self) -> None:
        story = Story().declare()
        story.do("decide", text="Fail over", why="the disk is full", risk="a minute of writes", who="Bo")
        assert "Fail over; because the disk is full; risk: a minute of writes; decided by Bo" in written(
            HANDOFF_BRIEF.text, story
        )
        story.do("objection", decision="Fail", objection="nobody")
        assert "objections: nobody" in written(HANDOFF_BRIEF.text, story)
        story.do("reverse", decision="Fail", reason="the replica lags")
        [row] = [row for row in written(HANDOFF_BRIEF.text, story).splitlines() if "Fail over" in row]
        assert "REVERSED: the replica lags" in row
        assert "because" not in row

    def test_the_highest_impact_is_told_once_it_has_fallen(self) -> None:
        story = Story().declare()
        story.do("impact", impact="8% of payments fail")
        story.do("impact", impact="12% of payments fail")
        assert "peak" not in written(HANDOFF_BRIEF.text, story)
        story.do("impact", impact="1% of payments fail")
        assert "- peak: 12% of payments at 14:02" in written(HANDOFF_BRIEF.text, story)

    def test_it_says_what_waits_and_whether_somebody_is_on_it(self) -> None:
        story = Story().declare()
        story.do("ask", who="Raj", within="10m", text="replica lag?")
        story.do("ask", who="Mio", within="5m", text="graphs")
        story.do("ack", ask="Raj")
        story.do("need", text="access to the gateway")
        story.do("answer", ask="Mio", answer="here")
        text = written(HANDOFF_BRIEF.text, story.wait("10m"))
        assert "- Raj: replica lag? (late 4m, asked 14:01, acknowledged)" in text
        assert naming("- access to the gateway", "11m", "Ana") in text.splitlines()
        assert "graphs" not in text

    def test_it_counts_what_it_leaves_out(self) -> None:
        story = Story().declare(runbook=RUNBOOK, plan=plain_plan())
        for number in range(12):
            story.do("action", text=f"Deed {number}")
            story.do("timer", within="30m", text=f"look at {number}")
        text = written(HANDOFF_BRIEF.text, story)
        assert "(4 earlier" in text
        assert "Deed 3 " not in text
        assert "Deed 4 (Ana) → outcome unknown" in text
        assert "- and 4 more" in text

    def test_the_last_update_is_quoted_and_cut(self) -> None:
        story = Story().declare()
        story.do("sent", audience="internal", route="file", text="*all*\n\n" + "long " * 1_000)
        text = written(HANDOFF_BRIEF.text, story)
        assert "(internal, number 1, 14:01 UTC)\n> *all*\n>\n> long" in text.replace(WORD_JOINER, "")
        assert text.count("long") < 310
        assert text.endswith("…")

    def test_the_read_back_stands_in_it_while_command_is_offered(self) -> None:
        story = Story().declare()
        story.do("handoff", who="Kim")
        story.do("read-back", by="Kim", point="impact", words="8% of payments fail")
        text = written(HANDOFF_BRIEF.text, story)
        assert "your own words? 8% of payments fail\n- " in text.partition("*Read-back by Kim:*\n")[2]
        story.do("take-command", by="Kim", reason="Ana has to leave")
        assert "Read-back" not in written(HANDOFF_BRIEF.text, story)

    def test_times_of_another_day_say_the_day(self) -> None:
        story = Story().declare()
        story.do("action", text="Restarted")
        assert "- 11-20 14:01 Restarted " in written(HANDOFF_BRIEF.text, story.wait("24h"))

    def test_whoever_was_brought_in_is_named(self) -> None:
        story = Story().declare()
        story.do("escalate", who="Kim", reason="the gateway is beyond us")
        assert "*Engaged:* Kim: the gateway is beyond us" in written(HANDOFF_BRIEF.text, story)


class TestStandDown:
    def test_names_in_other_letters_are_one_person(self) -> None:
        story = Story().declare()
        story.do("ask", who="raj", within="10m", text="lag?")
        story.do("note", by="Raj", text="looking")
        assert [(one.who, bool(one.heard)) for one in responders(story.record)] == [("Ana", True), ("raj", True)]

    def test_who_has_something_comes_first_and_roles_end_with_the_harm(self) -> None:
        story = Story().declare()
        story.do("assign", role="tech", who="Raj")
        story.do("ask", who="Mio", within="10m", text="graphs")
        story.do("escalate", who="Kim", reason="help")
        before = {one.who: one.still for one in responders(story.record)}
        assert before == {
            "Ana": "Incident Commander", "Raj": "Technical Lead", "Mio": "asked: graphs", "Kim": "",
        }  # fmt: skip
        story.do("resolve", verified="5xx at baseline")
        after = {one.who: one.still for one in responders(story.record)}
        assert after == {"Ana": "Incident Commander", "Mio": "asked: graphs", "Raj": "", "Kim": ""}
        story.do("drop", ask="Mio")
        story.do("close", reason="nothing to learn")
        assert not any(one.still for one in responders(story.record))

    def test_an_answer_is_a_sign_of_life_whoever_typed_it(self) -> None:
        story = Story().declare()
        story.do("ask", who="Kim", within="10m", text="lag?")
        assert {one.who: one.heard for one in responders(story.record)}["Kim"] is None
        story.do("answer", ask="Kim", answer="3 s")
        assert {one.who: one.heard for one in responders(story.record)}["Kim"] == story.now

    def test_a_line_that_was_taken_back_is_no_sign_of_life(self) -> None:
        story = Story().declare()
        story.do("note", by="Raj", text="here")
        story.do("undo", by="Raj")
        assert [one.who for one in responders(story.record)] == ["Ana"]

    def test_whoever_looks_into_a_report_is_kept_by_it(self) -> None:
        story = reported()
        story.do("investigate", who="Raj", within="20m")
        assert "Raj: still triage; asked:" in written(STAND_DOWN.text, story)


class TestJoinBrief:
    def test_what_is_over_asks_nothing_of_anybody(self) -> None:
        story = over()
        text = written(JOIN_BRIEF.text, story)
        assert "no action" in text.splitlines()[-1]
        assert "Next update" not in text

    def test_what_is_looked_into_comes_before_what_is_only_thought(self) -> None:
        story = Story().declare()
        for text in ("DNS", "disk", "deploy", "load"):
            story.do("hypothesis", text=text)
        story.do("test", hypothesis="load", who="Raj")
        assert "- load (testing: Raj)\n- DNS\n- disk\n- and 1 more\n" in written(JOIN_BRIEF.text, story)

    def test_it_says_when_more_is_told(self) -> None:
        story = Story().declare()
        assert "*Next update:* 15:00 UTC" in written(JOIN_BRIEF.text, story)
        assert "Next update" not in written(JOIN_BRIEF.text, story.wait("2h"))


@each_text
def test_no_secret_gets_out_however_long_the_words_before_it_are(write: Write) -> None:
    story = Story().declare()
    for padding in ("", "x " * 135):
        for name, field in (("action", "text"), ("hypothesis", "text"), ("need", "text")):
            story.do(name, **{field: f"{padding}{name} {TOKEN}"})
        story.do("ask", who="Raj", text=f"{padding}{TOKEN}")
    story.do("impact", impact=f"password=hunter22 {TOKEN}")
    story.do("decide", text="Rotate", why=f"leaked {TOKEN}", risk=f"{'y ' * 140}{TOKEN}")
    story.do("sent", audience="internal", route="file", text=f"{'x' * 1490} {TOKEN}")
    text = written(write, story)
    assert "ghp_" not in text
    assert "hunter22" not in text


HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&{}%$ \n\r\u2028\x0b1x")), st.characters(codec="utf-8")
    ),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.strip()))


def told_with(words: str, who: str) -> Story:
    story = Story(who=who).declare()
    do = story.do
    do("impact", impact=f"x {words}")
    do("action", text=words)
    do("effect", action=next(iter(story.incident.notes.actions)), outcome="helped", evidence=words)
    do("decide", text=words, why=words, risk=words)
    do("hypothesis", text=words)
    do("supports", hypothesis=next(iter(story.incident.hypotheses)), text=f"x {words}")
    do("ask", who="Raj", text=words)
    do("need", text=words)
    do("system", system=words, health="degraded", note=words)
    do("escalate", who="Kim", reason=words)
    do("handoff", who="Kim")
    do("read-back", by="Kim", point="impact", words=words)
    return story


@each_text
@given(words=HOSTILE)
def test_no_words_make_lines_of_their_own_or_call_anybody(write: Write, words: str) -> None:
    try:
        story = told_with(words, "Ana")
    except Refused:
        return
    text = written(write, story)
    assert mentions(text) == 0
    assert len(text.splitlines()) == len(written(write, told_with("plain", "Ana")).splitlines())


def test_a_clock_that_steps_back_does_not_change_which_severity_came_last() -> None:
    story = Story().declare(severity="SEV2").wait("20m")
    story.do("note", text="all of Europe")
    story.set_back("40m").do("severity", severity="SEV1", reason="worse", after="")
    [changes] = [
        one for one in HANDOFF_BRIEF.text(story.record, story.now, UTC).splitlines() if one.startswith("*Severity:*")
    ]
    assert changes.index("SEV1") > changes.index("SEV2")
    assert [one.value for one in severities(story.record)] == ["SEV2", "SEV1"]


def test_nobody_holds_a_role_for_less_than_no_time_when_the_clock_steps_back() -> None:
    story = Story().declare()
    story.do("assign", role="scribe", who="Mio", after="20m")
    story.set_back("3m").do("assign", role="scribe", who="Raj", after="")
    held = {one.who: one for one in tenures(story.record) if one.role == "scribe"}
    assert held["Mio"].until == held["Mio"].since
    assert held["Raj"].until is None
