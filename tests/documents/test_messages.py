from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from incident_cockpit.documents.default_templates import MESSAGES
from incident_cockpit.documents.messages import (
    available_messages,
    check_message,
    compose_message,
    items_completed_by,
    message_for,
)
from incident_cockpit.documents.update import compose_update
from incident_cockpit.documents.variables import variables
from incident_cockpit.errors import Refused
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.plan.schema import Message, Plan
from incident_cockpit.plan.templates import MOMENTS, VARIABLES
from incident_cockpit.text.escape import mentions
from support.builders import Story, full_plan, plain_plan
from support.formats import TARGETS
from support.golden import check_golden
from support.reported_incidents import TITLE, breached, declared, dismissed, each_plan, over, reported

PARIS = ZoneInfo("Europe/Paris")
TOKEN = "ghp_" + "a1B2" * 9

STATES: dict[str, Callable[..., Story]] = {
    "reported": reported,
    "false alarm": lambda plan=None: dismissed("dismiss", plan),
    "duplicate": lambda plan=None: dismissed("duplicate", plan),
    "not urgent": lambda plan=None: dismissed("not-urgent", plan),
    "declared": declared,
    "over": over,
}


def words(story: Story) -> list[str]:
    return [word for word, _ in available_messages(story.record)]


def text(story: Story, word: str, target: str = "slack") -> str:
    return compose_message(story.record, word, story.now, PARIS, target).text


@pytest.mark.parametrize("target", TARGETS)
def test_messages_read_as_they_were_approved(target: str) -> None:
    parts = []
    for state, begin in STATES.items():
        told = begin()
        parts += [
            f"=== {state}: {word} ({name})\n{text(told, word, target)}\n"
            for word, name in available_messages(told.record)
        ]
    check_golden(f"messages-{target}.txt", "\n".join(parts))


def test_a_breach_is_told_as_it_was_approved() -> None:
    told = breached()
    parts = [f"=== {word} ({name})\n{text(told, word)}\n" for word, name in available_messages(told.record)]
    check_golden("messages-breach-slack.txt", "\n".join(parts))


def test_there_is_a_built_in_text_for_every_moment_that_plans_know() -> None:
    assert {*MESSAGES, "notice"} == set(MOMENTS)


def test_every_variable_that_plans_may_name_has_a_value() -> None:
    for inside in (True, False):
        told = over()
        assert set(variables(told.record, "", told.now, PARIS, inside=inside)) == set(VARIABLES)


def test_each_state_has_its_own_messages() -> None:
    assert words(reported()) == ["escalation", "invite", "ticket"]
    assert words(dismissed("dismiss")) == ["dismissed"]
    assert words(dismissed("duplicate")) == ["duplicate"]
    assert words(dismissed("not-urgent")) == ["ticket"]
    assert words(declared())[:5] == ["declared", "invite", "escalation", "status", "ticket"]
    assert words(over())[:3] == ["all-clear", "status", "postmortem"]


def test_the_first_message_says_what_seed_000_asks_for() -> None:
    told = text(declared(), "declared")
    for part in (
        "SEV1 INC-7 Checkout fails",
        "*Why SEV1:* Nobody can pay",
        "Orders are lost for good",
        "Checkout cannot reach the card gateway",
        "*How far it reaches:* Checkout",
        "*Called in:* @\u2060CTO, @\u2060Support, @\u2060Security",
        "*Channel:* #",
        "*Call:* https://meet.example/incident",
    ):
        assert part in told


def test_the_invite_is_one_line_that_says_where() -> None:
    told = text(declared(), "invite")
    assert "\n" not in told
    assert told.startswith("@\u2060Support, @\u2060Security: please join #")
    assert "https://meet.example/incident" in told


def test_the_subject_of_a_message_counts_no_updates() -> None:
    told = declared()
    update = compose_update(told.record, "internal", told.now, PARIS, "email").text.split("\n", 1)[0]
    invite = compose_message(told.record, "invite", told.now, PARIS, "email").text.split("\n", 1)[0]
    assert update.startswith("Subject: ")
    assert update == f"{invite} (update 1)"


def test_an_escalation_tells_whom_why_and_what_is_asked() -> None:
    told = declared()
    rung = text(told, "escalation:rung-SEV1-cto")
    assert rung.startswith("@\u2060CTO: we need you for SEV1 INC-7 Checkout fails\n")
    assert "the plan calls you after 45m" in rung
    assert "*We ask you:* Who decides about the vendor?" in rung
    assert "the gateway is beyond us" in text(told, "escalation").split("*Done so far:*")[0]
    assert text(told, "escalation:Lee").startswith("@\u2060Lee: we need you")
    merged = text(told, "escalation:rung-SEV1-engineering-manager+rung-SEV1-cto")
    assert merged.startswith("@\u2060Engineering manager, @\u2060CTO: we need you")


