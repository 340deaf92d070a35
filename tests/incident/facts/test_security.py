"""Risks, codenames, the breach record and evidence: ways, refusals, the words of each, and taking it back."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from incident_cockpit.actions.grammar import split_args
from incident_cockpit.actions.registry import find
from incident_cockpit.incident.facts.security import BREACH_FIELDS, custodian, is_breach, missing_breach_fields
from incident_cockpit.incident.views import timeline
from incident_cockpit.incident.views.next_action import Prompt, prompts
from support.builders import START, Story, breach_story, full_plan
from support.refusals import refuses


def said(story: Story) -> tuple[str, str]:
    """Return how the newest event reads that has a line of its own."""
    newest = next(event for event in reversed(story.record.events) if not event.fact.quiet)
    line = timeline.describe(story.record, newest)
    return line.sort, line.text


@pytest.fixture
def story() -> Story:
    return Story().declare("Addresses of customers leak", plan=full_plan())


class TestMeeting:
    """The channel and the call, said by hand."""

    def test_a_channel_is_named_with_its_sign_or_without(self, story: Story) -> None:
        story.do("channel", name="#inc-7-addresses")
        assert said(story) == ("channel", "#inc-7-addresses")
        assert story.incident.meeting.channel == "inc-7-addresses"
        story.do("undo")
        assert story.incident.meeting.channel == "incident-2026-11-20"

    @pytest.mark.parametrize(
        ("name", "way_on"),
        [
            ("", "channel inc-7-checkout"),
            ("#", "channel inc-7-checkout"),
            ("war room", "#war-room?"),
            ("x" * 81, "#xxx"),
            ("incident-2026-11-20", "another"),
        ],
    )
    def test_invalid_channel_is_refused_with_a_remedy(self, story: Story, name: str, way_on: str) -> None:
        with refuses("name") as refused:
            story.do("channel", name=name)
        assert way_on in refused.value.what_to_do

    def test_a_call_is_a_link_or_a_number(self, story: Story) -> None:
        story.do("call", link="+44 20 7946 0000, pin 12")
        assert said(story) == ("call", "+44 20 7946 0000, pin 12")
        for link in ("", "+44 20 7946 0000, pin 12", "x" * 301):
            with refuses("link"):
                story.do("call", link=link)


class TestRisk:
    """What may happen next is a line of its own, for the first message."""

    def test_it_is_a_line(self, story: Story) -> None:
        story.do("risk", text="vouchers may be paid twice")
        assert said(story) == ("risk", "vouchers may be paid twice")
        with refuses("text"):
            story.do("risk", text="")


class TestRestriction:
    """A codename stands for the title in what leaves."""

    def test_it_is_given_changed_and_lifted(self, story: Story) -> None:
        story.do("restrict", codename="  Blue   bird ")
        assert (said(story), story.incident.codename) == (("restricted", "codename Blue bird"), "Blue bird")
        story.do("restrict", codename="Kestrel")
        story.do("unrestrict")
        assert (said(story), story.incident.codename) == (("restricted", "restriction lifted"), "")
        story.do("undo")
        assert story.incident.codename == "Kestrel"

    @pytest.mark.parametrize(
        ("codename", "mention"),
        [
            ("", "required"),
            ("x" * 41, "41"),
            ("Leaking Customers", '"customers"'),
            ("ADDRESSES", '"addresses"'),
        ],
    )
    def test_unsuitable_codename_is_refused(self, story: Story, codename: str, mention: str) -> None:
        with refuses("codename") as refused:
            story.do("restrict", codename=codename)
        assert mention in str(refused.value)
        assert refused.value.what_to_do

    def test_small_words_tell_nothing(self, story: Story) -> None:
        story.do("restrict", codename="House of glass")
        assert story.incident.codename == "House of glass"

    def test_twice_the_same_and_lifting_nothing_are_refused(self, story: Story) -> None:
        with refuses():
            story.do("unrestrict")
        story.do("restrict", codename="Kestrel")
        with refuses("codename"):
            story.do("restrict", codename="Kestrel")


class TestBreachRecord:
    """What an authority asks for, field by field (seed 003, section 12)."""

    def record_prompt(self, story: Story) -> Prompt | None:
        return next((one for one in prompts(story.incident, story.now) if one.action == "breach"), None)

    def test_it_begins_with_the_type_and_asks_until_it_is_full(self, story: Story) -> None:
        assert (is_breach(story.incident), missing_breach_fields(story.incident), self.record_prompt(story)) == (
            False,
            (),
            None,
        )
        story.do("type", type="breach")
        wanted = [field for field in BREACH_FIELDS if field != "delay"]
        assert list(missing_breach_fields(story.incident)) == wanted
        prompt = self.record_prompt(story)
        assert prompt is not None
        assert (prompt.text, prompt.about) == ("Breach record: 8 fields missing (next: nature)", "nature")
        for field in wanted[:-1]:
            story.do("breach", field=field, text=f"what is known of {field}")
        prompt = self.record_prompt(story)
        assert prompt is not None
        assert prompt.text == "Breach record: 1 field missing (next: risk)"
        story.do("breach", field="risk", text="low: the list was public before")
        assert (self.record_prompt(story), missing_breach_fields(story.incident)) == (None, ())

    def test_a_field_is_put_right_and_taken_back(self, story: Story) -> None:
        story.do("breach", field="people", text="some")
        assert is_breach(story.incident)
        story.do("breach", field="people", text="about 4,000 customers")
        assert said(story) == ("breach", "people: about 4,000 customers")
        assert story.incident.breach["people"].since == story.now
        story.do("undo")
        assert story.incident.breach["people"].value == "some"
        story.do("undo")
        assert story.incident.breach == {}

    def test_a_field_is_found_by_its_question_too(self, story: Story) -> None:
        story.do("breach", field="personal data", text="addresses")
        assert list(story.incident.breach) == ["data"]

    def test_refusals(self, story: Story) -> None:
        with refuses("field"):
            story.do("breach", field="colour", text="red")
        with refuses("text") as refused:
            story.do("breach", field="people", text="")
        assert refused.value.what_to_do == BREACH_FIELDS["people"]
        story.do("breach", field="people", text="4,000")
        with refuses("text"):
            story.do("breach", field="people", text="4,000")

    def test_every_field_can_be_picked(self, story: Story) -> None:
        assert {one.id: one.words for one in find("breach").args[0].choices(story.record)} == BREACH_FIELDS


class TestEvidence:
    """What is kept, where it lies, and who has had it since."""

    def test_it_goes_from_hand_to_hand(self, story: Story) -> None:
        story.do("evidence", by="Raj", text="disk image of web-3", where="vault 12")
        assert said(story) == ("evidence", "disk image of web-3 (vault 12)")
        [(key, piece)] = story.incident.evidence.items()
        assert (piece.by, piece.when, custodian(piece)) == ("Raj", story.now, "Raj")
        story.do("evidence-handed", evidence="disk image", who="Lee")
        assert said(story) == ("evidence", "disk image of web-3 → Lee")
        story.do("evidence-handed", evidence=key, who="Kim")
        assert story.incident.evidence[key].handed == ("Lee", "Kim")
        story.do("undo")
        assert custodian(story.incident.evidence[key]) == "Lee"

    def test_where_it_lies_may_stay_open(self, story: Story) -> None:
        story.do("evidence", text="the mail of the stranger")
        assert said(story) == ("evidence", "the mail of the stranger")

    @pytest.mark.parametrize(
        ("typed", "values"),
        [
            ("disk image of web-3", {"text": "disk image of web-3"}),
            ('"disk image of web-3" vault 12', {"text": "disk image of web-3", "where": "vault 12"}),
            ('"disk image of web-3"', {"text": "disk image of web-3"}),
        ],
    )
    def test_only_what_is_quoted_is_parted_from_its_place(self, typed: str, values: dict[str, str]) -> None:
        assert split_args(find("evidence"), typed) == values

    def test_refusals(self, story: Story) -> None:
        with refuses("text"):
            story.do("evidence", text="")
        with refuses("evidence"):
            story.do("evidence-handed", evidence="disk", who="Lee")
        story.do("evidence", text="disk image")
        with refuses("who"):
            story.do("evidence-handed", evidence="disk", who="")
        with refuses("who"):
            story.do("evidence-handed", evidence="disk", who="ana")


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("channel", {"name": "war-room"}),
        ("call", {"link": "https://meet.example/x"}),
        ("risk", {"text": "it may spread"}),
        ("restrict", {"codename": "Kestrel"}),
        ("breach", {"field": "people", "text": "4,000"}),
        ("evidence", {"text": "a disk", "where": "a vault"}),
        ("type", {"type": "breach"}),
        ("detected-by", {"detection": "alert"}),
    ],
)
def test_undo_and_redo_leave_no_trace(story: Story, action: str, values: dict[str, Any]) -> None:
    before = replace(story.incident, seq=0, moved=None)
    story.do(action, **values)
    after = replace(story.incident, seq=0, moved=None)
    assert after != before
    story.do("undo")
    assert replace(story.incident, seq=0, moved=None) == before
    story.do("redo")
    assert replace(story.incident, seq=0, moved=None) == after


def test_a_breach_is_told_from_the_report_on() -> None:
    story = breach_story()
    assert [line.sort for line in timeline.timeline_entries(story.record)][:9] == [
        "opened", "report", "report", "report", "triage", "answer", "severity", "phase", "role",
    ]  # fmt: skip
    assert story.incident.codename == "Kestrel"
    assert story.incident.milestones["started"] < START < story.incident.milestones["aware"]
