from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from incident_cockpit.documents.default_templates import MESSAGES
from incident_cockpit.documents.lint.gaps import NO_IMPACT
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
from support.naming import naming
from support.refusals import refuses
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


def available(story: Story) -> list[str]:
    return [key for key, _ in available_messages(story.record)]


def text(story: Story, word: str, target: str = "slack") -> str:
    return compose_message(story.record, word, story.now, PARIS, target).text


@pytest.mark.parametrize("target", TARGETS)
def test_messages_match_their_golden_files(target: str) -> None:
    parts = []
    for state, begin in STATES.items():
        story = begin()
        parts += [
            f"=== {state}: {key} ({name})\n{text(story, key, target)}\n"
            for key, name in available_messages(story.record)
        ]
    check_golden(f"messages-{target}.txt", "\n".join(parts))


def test_messages_of_a_breach_match_their_golden_file() -> None:
    story = breached()
    parts = [f"=== {key} ({name})\n{text(story, key)}\n" for key, name in available_messages(story.record)]
    check_golden("messages-breach-slack.txt", "\n".join(parts))


def test_every_message_id_of_plans_has_a_default_text() -> None:
    assert {*MESSAGES, "notice"} == set(MOMENTS)


def test_every_template_variable_has_a_value() -> None:
    for inside in (True, False):
        story = over()
        assert set(variables(story.record, "", story.now, PARIS, inside=inside)) == set(VARIABLES)


def test_each_state_has_its_own_messages() -> None:
    assert available(reported()) == ["escalation", "invite", "ticket"]
    assert available(dismissed("dismiss")) == ["dismissed"]
    assert available(dismissed("duplicate")) == ["duplicate"]
    assert available(dismissed("not-urgent")) == ["ticket"]
    assert available(declared())[:5] == ["declared", "invite", "escalation", "status", "ticket"]
    assert available(over())[:3] == ["all-clear", "status", "postmortem"]


def test_first_message_has_severity_risks_findings_and_places() -> None:
    message = text(declared(), "declared")
    for part in (
        "SEV1 INC-7 Checkout fails",
        "SEV1:* Nobody can pay",
        "Orders are lost for good",
        "Checkout cannot reach the card gateway",
        ":* Checkout",
        "@\u2060CTO, @\u2060Support, @\u2060Security",
        ":* #",
        "https://meet.example/incident",
    ):
        assert part in message


def test_invite_is_one_line_with_channel_and_call() -> None:
    invite = text(declared(), "invite")
    assert "\n" not in invite
    assert invite.startswith("@\u2060Support, @\u2060Security: ")
    assert " #" in invite
    assert "https://meet.example/incident" in invite


def test_subject_of_a_message_has_no_update_number() -> None:
    story = declared()
    update = compose_update(story.record, "internal", story.now, PARIS, "email").text.split("\n", 1)[0]
    invite = compose_message(story.record, "invite", story.now, PARIS, "email").text.split("\n", 1)[0]
    assert update.startswith("Subject: ")
    assert update == f"{invite} (update 1)"


def test_escalation_names_recipients_reason_and_request() -> None:
    story = declared()
    level = text(story, "escalation:rung-SEV1-cto")
    first, *rest = level.splitlines()
    assert first.startswith("@\u2060CTO: ")
    assert first.endswith(" SEV1 INC-7 Checkout fails")
    assert any("after 45m" in row for row in rest)
    assert any(row.endswith("Who decides about the vendor?") for row in rest)
    assert "the gateway is beyond us" in text(story, "escalation").split("*Actions")[0]
    assert text(story, "escalation:Lee").startswith("@\u2060Lee: ")
    merged = text(story, "escalation:rung-SEV1-engineering-manager+rung-SEV1-cto")
    assert merged.startswith("@\u2060Engineering manager, @\u2060CTO: ")


def test_status_change_names_what_was_not_done_at_closing() -> None:
    story = over()
    story.do("close", reason="nothing new to learn")
    closed = text(story, "status")
    assert "Closed" in closed.splitlines()[0]
    assert ":* The CTO has signed off: nothing new to learn" in closed


@pytest.mark.parametrize("word", ["nonsense", "all-clear", "dismissed", "notice", "notice:nobody", "declared:x:y "])
def test_unavailable_message_is_refused_with_the_available_ones(word: str) -> None:
    story = declared()
    if word == "declared:x:y ":
        assert text(story, word) == text(story, "declared")
        return
    with refuses("message") as refusal:
        text(story, word)
    assert "notice:authority" in refusal.value.what_to_do or "declared" in refusal.value.what_to_do


