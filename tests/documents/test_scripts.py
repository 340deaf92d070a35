"""Words to read aloud: they fit the moment, are filled from the facts, and a plan can word them itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.documents.messages import available_messages, compose_message
from incident_cockpit.documents.scripts import DEFAULT_SCRIPTS, available_scripts, compose_script
from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.plan.schema import Message, Plan
from incident_cockpit.plan.templates import SCRIPTS
from incident_cockpit.text.escape import mentions
from support.builders import Story, busy_story, default_plan, loop_story
from support.golden import check_golden
from support.reported_incidents import breached, dismissed, over, reported

TOKEN = "ghp_" + "a1B2" * 9


def swooped() -> Story:
    """Return the busy story as somebody senior comes in: something is proposed, lacking, and handed over."""
    story = busy_story()
    story.do("assign", role="comms", who="Zoe")
    story.do("decide", text="Fail over to the second region", why="the first one is full", risk="a minute of writes")
    story.do("need", text="somebody who knows the gateway")
    return story


STATES: dict[str, Callable[[], Story]] = {
    "fresh": lambda: Story().declare(),
    "busy": swooped,
    "handed over": loop_story,
    "over": over,
    "reported": reported,
}


def said(story: Story, word: str, who: str = "Ana") -> str:
    return compose_script(story.record, word, who, story.now).text


def first(story: Story) -> str:
    return available_scripts(story.record)[0][0]


def plan_with(*texts: Message) -> Plan:
    return replace(default_plan(), messages=texts)


def test_they_read_as_they_were_approved() -> None:
    parts = []
    for state, begin in STATES.items():
        story = begin()
        parts += [
            f"=== {state}: {word} ({name})\n{said(story, word)}\n" for word, name in available_scripts(story.record)
        ]
    check_golden("scripts.txt", "\n".join(parts))


def test_there_is_one_for_every_moment_that_plans_may_word() -> None:
    assert DEFAULT_SCRIPTS.keys() == SCRIPTS.keys()


def test_they_are_short_enough_to_be_read_aloud_and_have_no_gaps() -> None:
    for begin in STATES.values():
        story = begin()
        for word in DEFAULT_SCRIPTS:
            made = compose_script(story.record, word, "Ana", story.now)
            assert made.warnings == ()
            rows = made.text.splitlines()
            assert len(rows) <= 14, (word, rows)
            assert all(row.strip() == row and row for row in rows), (word, rows)
            for gap in ("  ", " .", " ,", "None", "[]", "()", "*"):
                assert gap not in made.text, (word, gap)


def test_the_one_that_fits_the_moment_comes_first() -> None:
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
    assert [word for word, _ in available_scripts(story.record)] == ["say-all-clear", *list(DEFAULT_SCRIPTS)[:-1]]


def test_the_opening_says_who_speaks() -> None:
    story = Story().declare()
    assert said(story, "opening", "Ana").startswith("This is Ana. I am in command of SEV2 INC-7.")
    assert said(story, "opening", "Mio").startswith("This is Mio, for Ana, who is in command of SEV2 INC-7.")
    assert said(reported(), "opening", "Raj").startswith("This is Raj. We are looking into a report, INC-7.")


def test_a_promise_that_is_late_is_not_announced() -> None:
    story = Story().declare()
    assert "The next update goes out at 15:00 UTC." in said(story, "opening")
    assert "next update" not in said(story.wait("2h"), "opening")


def test_the_poll_names_the_last_proposal_that_nobody_was_asked_about() -> None:
    story = Story().declare()
    assert "(You: say what you propose" in said(story, "objections")
    story.do("decide", text="Fail over", why="the disk is full", risk="a minute of writes")
    story.do("decision", text="Wait")
    story.do("objection", decision="Wait", objection="nobody")
    text = said(story, "objections")
    assert text.startswith("I propose: Fail over\nBecause: the disk is full\nThe risk: a minute of writes\n")
    story.do("reverse", decision="Fail", reason="it lags")
    assert "Fail over" not in said(story, "objections")


def test_the_transfer_is_told_by_whoever_has_command() -> None:
    story = Story().declare()
    assert "nobody takes over yet" in said(story, "transfer")
    story.do("ask", who="Raj", within="10m", text="lag?")
    story.do("handoff", who="Kim")
    assert said(story, "transfer").startswith("I hand command of INC-7 over to Kim.\nKim, say back to us")
    story.do("take-command", by="Kim", although="Ana leaves")
    text = said(story, "transfer", "Kim")
    assert text.startswith("This is Kim. I have command of INC-7 now, from Ana.\n")
    assert "Raj, I wait for this by 14:11 UTC: lag?" in text
    story.do("assign", role="ic", who="Bo")
    assert "nobody takes over yet" in said(story, "transfer", "Bo")


def test_the_all_clear_waits_until_it_is_over() -> None:
    story = Story().declare()
    wait = "(You: by the record it is not over. Say what showed that it is, with :resolve WHAT.)"
    assert said(story, "all-clear") == wait
    story.do("resolve", verified="payments at baseline", after="30m")
    text = said(story, "all-clear")
    assert "INC-7 is over, after 30 minutes.\nHow we know: payments at baseline\nAll of you may go and rest." in text


def test_the_beginning_of_a_name_is_enough_and_one_nobody_knows_is_not_found() -> None:
    story = Story().declare()
    assert said(story, "say-opening") == said(story, "Opening") == said(story, "op")
    for word in ("", "say-", "o x", "bye", "s"):
        with pytest.raises(NotFound, match="there is no script") as refused:
            said(story, word)
        assert refused.value.what_to_do == "there are opening, size-up, objections, swoop, transfer, all-clear"


def test_a_plan_words_them_itself() -> None:
    story = Story().declare(plan=plan_with(Message("say-opening", "Hello", "I am {{ speaker }}, {{ roles[0].role }}.")))
    assert said(story, "opening") == "I am Ana, Incident Commander."
    assert ("say-opening", "Hello") in available_scripts(story.record)


def test_a_broken_one_gives_way_to_ours_with_a_warning() -> None:
    story = Story().declare(plan=plan_with(Message("say-opening", "Hello", "{{ title.no }}")))
    made = compose_script(story.record, "opening", "Ana", story.now)
    assert made.text.startswith("This is Ana.")
    assert "message 'say-opening' of plan 'default'" in made.warnings[0]


def test_they_are_no_messages() -> None:
    story = Story().declare(plan=plan_with(Message("say-opening", "Hello", "Hello")))
    assert "say-opening" not in [word for word, _ in available_messages(story.record)]
    with pytest.raises(Refused, match="there is no message 'say-opening'"):
        compose_message(story.record, "say-opening", story.now, story.zone)


def test_a_restricted_incident_is_not_called_by_its_title() -> None:
    story = breached()
    for word in DEFAULT_SCRIPTS:
        text = said(story, word)
        assert text.startswith("RESTRICTED: Bluebird. Do not forward.")
        assert "strangers" not in text.casefold()


def test_a_false_alarm_has_an_all_clear_too() -> None:
    story = dismissed("dismiss")
    assert first(story) == "say-all-clear"
    assert "INC-7 is over" in said(story, "all-clear")


HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&{}%$ \n1x")), st.characters(codec="utf-8")),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.strip()))


def told_with(words: str) -> Story:
    story = Story().declare()
    story.do("impact", impact=words)
    story.do("hypothesis", text=words)
    story.do("decide", text=words, why=words, risk=words)
    story.do("need", text=words)
    story.do("ask", who="Raj", text=words)
    return story


@given(HOSTILE, st.sampled_from(list(DEFAULT_SCRIPTS)))
def test_no_words_make_lines_of_their_own_or_run_as_a_template(words: str, word: str) -> None:
    try:
        story = told_with(words)
    except Refused:
        return
    text = said(story, word)
    assert mentions(text) == 0
    assert len(text.splitlines()) == len(said(told_with("plain"), word).splitlines())


def test_secrets_are_not_read_aloud() -> None:
    story = told_with(f"token {TOKEN}")
    for word in DEFAULT_SCRIPTS:
        made = compose_script(story.record, word, "Ana", story.now)
        assert TOKEN not in made.text
        assert bool(made.redacted) == ("redacted" in made.text)
