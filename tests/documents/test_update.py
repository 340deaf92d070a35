from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from incident_cockpit.documents.document import guarded, safe
from incident_cockpit.documents.formats.slack import LIMIT
from incident_cockpit.documents.lint.gaps import NO_IMPACT
from incident_cockpit.documents.update import check_update, compose_update
from incident_cockpit.errors import Refused
from incident_cockpit.plan.schema import Plan, UpdateTemplate
from incident_cockpit.text.escape import mentions
from support.builders import RUNBOOK, Story, busy_story, default_plan, resolved_story
from support.formats import TARGETS
from support.golden import check_golden
from support.naming import naming

PARIS = ZoneInfo("Europe/Paris")
TOKEN = "ghp_" + "a1B2" * 9


def plan_with(*templates: UpdateTemplate) -> Plan:
    return replace(default_plan(), templates=templates)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("audience", ["internal", "external"])
@pytest.mark.parametrize("story", [busy_story, resolved_story], ids=["busy", "resolved"])
def test_updates_match_their_golden_files(story, audience: str, target: str) -> None:  # type: ignore[no-untyped-def]
    incident = story()
    name = f"update-{'busy' if story is busy_story else 'resolved'}-{audience}-{target}.txt"
    check_golden(name, compose_update(incident.record, audience, incident.now, PARIS, target).text)


@pytest.mark.parametrize("audience", ["executive", "support", "status"])
@pytest.mark.parametrize("story", [busy_story, resolved_story], ids=["busy", "resolved"])
def test_updates_to_stakeholders_match_their_golden_files(story, audience: str) -> None:  # type: ignore[no-untyped-def]
    incident = story()
    name = f"update-{'busy' if story is busy_story else 'resolved'}-{audience}-slack.txt"
    check_golden(name, compose_update(incident.record, audience, incident.now, PARIS).text)


def test_update_has_only_what_was_recorded_since_the_last() -> None:
    story = Story().declare()
    story.do("action", text="Old deed")
    story.do("sent", audience="internal", route="file", text="x")
    story.do("action", text="New deed")
    story.do("action", text="Late deed", when="-10s")
    story.do("action", text="Happened before, known only now", when="-3m")
    story.do("action", text="Mistyped deed")
    story.do("undo")
    composed = compose_update(story.record, "int", story.now, PARIS)
    assert "Old deed" not in composed.text
    assert "Mistyped" not in composed.text
    assert all(deed in composed.text for deed in ("New deed", "Late deed", "Happened before"))
    assert composed.number == 2
    assert composed.next_due == story.now + timedelta(minutes=60)


def test_undone_update_is_not_the_last() -> None:
    story = Story().declare()
    story.do("action", text="Old deed")
    story.do("sent", audience="internal", route="file", text="x")
    story.do("undo")
    composed = compose_update(story.record, "internal", story.now, PARIS)
    assert composed.number == 1
    assert "Old deed" in composed.text


def test_reopened_step_is_not_shown_as_done() -> None:
    story = Story().declare(runbook=RUNBOOK)
    story.do("tick", step="s1")
    story.do("tick", step="s2")
    story.do("tick", step="s1")
    text = compose_update(story.record, "internal", story.now, PARIS).text
    assert "Reproduce the failure" in text
    assert "Acknowledge the page" not in text


def test_internal_update_has_answers_and_branches_since_the_last() -> None:
    story = Story().declare(runbook=RUNBOOK)
    story.do("answer-step", step="Since when, to the minute", answer="13:58")
    story.do("branch", gate="g2", choice="Containment")
    story.do("sent", audience="internal", route="file", text="x")
    story.do("answer-step", step="What can users not do", answer="Pay by card")
    story.do("answer-step", step="Can data be lost", answer="No")
    story.do("reopen-step", step="Can data be lost")
    story.do("branch", gate="g1", choice="1")
    story.do("branch", gate="g1", choice="2")
    story.do("escalate", who="Kim", reason="it is beyond us")
    text = compose_update(story.record, "internal", story.now, PARIS).text
    assert "What can users not do now? Pay by card" in text
    assert "→ Assessment" in text
    assert "Kim: it is beyond us" in text
    for absent in ("13:58", "→ Containment", "Can data be lost", "→ Wrap-up", "✓"):
        assert absent not in text


def test_external_template_gets_no_names_causes_or_details() -> None:
    greedy = "{{ title }} {{ commander }} {{ steps_done }} {% for each in hypotheses + actions + decisions %}" + (
        "{{ each.text }}{% endfor %}{% for need in needs %}{{ need }}{% endfor %}"
    )
    plan = plan_with(UpdateTemplate("external", None, greedy))
    story = Story().declare("Checkout is down", plan=plan, runbook=RUNBOOK)
    story.do("answer-step", step="What can users not do", answer="Pay Ana")
    story.do("branch", gate="g1", choice="2")
    story.do("escalate", who="Kim", reason="it is beyond us")
    story.do("hypothesis", text="Deploy")
    story.do("action", text="Rolled back")
    story.do("decision", text="Wait")
    story.do("ask", who="Raj", text="lag?")
    assert compose_update(story.record, "external", story.now, PARIS).text.strip() == "Checkout is down"


