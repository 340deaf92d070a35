from __future__ import annotations

from zoneinfo import ZoneInfo

from builders import Story, busy_story, resolved_story
from golden_files import check_golden
from incident_cockpit.exports.situation import situation
from incident_cockpit.text.escape import mentions

UTC = ZoneInfo("UTC")


def test_the_situation_reads_as_it_was_approved() -> None:
    busy, resolved = busy_story(), resolved_story()
    check_golden("situation-busy.txt", situation(busy.record, busy.now, ZoneInfo("Europe/Paris")))
    check_golden("situation-resolved.txt", situation(resolved.record, resolved.now, UTC))


def test_a_fresh_incident_has_a_situation_too() -> None:
    story = Story().declare("Checkout is down")
    text = situation(story.record, story.now, UTC)
    assert text.startswith("*SEV2 INC-7 Checkout is down*\nInvestigating, T+0s since 14:00 UTC\n")
    assert "Asked" not in text
    assert "Possible causes" not in text


def test_nothing_in_it_calls_anybody_or_gives_a_secret_away() -> None:
    story = Story().declare("@channel is down")
    story.do("note", text="@here password=hunter22")
    story.do("ask", who="@Raj", text="@everyone?")
    text = situation(story.record, story.now, UTC)
    assert mentions(text) == 0
    assert "hunter22" not in text


def test_what_was_no_incident_says_so_whatever_its_phase_was() -> None:
    story = Story().declare()
    assert "\nInvestigating, " in situation(story.record, story.now, UTC)
    story.do("dismiss", reason="the probe was renamed")
    assert "\nFalse alarm, " in situation(story.record, story.now, UTC)