def test_due_items_name_the_message_that_completes_them() -> None:
    story = declared()
    messages = {item.key: message_for(item) for item in due_items(story.incident)}
    assert messages["clock:cto"] == "declared"
    assert messages["clock:rung-SEV1-vp-engineering"] == "escalation:rung-SEV1-vp-engineering"
    assert messages["clock:rung-SEV1-customers"] == "", "an update completes it"
    assert not [message for key, message in messages.items() if key.startswith(("ask:", "update:")) if message]
    for message in filter(None, messages.values()):
        assert text(story, message)


def test_message_completes_the_items_of_one_channel() -> None:
    story = declared()
    assert [item.key for item in items_completed_by(story.incident, "declared")] == ["clock:cto"]
    plan = full_plan()
    cto = next(deadline for deadline in plan.deadlines if deadline.id == "cto")
    others = (replace(cto, id="board", met_by="done board"), replace(cto, id="desk", met_by="done desk", route="chat"))
    story = declared(replace(plan, deadlines=(*plan.deadlines, *others)))
    assert [item.key for item in items_completed_by(story.incident, "declared")] == ["clock:board", "clock:cto"]
    assert items_completed_by(story.incident, "ticket") == ()


@each_plan
@pytest.mark.parametrize("state", STATES)
def test_every_shipped_plan_has_messages_for_every_state(state: str, plan: Plan) -> None:
    story = STATES[state](plan)
    messages = available(story)
    assert messages
    for message in messages:
        for target in TARGETS:
            composed = compose_message(story.record, message, story.now, PARIS, target)
            assert composed.text.strip()
            assert not [warning for warning in composed.warnings if "built-in" in warning], composed.warnings
            assert mentions(composed.text) == 0
    for cadence in plan.cadences:
        update = compose_update(story.record, cadence.audience, story.now, PARIS)
        assert not [warning for warning in update.warnings if "built-in" in warning]
        assert update.guide == cadence.guide


def test_plan_message_replaces_the_default_unless_broken() -> None:
    own = (
        Message("declared", "Ours", "{{ title }}: ours"),
        Message("support", "For support", "For support: {{ id }}"),
    )
    story = declared(replace(full_plan(), messages=own))
    assert ("declared", "Ours") in available_messages(story.record)
    assert text(story, "declared") == "Checkout fails: ours"
    assert text(story, "support") == "For support: INC-7"
    broken = declared(replace(full_plan(), messages=(Message("declared", "Ours", "{{ title.no }}"),)))
    composed = compose_message(broken.record, "declared", broken.now, PARIS)
    assert composed.text == text(declared(replace(full_plan(), messages=())), "declared")
    assert composed.warnings[0] == naming("'declared'", "'full'")


def test_broken_plan_message_without_a_default_warns() -> None:
    story = declared(replace(full_plan(), messages=(Message("support", "For support", "{{ title.no }}"),)))
    composed = compose_message(story.record, "support", story.now, PARIS)
    assert composed.warnings[0] == naming("'support'", "'full'")
    assert any("empty" in warning for warning in composed.warnings)


def test_secrets_are_redacted_and_named() -> None:
    story = declared()
    story.do("risk", text=f"key {TOKEN} is public")
    for target in TARGETS:
        composed = compose_message(story.record, "declared", story.now, PARIS, target)
        assert TOKEN not in composed.text
        assert composed.redacted == ("GitHub token",)


def test_missing_impact_channel_and_mentions_are_warned_of() -> None:
    bare = Story().declare("Checkout is down", plan=plain_plan())
    warnings = compose_message(bare.record, "declared", bare.now, PARIS).warnings
    assert NO_IMPACT in warnings
    assert any("Channel" in warning for warning in warnings)
    [warning] = compose_message(declared().record, "declared", declared().now, PARIS).warnings
    assert "@" in warning


def test_edited_message_is_checked_again() -> None:
    story = breached()
    message = compose_message(story.record, "declared", story.now, PARIS).text
    assert check_message(story.record, "declared", message) == ()
    assert "RESTRICTED" in check_message(story.record, "declared", message.partition("\n")[2])[0]
    assert any("Ana" in warning for warning in check_message(story.record, "notice:authority", "Ana saw it"))
    assert check_message(story.record, "notice:support", "RESTRICTED Ana saw it") == ()
    assert any("Bluebird" in warning for warning in check_message(story.record, "notice:users", TITLE))
    assert any("GitHub token" in warning for warning in check_message(story.record, "notice:users", TOKEN))


