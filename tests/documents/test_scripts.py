"""Scripts to read aloud: suggested for the moment, filled in from the record, replaced by those of a plan."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.documents.messages import available_messages, compose_message
from incident_cockpit.documents.scripts import DEFAULT_SCRIPTS, available_scripts, compose_script, is_instruction
from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.plan.schema import Message, Plan
from incident_cockpit.plan.templates import SCRIPTS
from incident_cockpit.text.escape import mentions
from support.builders import Story, busy_story, default_plan, loop_story
from support.golden import check_golden
from support.naming import naming
from support.refusals import refuses
from support.reported_incidents import breached, dismissed, over, reported

TOKEN = "ghp_" + "a1B2" * 9


def busy_with_proposal() -> Story:
    """Return the busy story with a proposal, a need and a communications lead."""
    story = busy_story()
    story.do("assign", role="comms", who="Zoe")
    story.do("decide", text="Fail over to the second region", why="the first one is full", risk="a minute of writes")
    story.do("need", text="somebody who knows the gateway")
    return story


STATES: dict[str, Callable[[], Story]] = {
    "fresh": lambda: Story().declare(),
    "busy": busy_with_proposal,
    "handed over": loop_story,
    "over": over,
    "reported": reported,
}


def text(story: Story, name: str, speaker: str = "Ana") -> str:
    return compose_script(story.record, name, speaker, story.now).text


def first(story: Story) -> str:
    return available_scripts(story.record)[0][0]


def plan_with(*texts: Message) -> Plan:
    return replace(default_plan(), messages=texts)


def test_scripts_match_their_golden_file() -> None:
    parts = []
    for state, begin in STATES.items():
        story = begin()
        parts += [f"=== {state}: {key} ({name})\n{text(story, key)}\n" for key, name in available_scripts(story.record)]
    check_golden("scripts.txt", "\n".join(parts))


def test_every_script_id_of_plans_has_a_default() -> None:
    assert DEFAULT_SCRIPTS.keys() == SCRIPTS.keys()


def test_scripts_are_short_and_have_no_gaps() -> None:
    for begin in STATES.values():
        story = begin()
        for script in DEFAULT_SCRIPTS:
            composed = compose_script(story.record, script, "Ana", story.now)
            assert composed.warnings == ()
            rows = composed.text.splitlines()
            assert len(rows) <= 14, (script, rows)
            assert all(row.strip() == row and row for row in rows), (script, rows)
            for gap in ("  ", " .", " ,", "None", "[]", "()", "*"):
                assert gap not in composed.text, (script, gap)


def test_script_for_the_moment_comes_first() -> None:
    story = Story().declare()
    assert first(story) == "say-opening"
    story.do("hypothesis", text="DNS")
    assert first(story) == "say-size-up"
    story.do("decide", text="Fail over", why="disk")
    assert first(story) == "say-objections"
    story.do("objection", decision="Fail", objection="nobody")
    assert first(story) == "say-size-up"
    story.do("decision", text="Roll back")
    assert first(story) == "say-objections"
    story.do("action", text="Rolled back")
    assert first(story) == "say-size-up"
    story.do("handoff", who="Kim")
    assert first(story) == "say-transfer"
    story.do("resolve", verified="at baseline")
    assert first(story) == "say-all-clear"
    assert [key for key, _ in available_scripts(story.record)] == ["say-all-clear", *list(DEFAULT_SCRIPTS)[:-1]]


def test_opening_introduces_the_speaker() -> None:
    story = Story().declare()
    assert "Ana" in text(story, "opening", "Ana").splitlines()[0]
    deputy = text(story, "opening", "Mio").splitlines()[0]
    assert "Mio" in deputy
    assert "Ana" in deputy
    in_triage = text(reported(), "opening", "Raj").splitlines()[0]
    assert "Raj" in in_triage
    assert "report" in in_triage


def test_overdue_update_is_not_announced() -> None:
    story = Story().declare()
    assert "15:00 UTC." in text(story, "opening")
    assert "next update" not in text(story.wait("2h"), "opening")


def test_poll_names_the_last_proposal_without_a_poll() -> None:
    story = Story().declare()
    assert text(story, "objections").startswith("(You: ")
    story.do("decide", text="Fail over", why="the disk is full", risk="a minute of writes")
    story.do("decision", text="Wait")
    story.do("objection", decision="Wait", objection="nobody")
    proposal, reason, risk, *_ = text(story, "objections").splitlines()
    assert proposal.endswith(": Fail over")
    assert reason.endswith(": the disk is full")
    assert risk.endswith(": a minute of writes")
    story.do("reverse", decision="Fail", reason="it lags")
    assert "Fail over" not in text(story, "objections")


def test_transfer_is_spoken_by_the_commander() -> None:
    story = Story().declare()
    not_offered = text(story, "transfer")
    assert is_instruction(not_offered)
    story.do("ask", who="Raj", within="10m", text="lag?")
    story.do("handoff", who="Kim")
    offered = text(story, "transfer").splitlines()
    assert offered[0].endswith(" INC-7 over to Kim.")
    assert offered[1].startswith("Kim, ")
    story.do("take-command", by="Kim", reason="Ana leaves")
    rows = text(story, "transfer", "Kim").splitlines()
    assert rows[0].startswith("This is Kim. ")
    assert "Ana" in rows[0]
    assert [row for row in rows if row.startswith("Raj, ") and row.endswith(" 14:11 UTC: lag?")]
    story.do("assign", role="ic", who="Bo")
    assert text(story, "transfer", "Bo") == not_offered


def test_all_clear_waits_for_the_end() -> None:
    story = Story().declare()
    assert is_instruction(text(story, "all-clear"))
    story.do("resolve", verified="payments at baseline", after="30m")
    rows = text(story, "all-clear").splitlines()
    assert "30 minutes" in rows[0]
    assert rows[1].endswith(": payments at baseline")
    assert "stand down" in rows[2]


def test_script_is_found_by_a_unique_beginning() -> None:
    story = Story().declare()
    assert text(story, "say-opening") == text(story, "Opening") == text(story, "op")
    for name in ("", "say-", "o x", "bye", "s"):
        with refuses("script", NotFound) as refusal:
            text(story, name)
        assert "opening, size-up, objections" in refusal.value.what_to_do


def test_plan_script_replaces_the_default() -> None:
    story = Story().declare(plan=plan_with(Message("say-opening", "Hello", "I am {{ speaker }}, {{ roles[0].role }}.")))
    assert text(story, "opening") == "I am Ana, Incident Commander."
    assert ("say-opening", "Hello") in available_scripts(story.record)


def test_broken_plan_script_falls_back_with_a_warning() -> None:
    story = Story().declare(plan=plan_with(Message("say-opening", "Hello", "{{ title.no }}")))
    composed = compose_script(story.record, "opening", "Ana", story.now)
    assert composed.text == text(Story().declare(), "opening")
    assert composed.warnings[0] == naming("'say-opening'", "'default'")


def test_scripts_are_not_messages() -> None:
    story = Story().declare(plan=plan_with(Message("say-opening", "Hello", "Hello")))
    assert "say-opening" not in [key for key, _ in available_messages(story.record)]
    with refuses("message"):
        compose_message(story.record, "say-opening", story.now, story.zone)


def test_scripts_of_a_restricted_incident_hide_its_title() -> None:
    story = breached()
    for script in DEFAULT_SCRIPTS:
        script_text = text(story, script)
        assert script_text.startswith("RESTRICTED: Bluebird.")
        assert "strangers" not in script_text.casefold()


def test_false_alarm_has_an_all_clear_too() -> None:
    story = dismissed("dismiss")
    assert first(story) == "say-all-clear"
    assert not is_instruction(text(story, "all-clear"))


HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&{}%$ \n1x")), st.characters(codec="utf-8")),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.strip()))


def story_with(hostile: str) -> Story:
    story = Story().declare()
    story.do("impact", impact=hostile)
    story.do("hypothesis", text=hostile)
    story.do("decide", text=hostile, why=hostile, risk=hostile)
    story.do("need", text=hostile)
    story.do("ask", who="Raj", text=hostile)
    return story


@given(HOSTILE, st.sampled_from(list(DEFAULT_SCRIPTS)))
def test_user_text_adds_no_lines_and_is_no_template(hostile: str, script: str) -> None:
    try:
        story = story_with(hostile)
    except Refused:
        return
    script_text = text(story, script)
    assert mentions(script_text) == 0
    assert len(script_text.splitlines()) == len(text(story_with("plain"), script).splitlines())


def test_secrets_are_not_read_aloud() -> None:
    story = story_with(f"token {TOKEN}")
    for script in DEFAULT_SCRIPTS:
        composed = compose_script(story.record, script, "Ana", story.now)
        assert TOKEN not in composed.text
        assert bool(composed.redacted) == ("redacted" in composed.text)