def test_a_change_of_status_says_what_was_passed_over() -> None:
    told = over()
    told.do("close", reason="nothing new to learn")
    closed = text(told, "status")
    assert "now Closed" in closed
    assert "*Closed without:* The CTO has signed off: nothing new to learn" in closed


@pytest.mark.parametrize("word", ["nonsense", "all-clear", "dismissed", "notice", "notice:nobody", "declared:x:y "])
def test_what_there_is_no_moment_for_is_refused_with_what_there_is(word: str) -> None:
    told = declared()
    if word == "declared:x:y ":
        assert text(told, word) == text(told, "declared")
        return
    with pytest.raises(Refused) as refused:
        text(told, word)
    assert "Traceback" not in str(refused.value)
    assert "notice:authority" in str(refused.value) or "declared" in str(refused.value)


def test_each_due_item_that_a_text_settles_names_it() -> None:
    told = declared()
    asked = {item.key: message_for(item) for item in due_items(told.incident)}
    assert asked["clock:cto"] == "declared"
    assert asked["clock:rung-SEV1-vp-engineering"] == "escalation:rung-SEV1-vp-engineering"
    assert asked["clock:rung-SEV1-customers"] == "", "an update does"
    assert not [word for key, word in asked.items() if key.startswith(("ask:", "update:")) if word]
    for word in filter(None, asked.values()):
        assert text(told, word)


def test_a_text_settles_what_asks_for_it_by_the_same_route() -> None:
    told = declared()
    assert [item.key for item in items_completed_by(told.incident, "declared")] == ["clock:cto"]
    plan = full_plan()
    cto = next(one for one in plan.deadlines if one.id == "cto")
    others = (replace(cto, id="board", met_by="done board"), replace(cto, id="desk", met_by="done desk", route="chat"))
    told = declared(replace(plan, deadlines=(*plan.deadlines, *others)))
    assert [item.key for item in items_completed_by(told.incident, "declared")] == ["clock:board", "clock:cto"]
    assert items_completed_by(told.incident, "ticket") == ()


@each_plan
@pytest.mark.parametrize("state", STATES)
def test_every_shipped_plan_has_its_texts_for_every_state(state: str, plan: Plan) -> None:
    story = STATES[state](plan)
    found = words(story)
    assert found
    for word in found:
        for target in TARGETS:
            made = compose_message(story.record, word, story.now, PARIS, target)
            assert made.text.strip()
            assert not [one for one in made.warnings if "built-in" in one], made.warnings
            assert mentions(made.text) == 0
    for cadence in plan.cadences:
        update = compose_update(story.record, cadence.audience, story.now, PARIS)
        assert not [one for one in update.warnings if "built-in" in one]
        assert update.guide == cadence.guide


def test_a_message_of_the_plan_goes_before_the_built_in_one_and_a_broken_one_gives_way() -> None:
    own = (
        Message("declared", "Ours", "{{ title }}: ours"),
        Message("support", "For support", "Tell support of {{ id }}"),
    )
    told = declared(replace(full_plan(), messages=own))
    assert ("declared", "Ours") in available_messages(told.record)
    assert text(told, "declared") == "Checkout fails: ours"
    assert text(told, "support") == "Tell support of INC-7"
    broken = declared(replace(full_plan(), messages=(Message("declared", "Ours", "{{ title.no }}"),)))
    made = compose_message(broken.record, "declared", broken.now, PARIS)
    assert "this is an incident" in made.text
    assert "message 'declared' of plan 'full'" in made.warnings[0]


def test_a_broken_message_that_only_the_plan_has_says_so() -> None:
    told = declared(replace(full_plan(), messages=(Message("support", "For support", "{{ title.no }}"),)))
    made = compose_message(told.record, "support", told.now, PARIS)
    assert "message 'support' of plan 'full'" in made.warnings[0]
    assert "It is empty" in made.warnings


def test_secrets_are_taken_out_and_named() -> None:
    told = declared()
    told.do("risk", text=f"key {TOKEN} is public")
    for target in TARGETS:
        made = compose_message(told.record, "declared", told.now, PARIS, target)
        assert TOKEN not in made.text
        assert made.redacted == ("GitHub token",)


def test_gaps_are_pointed_out() -> None:
    bare = Story().declare("Checkout is down", plan=plain_plan())
    made = compose_message(bare.record, "declared", bare.now, PARIS)
    assert any("impact is not described" in one for one in made.warnings)
    assert any("neither a channel nor a call" in one for one in made.warnings)
    told = compose_message(declared().record, "declared", declared().now, PARIS).warnings
    assert told == ("Names that are pasted call nobody: type each @ yourself once it is pasted",)


