"""What is pointed out before an update leaves: promises of repair, causes, jargon, names, gaps. Nothing stops it."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.documents.lint.causes import check_causes
from incident_cockpit.documents.lint.missing import check_gaps, check_jargon
from incident_cockpit.documents.lint.promises import check_promises
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
        ("text", "said"),
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
    def test_a_time_by_which_it_is_over_is_pointed_out(self, text: str, said: str) -> None:
        [warning] = check_promises(text)
        assert said in warning
        assert warning.endswith("say when you write again instead")

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
    def test_what_happened_and_when_we_write_again_are_none(self, text: str) -> None:
        assert list(check_promises(text)) == []


class TestCauses:
    def told(self, story: Story, text: str) -> list[str]:
        return list(check_causes(text, story.incident))

    def test_an_open_hypothesis_as_a_fact_is_pointed_out(self, story: Story) -> None:
        story.do("hypothesis", text="bad deploy 4512")
        assert self.told(story, "A bad deploy (4512) broke payments.") == [
            "It tells “bad deploy 4512” as a fact, and it is open"
        ]
        story.do("test", hypothesis="deploy", who="Raj")
        assert self.told(story, "The bad deploy 4512 is at fault") == [
            "It tells “bad deploy 4512” as a fact, and it is testing"
        ]

    def test_a_guess_that_says_so_is_none(self, story: Story) -> None:
        story.do("hypothesis", text="bad deploy 4512")
        for text in (
            "We suspect a bad deploy, 4512.",
            "It may be the bad deploy 4512.",
            "We are looking into bad deploy 4512.",
            "Whether the bad deploy 4512 did it is not known.",
        ):
            assert self.told(story, text) == []

    def test_a_confirmed_cause_is_told_freely(self, story: Story) -> None:
        story.do("hypothesis", text="bad deploy 4512")
        story.do("confirm", hypothesis="deploy", found="gone since the rollback")
        assert self.told(story, "It was caused by a bad deploy, 4512.") == []
        assert self.told(story, "It was caused by sunspots.") == [
            "It names a cause; confirmed is “bad deploy 4512”: “It was caused by sunspots.”"
        ]

    def test_what_was_ruled_out_may_be_denied(self, story: Story) -> None:
        story.do("hypothesis", text="DNS")
        story.do("rule-out", hypothesis="DNS", found="resolves")
        assert self.told(story, "It is not DNS.") == []
        assert self.told(story, "A DNS problem hits payments.") == ["It tells “DNS” as a fact, and it is ruled out"]

    def test_a_plain_word_is_no_cause_by_itself(self, story: Story) -> None:
        story.do("hypothesis", text="load")
        assert self.told(story, "Pages load slowly.") == []
        assert self.told(story, "Pages are slow because of load.") == ["It tells “load” as a fact, and it is open"]

    def test_without_any_hypothesis_a_cause_is_pointed_out_too(self, story: Story) -> None:
        assert len(self.told(story, "Payments fail due to a provider.")) == 1
        assert self.told(story, "Payments fail.") == []


class TestJargon:
    def test_words_of_the_plan_are_found_as_words(self) -> None:
        plan = replace(default_plan(), jargon=("replica lag", "pod", "p99"))
        assert list(check_jargon("The Replica\n lag is high on p99", plan)) == [
            "It says “replica lag”, which readers outside may not know",
            "It says “p99”, which readers outside may not know",
        ]
        assert list(check_jargon("A podcast about p999", plan)) == []

    def test_colleagues_may_read_it(self, story: Story) -> None:
        story.do("impact", impact="payments fail")
        text = "The replica lags; payments fail. Next update at 15:00 UTC."
        assert check_update(text, story.incident, "internal") == ()
        assert check_update(text, story.incident, "external") == (
            "It says “replica”, which readers outside may not know",
        )


class TestGaps:
    def told(self, story: Story, text: str, audience: str = "external") -> list[str]:
        return list(check_gaps(text, story.incident, audience))

    def test_an_update_says_who_is_hurt(self, story: Story) -> None:
        story.do("impact", impact="8% of EU card payments fail")
        missing = ["It does not say who is hurt and how: 8% of EU card payments fail"]
        assert self.told(story, "We look into it. We will write by 15:00.") == missing
        assert self.told(story, "Some card payments do not go through. We will write by 15:00.") == []
        assert self.told(story, "8 in a hundred. We will write by 15:00.") == []

    def test_an_update_says_when_the_next_one_comes(self, story: Story) -> None:
        story.do("impact", impact="all of it")
        silent = ["It does not say when they hear more"]
        assert self.told(story, "We look into it.") == silent
        assert self.told(story, "It began at 14:00. We keep you posted.") == silent
        for text in ("Next update at 15:00 UTC", "We will write again in 30 minutes.", "More news by noon"):
            assert self.told(story, text) == []

    def test_nothing_is_promised_once_it_is_over(self, story: Story) -> None:
        story.do("impact", impact="all of it")
        story.do("resolve", verified="at baseline")
        assert self.told(story, "All of it is over.") == []

    def test_an_empty_text_is_empty_and_that_is_all(self, story: Story) -> None:
        story.do("impact", impact="payments fail")
        assert check_update(" \n", story.incident, "external") == ("It is empty",)


def test_everybody_whom_the_incident_knows_is_a_name_outside() -> None:
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
    named = [
        one.split()[2].rstrip(",")
        for one in check_update(text, story.incident, "external")
        if one.startswith("It names")
    ]
    assert sorted(named) == ["Ana", "Bo", "Kim", "Lee", "Mio", "Raj", "Tom", "Uma", "Zoe"]


@pytest.mark.parametrize("begin", [busy_story, loop_story], ids=["busy", "loop"])
@pytest.mark.parametrize("audience", ["internal", "external"])
def test_our_own_texts_need_no_second_look(begin: Callable[[], Story], audience: str) -> None:
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
def test_any_text_can_be_looked_through(text: str, audience: str) -> None:
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
def test_a_long_text_is_looked_through_in_no_time(piece: str) -> None:
    story = loop_story()
    for number in range(40):
        story.do("hypothesis", text=f"cause {number} {'and more ' * 10}")
    assert growth(lambda text: check_update(text, story.incident, "external"), piece, 8_000) < MOST
