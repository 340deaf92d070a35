"""Warnings before an update is sent: promised fix times, causes, jargon, names, gaps. None of them blocks it."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.documents.lint.claims import check_causes, check_promises
from incident_cockpit.documents.lint.gaps import check_gaps, check_jargon
from incident_cockpit.documents.update import check_update, compose_update
from incident_cockpit.incident.state import Incident
from support.builders import Story, busy_story, default_plan, loop_story
from support.growth import MOST, growth

UTC = ZoneInfo("UTC")


@pytest.fixture
def story() -> Story:
    return Story().declare()


class TestPromises:
    @pytest.mark.parametrize(
        ("text", "promise"),
        [
            ("It will be fixed by 15:00.", "fixed by 15:00"),
            ("fixed by 15:00 UTC", "fixed by 15:00"),
            ("In 10 minutes it will be back", "In 10 minutes it will be back"),
            ("We expect a resolution within the hour", "resolution within the hour"),
            ("We hope to restore the service in about two hours", "restore the service in about two hours"),
            ("Everything will be working again tomorrow", "working again tomorrow"),
            ("ETA 15:00", "ETA 15:00"),
            ("ETA: 20 min", "ETA: 20 min"),
            ("The service should be up again at 3pm", "up again at 3pm"),
            ("It'll be over in an hour", "over in an hour"),
            ("Payments recover before midnight", "recover before midnight"),
            ("Fully resolved no later than 16:30", "resolved no later than 16:30"),
            ("It was down, and will be fixed by 15:00", "fixed by 15:00"),
            ("It will be back by 15:00, the next update comes at 14:40", "back by 15:00"),
        ],
    )
    def test_promised_fix_time_is_warned_of(self, text: str, promise: str) -> None:
        [warning] = check_promises(text)
        assert promise in warning

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "*Next update at 15:00 UTC*",
            "We will write again by 15:00 UTC.",
            "The problem is over and the service works as usual.",
            "It started at 14:00 UTC and lasted 37 minutes.",
            "It was fixed at 14:05.",
            "It has been resolved within 20 minutes.",
            "- 14:50 UTC Found: Rollback done, 5xx falls from 8% to 3%",
            "- Raj: restore the backup (by 14:32 UTC)",
            "- Lee: is it fixed? (was due 14:32 UTC)",
            "We are working on it.",
            "Payments in the EU are back.",
            "We will fix it.",
        ],
    )
    def test_past_times_and_the_next_update_are_no_promises(self, text: str) -> None:
        assert list(check_promises(text)) == []


class TestCauses:
    def warnings(self, story: Story, text: str) -> list[str]:
        return list(check_causes(text, story.incident))

    def test_open_hypothesis_stated_as_a_fact_is_warned_of(self, story: Story) -> None:
        story.do("hypothesis", text="bad deploy 4512")
        [warning] = self.warnings(story, "A bad deploy (4512) broke payments.")
        assert warning.endswith("“bad deploy 4512” is open")
        story.do("test", hypothesis="deploy", who="Raj")
        [warning] = self.warnings(story, "The bad deploy 4512 is at fault")
        assert warning.endswith("“bad deploy 4512” is testing")

    def test_hedged_cause_is_not_warned_of(self, story: Story) -> None:
        story.do("hypothesis", text="bad deploy 4512")
        for text in (
            "We suspect a bad deploy, 4512.",
            "It may be the bad deploy 4512.",
            "We are looking into bad deploy 4512.",
            "Whether the bad deploy 4512 did it is not known.",
        ):
            assert self.warnings(story, text) == []

    def test_confirmed_cause_is_not_warned_of(self, story: Story) -> None:
        story.do("hypothesis", text="bad deploy 4512")
        story.do("confirm", hypothesis="deploy", evidence="gone since the rollback")
        assert self.warnings(story, "It was caused by a bad deploy, 4512.") == []
        [warning] = self.warnings(story, "It was caused by sunspots.")
        assert "“It was caused by sunspots.”" in warning
        assert "“bad deploy 4512”" in warning

    def test_ruled_out_cause_may_be_denied(self, story: Story) -> None:
        story.do("hypothesis", text="DNS")
        story.do("rule-out", hypothesis="DNS", evidence="resolves")
        assert self.warnings(story, "It is not DNS.") == []
        [warning] = self.warnings(story, "A DNS problem hits payments.")
        assert warning.endswith("“DNS” is ruled out")

    def test_plain_word_alone_is_no_cause(self, story: Story) -> None:
        story.do("hypothesis", text="load")
        assert self.warnings(story, "Pages load slowly.") == []
        [warning] = self.warnings(story, "Pages are slow because of load.")
        assert warning.endswith("“load” is open")

    def test_cause_without_a_hypothesis_is_warned_of(self, story: Story) -> None:
        assert len(self.warnings(story, "Payments fail due to a provider.")) == 1
        assert self.warnings(story, "Payments fail.") == []


class TestJargon:
    def test_jargon_of_the_plan_is_found_as_words(self) -> None:
        plan = replace(default_plan(), jargon=("replica lag", "pod", "p99"))
        first, second = check_jargon("The Replica\n lag is high on p99", plan)
        assert "“replica lag”" in first
        assert "“p99”" in second
        assert list(check_jargon("A podcast about p999", plan)) == []

    def test_jargon_is_fine_for_colleagues(self, story: Story) -> None:
        story.do("impact", impact="payments fail")
        text = "The replica lags; payments fail. Next update at 15:00 UTC."
        assert check_update(text, story.incident, "internal") == ()
        [warning] = check_update(text, story.incident, "external")
        assert "“replica”" in warning


class TestGaps:
    def warnings(self, story: Story, text: str, audience: str = "external") -> list[str]:
        return list(check_gaps(text, story.incident, audience))

    def test_missing_impact_is_warned_of(self, story: Story) -> None:
        story.do("impact", impact="8% of EU card payments fail")
        [missing] = self.warnings(story, "We look into it. We will write by 15:00.")
        assert missing.endswith(": 8% of EU card payments fail")
        assert self.warnings(story, "Some card payments do not go through. We will write by 15:00.") == []
        assert self.warnings(story, "8 in a hundred. We will write by 15:00.") == []

    def test_missing_next_update_is_warned_of(self, story: Story) -> None:
        story.do("impact", impact="all of it")
        [missing] = self.warnings(story, "We look into it.")
        assert missing.startswith("Next update")
        assert self.warnings(story, "It began at 14:00. We keep you posted.") == [missing]
        for text in ("Next update at 15:00 UTC", "We will write again in 30 minutes.", "More news by noon"):
            assert self.warnings(story, text) == []

    def test_next_update_is_not_needed_after_the_end(self, story: Story) -> None:
        story.do("impact", impact="all of it")
        story.do("resolve", verified="at baseline")
        assert self.warnings(story, "All of it is over.") == []

    def test_empty_text_has_one_warning(self, story: Story) -> None:
        story.do("impact", impact="payments fail")
        [warning] = check_update(" \n", story.incident, "external")
        assert "empty" in warning


def test_all_people_of_the_incident_are_names_outside() -> None:
    story = Story().declare()
    do = story.do
    do("impact", impact="payments fail")
    do("ask", who="Raj", text="lag?")
    do("reassign", ask="Raj", who="Kim")
    do("hypothesis", text="x1", by="Bo")
    do("test", hypothesis="x1", who="Mio")
    do("action", text="Restarted", by="Lee")
    do("decide", text="Wait", who="Zoe")
    do("need", text="access")
    do("need-met", need="access", who="Tom")
    do("handoff", who="Uma")
    text = "Ana, Raj, Kim, Bo, Mio, Lee, Zoe, Tom and Uma: payments fail. Next update at 15:00."
    warnings = check_update(text, story.incident, "external")
    named = [warning.split()[1].rstrip(",") for warning in warnings if warning.startswith("Names ")]
    assert sorted(named) == ["Ana", "Bo", "Kim", "Lee", "Mio", "Raj", "Tom", "Uma", "Zoe"]


@pytest.mark.parametrize("begin", [busy_story, loop_story], ids=["busy", "loop"])
@pytest.mark.parametrize("audience", ["internal", "external"])
def test_generated_updates_have_no_warnings(begin: Callable[[], Story], audience: str) -> None:
    story = begin()
    story.do("impact", impact="8% of EU card payments fail")
    assert compose_update(story.record, audience, story.now, UTC).warnings == ()


PIECES = st.sampled_from([
    "by 15:00", "within 10 minutes", "will be", "fixed", "because of", "DNS", "ETA", "'ll", "’ll", ":", ", ", " and ",
    ".", "\n", " ", "*", "(by ", ")", "next update", "replica", "8%", "may", "is not", "\u2060", "\x00",
])  # fmt: skip
WORDS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map(" ".join))


def known() -> Incident:
    story = Story().declare()
    story.do("impact", impact="8% of payments fail")
    story.do("hypothesis", text="DNS")
    return story.incident


KNOWN = known()


@given(WORDS, st.sampled_from(["internal", "external", ""]))
def test_any_text_can_be_checked(text: str, audience: str) -> None:
    for warning in check_update(text, KNOWN, audience):
        assert "\n" not in warning
        assert len(warning) < 200


@pytest.mark.parametrize(
    "piece",
    [
        "by ",
        "by  the next ",
        "fixed by 15:0",
        "in about ",
        "a few ",
        "will ",
        "'",
        "(by ",
        "is ",
        " ",
        "\n",
        "x. ",
        ", ",
        "12:",
        "ll’",
        "caused by ",
        "eta ",
        "by about about ",
        "because of the the ",
        "the cause of ",
        "not ",
        "customers cannot ",
        "1 to 1 ",
        "update 14:0",
    ],
)
def test_long_text_is_checked_in_linear_time(piece: str) -> None:
    story = loop_story()
    for number in range(40):
        story.do("hypothesis", text=f"cause {number} {'and more ' * 10}")
    assert growth(lambda text: check_update(text, story.incident, "external"), piece, 8_000) < MOST