class TestNotification:
    """Notifications: every part that the plan prescribes, gaps named, and no names outside."""

    def test_parts_are_filled_from_the_breach_record(self) -> None:
        story = breached()
        composed = compose_message(story.record, "notice:authority", story.now, PARIS)
        assert "*What happened:* Strangers could read them" in composed.text
        assert "*Who is affected:* About 300 customers in the EU." in composed.text
        assert composed.guide == ("What happened", "Who is affected")

    def test_unknown_parts_are_named(self) -> None:
        bare = Story().declare("Records are open", "SEV1", plan=full_plan())
        bare.do("type", type="breach")
        composed = compose_message(bare.record, "notice:authority", bare.now, PARIS)
        assert composed.text.count("not known yet") == 2
        assert any(warning.startswith("2 of 2 parts") for warning in composed.warnings)

    def test_names_are_warned_of_outside(self) -> None:
        story = breached()
        story.do("assign", role="tech", who="Raj")
        story.do("breach", field="people", text="Raj saw 300 customers")
        composed = compose_message(story.record, "notice:authority", story.now, PARIS)
        assert any("Raj" in warning for warning in composed.warnings)
        assert "Ana" not in composed.text

    def test_without_prescribed_parts_it_goes_to_colleagues(self) -> None:
        story = declared()
        rows = compose_message(story.record, "notice:support", story.now, PARIS).text.splitlines()
        assert rows[0] == "@\u2060Support: SEV1 INC-7 Checkout fails"
        assert rows[1].endswith(":* Investigating")
        assert rows[-1].endswith(":* Ana")

    def test_data_subjects_get_the_usual_contents(self) -> None:
        story = breached()
        composed = compose_message(story.record, "notice:users", story.now, PARIS)
        assert "RESTRICTED" not in composed.text
        *_, consequences, _, contact = composed.text.splitlines()
        assert ":* Kim, data protection officer" in contact
        assert "not known yet" in consequences
        assert len(composed.guide) == 5

    def test_delay_is_explained_only_after_the_deadline(self) -> None:
        plan = full_plan()
        contains = ("What happened, when, and when you became aware", "Reason for a delay")
        deadlines = tuple(
            replace(each, contains=contains) if each.id == "authority" else each for each in plan.deadlines
        )
        story = Story().declare("Records are open", "SEV1", plan=replace(plan, deadlines=deadlines))
        story.do("type", type="breach")

        def delay() -> str:
            [row] = [row for row in text(story, "notice:authority").splitlines() if "Reason for a delay" in row]
            return row.split(":* ")[1]

        incomplete = delay()
        assert "within the deadline" in incomplete
        story.do("breach", field="nature", text="A list was public")
        assert "A list was public." in text(story, "notice:authority")
        assert "15:00 Paris (14:00 UTC)." in text(story, "notice:authority")
        assert incomplete.startswith(delay())
        assert len(delay()) < len(incomplete)
        story.wait("73h")
        assert "within" not in delay()
        story.do("breach", field="delay", text="Nobody was there")
        assert delay() == "Nobody was there."


HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&{}%$ \n1x")), st.characters(codec="utf-8")),
    min_size=1,
    max_size=60,
).filter(lambda hostile: bool(hostile.strip()))


def story_with(hostile: str) -> Story | None:
    """Return an incident with this user text wherever a message can repeat it."""
    story = over()
    try:
        for name, field in (("impact", "impact"), ("risk", "text"), ("finding", "text"), ("action", "text")):
            story.do(name, **{field: hostile})
        story.do("note", text=f"Workaround: {hostile}")
        story.do("follow-up", text=hostile)
        story.do("breach", field="nature", text=hostile)
    except Refused:
        return None
    return story


@given(HOSTILE, st.sampled_from(TARGETS))
def test_user_text_mentions_no_one_and_is_no_template(hostile: str, target: str) -> None:
    story = story_with(hostile)
    if story is None:
        return
    for message in available(story):
        composed = compose_message(story.record, message, story.now, PARIS, target)
        assert mentions(composed.text) == 0
        assert not [warning for warning in composed.warnings if "built-in" in warning]


def shape(story: Story) -> list[list[str]]:
    """Return the structure of every message as Markdown reads it."""
    parser = MarkdownIt("gfm-like", {"linkify": False})
    return [[token.type for token in parser.parse(text(story, word, "markdown"))] for word in available(story)]


@given(HOSTILE)
def test_user_text_does_not_change_the_structure_of_markdown(hostile: str) -> None:
    story, plain = story_with(hostile), story_with("plain")
    assert plain is not None
    if story is not None:
        assert shape(story) == shape(plain)