def test_name_in_an_external_text_is_warned_of() -> None:
    story = Story().declare("Ana saw the checkout fail")
    story.do("impact", impact="Analysts are hurt")
    rest = "Analysts are hurt. Next update at 15:00."
    [warning] = check_update(f"Ana saw it. {rest}", story.incident, "external")
    assert "Ana" in warning
    assert check_update(rest, story.incident, "external") == ()
    assert check_update(f"Ana saw it. {rest}", story.incident, "internal") == ()
    assert compose_update(story.record, "external", story.now, PARIS).warnings == (warning,)


def test_broken_template_falls_back_with_a_warning() -> None:
    story = Story().declare("Checkout is down", plan=plan_with(UpdateTemplate("internal", None, "a\n{{ title.no }}")))
    composed = compose_update(story.record, "internal", story.now, PARIS)
    assert "Checkout is down" in composed.text
    assert composed.warnings[0] == naming("'internal'", "'default'")
    assert "line 2" in composed.warnings[0]


def test_audience_without_a_template_gets_the_default() -> None:
    story = Story().declare("Checkout is down", plan=plan_with())
    for audience in ("internal", "external"):
        composed = compose_update(story.record, audience, story.now, PARIS)
        assert "Checkout is down" in composed.text
        assert not [warning for warning in composed.warnings if "built-in" in warning]


def test_unknown_audience_is_refused() -> None:
    story = Story().declare()
    with pytest.raises(Refused):
        compose_update(story.record, "martians", story.now, PARIS)


@pytest.mark.parametrize("target", TARGETS)
def test_secrets_are_redacted_and_named(target: str) -> None:
    story = Story().declare()
    story.do("impact", impact=f"Leaked *{TOKEN}* to @here")
    composed = compose_update(story.record, "internal", story.now, PARIS, target)
    assert TOKEN not in composed.text
    assert composed.redacted == ("GitHub token",)
    assert any("GitHub token" in warning for warning in composed.warnings)


def test_stars_of_user_text_stay() -> None:
    story = Story().declare("2 * 3 * 4 *x* \ue000")
    assert "2 * 3 * 4 *x* \ufffd" in compose_update(story.record, "internal", story.now, PARIS, "text").text
    text = compose_update(story.record, "internal", story.now, PARIS, "markdown").text
    assert r"2 \* 3 \* 4 \*x\*" in text
    assert text.startswith("**SEV2 INC-7 2")


def test_template_mentions_no_one() -> None:
    template = UpdateTemplate("internal", None, "@here @{{ commander }} {{ title }}")
    story = Story().declare("down", plan=plan_with(template))
    for target in TARGETS:
        assert mentions(compose_update(story.record, "internal", story.now, PARIS, target).text) == 0


def test_warnings_before_sending() -> None:
    story = Story().declare()
    assert check_update("all is well") == ()
    assert check_update("all is well", story.incident) == (NO_IMPACT,)
    assert "GitHub token" in check_update(f"token {TOKEN}")[0]
    assert f"{LIMIT:,}" in check_update("x" * (LIMIT + 1))[0]
    assert check_update("x" * LIMIT) == ()
    assert "empty" in check_update(" \n")[0]
    assert check_update("@here and @channel")[0].startswith("2 @")


def test_edited_text_leaves_without_secrets_and_mentions() -> None:
    text, redacted = guarded(f"@here use {TOKEN}, write to ana@example.com")
    assert text == "@\u2060here use [redacted: GitHub token], write to ana@example.com"
    assert redacted == ("GitHub token",)


PIECES = st.sampled_from(
    [
        "@here",
        "@",
        "\u2060",
        "ana@example.com",
        TOKEN,
        "password=hunter22",
        "https://u:pw99@host/x",
        " ",
        "\n",
        "*",
        "x",
    ]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12).map("".join))
@example("@\u2060here @here")
def test_making_a_text_safe_is_idempotent(text: str) -> None:
    once = safe(text)
    assert safe(once) == once
    assert mentions(once) == 0


HOSTILE = st.text(
    alphabet=st.one_of(st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&{}%$ \n1x")), st.characters(codec="utf-8")),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.strip()))


@given(HOSTILE, st.sampled_from(TARGETS))
def test_user_text_mentions_no_one_and_is_no_template(hostile: str, target: str) -> None:
    story = Story().declare()
    try:
        story.do("impact", impact=hostile)
        story.do("action", text=hostile)
        story.do("hypothesis", text=hostile)
    except Refused:
        return
    composed = compose_update(story.record, "internal", story.now, PARIS, target)
    assert mentions(composed.text) == 0
    assert not [warning for warning in composed.warnings if "built-in" in warning]


@given(HOSTILE)
def test_user_text_does_not_change_the_structure_of_markdown(hostile: str) -> None:
    shape = _shape("plain", Story().declare())
    assert shape is not None
    assert _shape(hostile, Story().declare()) in (None, shape)


def _shape(text: str, story: Story) -> list[str] | None:
    try:
        story.do("impact", impact=text)
        story.do("action", text=text)
        story.do("decision", text=text)
    except Refused:
        return None
    markdown = compose_update(story.record, "internal", story.now, PARIS, "markdown").text
    return [token.type for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown)]
