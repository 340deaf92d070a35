from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from incident_cockpit.documents.breach_record import BREACH_RECORD, UNKNOWN
from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.security import BREACH_FIELDS
from incident_cockpit.plan.schema import Plan
from support.builders import Story, default_plan, full_plan
from support.golden import check_golden
from support.reported_incidents import breached, each_plan, reported

UTC, PARIS = ZoneInfo("UTC"), ZoneInfo("Europe/Paris")
GFM = MarkdownIt("gfm-like", {"linkify": False})


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_the_record_reads_as_it_was_approved() -> None:
    told = breached()
    told.do("complete", item="Tell the data protection authority", note="receipt 4711", after="2h")
    check_golden("breach.md", BREACH_RECORD.text(told.record, told.now, PARIS))


def test_it_says_that_it_is_no_legal_advice() -> None:
    assert "not legal advice" in BREACH_RECORD.text(breached().record, breached().now, UTC)


def test_every_field_is_there_and_says_plainly_where_nothing_is_known() -> None:
    story = Story().declare("Records are open", "SEV1", plan=full_plan())
    text = BREACH_RECORD.text(story.record, story.now, UTC)
    for field, question in BREACH_FIELDS.items():
        assert (f"### {field.capitalize()}\n\n_{question}_\n\n**{UNKNOWN}**" in text) is (field != "delay")
    assert f"0 of {len(BREACH_FIELDS) - 1} fields" in text
    story.do("breach", field="records", text="About 1,200")
    assert f"1 of {len(BREACH_FIELDS) - 1} fields" in BREACH_RECORD.text(story.record, story.now, UTC)
    assert "- 2026-11-20 14:01 UTC: About 1,200" in BREACH_RECORD.text(story.record, story.now, UTC)


def test_the_clock_runs_from_becoming_aware_and_not_before() -> None:
    story = Story().declare("Records are open", "SEV1", plan=full_plan())
    text = section(BREACH_RECORD.text(story.record, story.now, UTC), "Notifications")
    assert "not applicable" in text
    assert "No clock runs from awareness" in text
    story.do("type", type="breach")
    aware = story.incident.milestones["aware"]
    story.wait("71h")
    text = section(BREACH_RECORD.text(story.record, story.now, UTC), "Notifications")
    assert f"{aware + timedelta(hours=72):%Y-%m-%d %H:%M} UTC" in text
    assert "**not yet, 1h left**" in text
    story.wait("2h")
    late = BREACH_RECORD.text(story.record, story.now, UTC)
    assert re.search(r"\*\*not yet, .*late ", late)
    assert f"### Delay\n\n_{BREACH_FIELDS['delay']}_\n\n**{UNKNOWN}**" in late, "why is asked for from here on"


def test_what_was_told_is_told_with_when_and_whether_in_time() -> None:
    story = Story().declare("Records are open", "SEV1", plan=full_plan())
    story.do("type", type="breach")
    story.do("complete", item="clock:authority", note="receipt 4711", after="10h")
    story.do("waive", item="clock:users", reason="the data was encrypted | <b>")
    text = section(BREACH_RECORD.text(story.record, story.now, UTC), "Notifications")
    assert "2026-11-21 00:01 UTC, on time: receipt 4711" in text
    assert "not needed, Ana 2026-11-21 00:02 UTC: the data was encrypted \\| &lt;b&gt;" in text
    late = Story().declare("Records are open", "SEV1", plan=full_plan())
    late.do("type", type="breach")
    late.do("complete", item="clock:authority", after="75h")
    assert "late 3 hours" in BREACH_RECORD.text(late.record, late.now, UTC)


def test_evidence_is_told_with_every_hand_it_went_through() -> None:
    story = Story().declare("Records are open", "SEV1", plan=full_plan())
    assert "No evidence" in section(BREACH_RECORD.text(story.record, story.now, UTC), "Evidence")
    story.do("evidence", by="Raj", text="Disk image", where="vault 12")
    story.do("evidence-handed", evidence="Disk", who="Kim")
    story.do("evidence-handed", evidence="Disk", who="Lee")
    text = section(BREACH_RECORD.text(story.record, story.now, UTC), "Evidence")
    hands = "Raj from 2026-11-20 14:01 UTC<br>Kim from 2026-11-20 14:02 UTC<br>Lee from 2026-11-20 14:03 UTC"
    assert f"| Disk image | vault 12 | {hands} |" in text


def test_a_plan_that_knows_no_breaches_says_so() -> None:
    story = Story().declare("Records are open", "SEV1", plan=default_plan())
    if not any(one.start == "aware" for one in default_plan().deadlines):
        assert "no notifications" in BREACH_RECORD.text(story.record, story.now, UTC)


def test_a_report_has_a_record_too() -> None:
    story = reported()
    assert "unknown" in section(BREACH_RECORD.text(story.record, story.now, UTC), "Times")


@each_plan
def test_every_shipped_plan_has_one(plan: Plan) -> None:
    story = Story().declare("Records are open", plan.severities[0].id, plan=plan)
    text = BREACH_RECORD.text(story.record, story.now, PARIS)
    assert len([token for token in GFM.parse(text) if token.type == "heading_open"]) == 7 + len(BREACH_FIELDS) - 1


WORDS = st.text(
    alphabet=st.one_of(st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&\n 1x")), st.characters(codec="utf-8")),
    min_size=1,
    max_size=40,
).filter(lambda text: bool(text.strip()))


def shape(words: str) -> list[str] | None:
    story = Story().declare("Records are open", "SEV1", plan=full_plan())
    try:
        story.do("breach", field="nature", text=words)
        story.do("evidence", text=words, where="here")
        story.do("evidence-handed", evidence=next(iter(story.incident.evidence)), who="Kim")
        story.do("action", text=words)
        story.do("type", type="breach")
        story.do("waive", item="clock:users", reason=words)
    except Refused:
        return None
    tokens = GFM.parse(BREACH_RECORD.text(story.record, story.now, UTC))
    kinds = ("heading_open", "table_open", "tr_open", "td_open", "list_item_open")
    return [token.type for token in tokens if token.type in kinds]


PLAIN = shape("plain")


@given(WORDS)
def test_no_words_change_the_structure_of_the_record(words: str) -> None:
    assert shape(words) in (None, PLAIN)


@pytest.mark.parametrize("field", BREACH_FIELDS)
def test_no_secret_reaches_it(field: str) -> None:
    story = Story().declare("Records are open", "SEV1", plan=full_plan())
    story.do("breach", field=field, text="password=hunter22 was public")
    assert "hunter22" not in BREACH_RECORD.text(story.record, story.now, UTC)