def test_what_a_person_edits_is_looked_through_again() -> None:
    told = breached()
    made = compose_message(told.record, "declared", told.now, PARIS).text
    assert check_message(told.record, "declared", made) == ()
    assert check_message(told.record, "declared", made.partition("\n")[2])[0].startswith("Its first line is missing")
    assert "It names Ana, and its readers are outside" in check_message(told.record, "notice:authority", "Ana saw it")
    assert check_message(told.record, "notice:support", "RESTRICTED Ana saw it") == ()
    assert any("tells the title" in one for one in check_message(told.record, "notice:users", f"{TITLE} {TOKEN}"))
    assert any("GitHub token" in one for one in check_message(told.record, "notice:users", TOKEN))


class TestNotice:
    """What goes to an authority: every part the plan asks for, gaps said plainly, and no names."""

    def test_parts_are_filled_from_the_breach_record_and_gaps_are_said(self) -> None:
        told = breached()
        made = compose_message(told.record, "notice:authority", told.now, PARIS)
        assert "*What happened:* Strangers could read them" in made.text
        assert "*Who is affected:* About 300 customers in the EU." in made.text
        assert made.guide == ("What happened", "Who is affected")
        bare = Story().declare("Records are open", "SEV1", plan=full_plan())
        bare.do("type", type="breach")
        made = compose_message(bare.record, "notice:authority", bare.now, PARIS)
        assert made.text.count("not known yet; this follows as soon as it is") == 2
        assert "2 parts of 2 not known yet: it may be told in parts" in made.warnings

    def test_people_who_read_it_outside_learn_no_names(self) -> None:
        told = breached()
        told.do("assign", role="tech", who="Raj")
        told.do("breach", field="people", text="Raj saw 300 customers")
        made = compose_message(told.record, "notice:authority", told.now, PARIS)
        assert "It names Raj, and its readers are outside" in made.warnings
        assert "Ana" not in made.text

    def test_one_without_prescribed_parts_goes_to_colleagues(self) -> None:
        told = declared()
        made = compose_message(told.record, "notice:support", told.now, PARIS)
        assert made.text.startswith("@\u2060Support: SEV1 INC-7 Checkout fails\n*Where it stands:* Investigating\n")
        assert "*In command:* Ana" in made.text

    def test_those_concerned_are_told_what_such_notices_usually_say(self) -> None:
        told = breached()
        made = compose_message(told.record, "notice:users", told.now, PARIS)
        assert "RESTRICTED" not in made.text
        assert "*Whom to ask:* Kim, data protection officer" in made.text
        assert "*What may follow from it:* not known yet" in made.text
        assert len(made.guide) == 5

    def test_a_delay_is_explained_only_where_there_is_one(self) -> None:
        plan = full_plan()
        asked = ("What happened, when, and when you became aware", "If it is late: why")
        changed = [replace(one, contains=asked) if one.id == "authority" else one for one in plan.deadlines]
        told = Story().declare("Records are open", "SEV1", plan=replace(plan, deadlines=tuple(changed)))
        told.do("type", type="breach")
        early = text(told, "notice:authority")
        assert "*If it is late: why:* It is told in time. What is not known yet follows" in early
        told.do("breach", field="nature", text="A list was public")
        assert "A list was public. It began at 15:00 Paris (14:00 UTC)." in text(told, "notice:authority")
        assert "why:* It is told in time.\n" in text(told, "notice:authority") + "\n"
        told.wait("73h")
        assert "*If it is late: why:* not known yet" in text(told, "notice:authority")
        told.do("breach", field="delay", text="Nobody was there")
        assert "*If it is late: why:* Nobody was there." in text(told, "notice:authority")


HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&{}%$ \n1x")), st.characters(codec="utf-8")),
    min_size=1,
    max_size=60,
).filter(lambda said: bool(said.strip()))


def told_with(said: str) -> Story | None:
    """Return an incident in which a person said this wherever a message can repeat it."""
    story = over()
    try:
        for name, field in (("impact", "impact"), ("risk", "text"), ("finding", "text"), ("action", "text")):
            story.do(name, **{field: said})
        story.do("note", text=f"Workaround: {said}")
        story.do("follow-up", text=said)
        story.do("breach", field="nature", text=said)
    except Refused:
        return None
    return story


@given(HOSTILE, st.sampled_from(TARGETS))
def test_no_words_of_people_call_anybody_or_run_as_a_template(said: str, target: str) -> None:
    story = told_with(said)
    if story is None:
        return
    for word in words(story):
        made = compose_message(story.record, word, story.now, PARIS, target)
        assert mentions(made.text) == 0
        assert not [one for one in made.warnings if "built-in" in one]


def shape(story: Story) -> list[list[str]]:
    """Return the structure of every message as Markdown reads it."""
    parser = MarkdownIt("gfm-like", {"linkify": False})
    return [[token.type for token in parser.parse(text(story, word, "markdown"))] for word in words(story)]


@given(HOSTILE)
def test_no_words_of_people_change_the_structure_of_markdown(said: str) -> None:
    story, plain = told_with(said), told_with("plain")
    assert plain is not None
    if story is not None:
        assert shape(story) == shape(plain)
