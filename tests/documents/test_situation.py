from __future__ import annotations

from zoneinfo import ZoneInfo

from incident_cockpit.documents.situation import SITUATION
from incident_cockpit.text.escape import mentions
from support.builders import Story, busy_story, loop_story, resolved_story
from support.golden import check_golden

UTC = ZoneInfo("UTC")


def test_the_situation_reads_as_it_was_approved() -> None:
    busy, resolved = busy_story(), resolved_story()
    check_golden("situation-busy.txt", SITUATION.text(busy.record, busy.now, ZoneInfo("Europe/Paris")))
    check_golden("situation-resolved.txt", SITUATION.text(resolved.record, resolved.now, UTC))
    loop = loop_story()
    check_golden("situation-loop.txt", SITUATION.text(loop.record, loop.now, UTC))


def test_a_fresh_incident_has_a_situation_too() -> None:
    story = Story().declare("Checkout is down")
    text = SITUATION.text(story.record, story.now, UTC)
    assert text.startswith("*SEV2 INC-7 Checkout is down* (times in UTC)\nInvestigating, T+0s since 14:00 UTC\n")
    assert "Asked" not in text
    assert "Possible causes" not in text


def test_nothing_in_it_calls_anybody_or_gives_a_secret_away() -> None:
    story = Story().declare("@channel is down")
    story.do("note", text="@here password=hunter22")
    story.do("ask", who="@Raj", text="@everyone?")
    text = SITUATION.text(story.record, story.now, UTC)
    assert mentions(text) == 0
    assert "hunter22" not in text


def test_what_was_no_incident_says_so_whatever_its_phase_was() -> None:
    story = Story().declare()
    assert "\nInvestigating, " in SITUATION.text(story.record, story.now, UTC)
    story.do("dismiss", reason="the probe was renamed")
    assert "\nFalse alarm, " in SITUATION.text(story.record, story.now, UTC)


def test_the_loop_stands_in_it_and_what_no_longer_holds_does_not() -> None:
    story = Story().declare()
    do = story.do
    do("impact", impact="12% of payments fail")
    do("impact", impact="1% of payments fail")
    do("system", system="checkout", health="degraded")
    do("system", system="search", health="restored")
    do("action", text="Restarted")
    do("action", text="Rolled back")
    do("effect", action="Rolled", outcome="helped", evidence="12% to 1%")
    do("decide", text="Fail over", why="the disk is full", risk="a minute of writes")
    do("decide", text="Wait", why="it falls")
    do("reverse", decision="Fail", reason="the replica lags")
    do("need", text="access to the gateway")
    do("ask", who="Raj", within="10m", text="lag?")
    do("ack", ask="Raj")
    do("hypothesis", text="deploy")
    do("supports", hypothesis="deploy", text="errors begin with it")
    text = SITUATION.text(story.record, story.now, UTC)
    for part in (
        "*Impact:* 1% of payments fail (13m ago)\n- peak: 12% of payments at 14:01\n",
        "\n- checkout: degraded, since 14:03\n- search: restored, since 14:04\n",
        "- 14:05 Restarted → outcome unknown\n- 14:06 Rolled back → helped: 12% to 1%\n",
        "*Decisions:*\n- 14:09 Wait; because it falls\n",
        "- access to the gateway (open for 4m)\n",
        "- Raj: lag? (in 7m, asked 14:12, acknowledged)\n",
        "- deploy (supporting: errors begin with it)\n",
    ):
        assert part in text, part
    assert "Fail over" not in text.split("*Last entries:*")[0]
    do("note", text="that is all")
    assert [row for row in SITUATION.text(story.record, story.now, UTC).splitlines() if "Fail over" in row] == []


def test_an_old_line_of_a_reversed_decision_says_that_it_no_longer_holds() -> None:
    story = Story().declare()
    story.do("decide", text="Fail over", why="the disk is full")
    story.do("reverse", decision="Fail", reason="the replica lags")
    text = SITUATION.text(story.record, story.now, UTC)
    assert "- 14:01 decision: Fail over (because the disk is full) reversed: the replica lags (Ana)" in text
