"""Who is asked to come, who is there with that, and that nobody is asked any more once it is over."""

from __future__ import annotations

from incident_cockpit.incident.declare import awaited_names, present_names
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.incident.views.timeline import timeline_entries
from support.builders import Story
from support.refusals import refuses
from support.shipped_plans import plan

ON_CALL, EXPERT, COMMS = "On-call engineer", "Subject matter expert", "Communications lead"


def p0(severity: str = "P0") -> Story:
    return Story().declare(severity=severity, plan=plan("p0-p3"))


def due(story: Story) -> set[str]:
    return {item.text for item in due_items(story.incident)}


def test_who_holds_the_role_that_the_plan_calls_is_there_and_told() -> None:
    story = p0()
    assert awaited_names(story.incident) == (ON_CALL, EXPERT, COMMS)
    assert f"Notify {ON_CALL}" in due(story)
    story.do("assign", role="oncall", who="Raj")
    assert awaited_names(story.incident) == (EXPERT, COMMS)
    assert f"Notify {ON_CALL}" not in due(story)
    assert [one.answer for one in story.incident.asks.values() if one.who == ON_CALL] == ["Raj is On-Call Engineer"]


def test_whoever_joined_need_not_say_more_and_whoever_was_asked_for_more_does() -> None:
    story = p0()
    story.do("answer", ask=EXPERT, answer="")
    story.do("answer", ask=COMMS, answer="on the train, there in 5m")
    answers = {one.who: one.answer for one in story.incident.asks.values()}
    assert answers == {ON_CALL: "", EXPERT: "joined", COMMS: "on the train, there in 5m"}
    assert {EXPERT.casefold(), COMMS.casefold()} <= present_names(story.incident)
    assert next(line.text for line in timeline_entries(story.record) if line.sort == "answer").endswith("→ joined")
    story.do("ask", who="Raj", within="10m", text="replica lag?")
    with refuses("answer"):
        story.do("answer", ask="Raj", answer="")


def test_one_undo_takes_back_the_role_with_the_answer() -> None:
    story = p0()
    story.do("assign", role="oncall", who="Raj")
    story.do("undo")
    assert ON_CALL in awaited_names(story.incident)
    assert f"Notify {ON_CALL}" in due(story)


def test_the_role_alone_keeps_the_rung_away() -> None:
    story = p0()
    story.do("assign", role="oncall", who="Raj")
    story.do("assign", role="comms", who="Mio")
    assert awaited_names(story.incident) == (EXPERT,)
    assert f"Notify {ON_CALL}" not in due(story)


def test_a_worse_severity_calls_nobody_who_is_there() -> None:
    story = p0("P2")
    story.do("assign", role="oncall", who="Raj")
    story.wait("20m").do("severity", severity="P0", reason="nobody can pay")
    assert awaited_names(story.incident) == (EXPERT, COMMS)
    assert "Notify Engineering manager and VP Engineering now" in due(story)


def test_what_was_said_of_a_rung_stays_as_it_was_said() -> None:
    story = p0()
    story.do("waive", item=f"Notify {ON_CALL}", reason="I am on call myself")
    story.do("assign", role="oncall", who="Ana")
    [deed] = story.incident.completion_marks.values()
    assert deed.note == "I am on call myself"
    assert f"Notify {ON_CALL}" not in due(story)


def test_ended_incident_asks_no_one_to_join() -> None:
    story = p0()
    story.do("resolve", verified="payments work")
    assert awaited_names(story.incident) == ()
    assert not any("join" in text for text in due(story))
    dropped = [line.text for line in timeline_entries(story.record) if line.text.startswith("dropped")]
    assert len(dropped) == 3
    assert all(text.endswith("(incident ended)") for text in dropped)


def test_other_asks_outlive_the_end() -> None:
    story = p0()
    story.do("ask", who="Raj", within="2h", text="what did the replica log?")
    story.do("resolve", verified="payments work")
    assert "Raj: what did the replica log?" in due(story)


def test_who_has_come_is_there_by_role_or_by_answer() -> None:
    story = p0()
    assert present_names(story.incident) == {"incident commander"}
    story.do("answer", ask=COMMS, answer="Mio is on the call")
    story.do("drop", ask=EXPERT, reason="nobody to be had")
    story.do("assign", role="oncall", who="Raj")
    assert present_names(story.incident) == {"incident commander", "communications lead", "on-call engineer"}
