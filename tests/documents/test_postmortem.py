from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from incident_cockpit.documents.learnings import missing_evidence, went_poorly, went_well
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.notes import CommandRun
from incident_cockpit.incident.views.history import live_spans, silences, tenures
from support.builders import RUNBOOK, Story, busy_story, loop_story, plain_plan, resolved_story
from support.golden import check_golden
from support.naming import naming

UTC = ZoneInfo("UTC")
GFM = MarkdownIt("gfm-like", {"linkify": False})


def test_the_draft_reads_as_it_was_approved() -> None:
    busy, resolved = busy_story(plain_plan()), resolved_story()
    check_golden("postmortem-busy.md", POSTMORTEM.text(busy.record, busy.now, UTC))
    check_golden("postmortem-resolved.md", POSTMORTEM.text(resolved.record, resolved.now, ZoneInfo("Europe/Paris")))
    loop = looped_story()
    check_golden("postmortem-loop.md", POSTMORTEM.text(loop.record, loop.now, UTC))


def looped_story() -> Story:
    """Return the loop brought to its end: an effect that was bad, a decision taken back, an impact that fell."""
    story = loop_story()
    do = story.do
    do("impact", impact="8% of payments fail")
    do("decide", text="Fail over", why="the disk is full", risk="a minute of writes", who="Kim")
    do("objection", decision="Fail", objection="nobody")
    do("action", text="Failed over")
    do("effect", action="Failed", outcome="worse", evidence="writes stopped")
    do("reverse", decision="Fail", reason="writes stopped")
    do("need", text="access to the gateway")
    do("need-met", need="access", who="Lee")
    do("contradicts", hypothesis="deploy", text="it began before")
    do("rule-out", hypothesis="deploy", evidence="it began before")
    do("system", system="checkout", health="restored", note="all regions")
    do("impact", impact="1% of payments fail")
    do("answer", ask="Kim", answer="3 s")
    do("resolve", verified="payments at baseline", after="20m")
    return story


def section(text: str, heading: str) -> str:
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_a_bare_incident_gives_a_draft_that_says_what_is_missing() -> None:
    story = Story().declare("Checkout is down", plan=plain_plan())
    text = POSTMORTEM.text(story.record, story.now, UTC)
    assert "none was confirmed_" in section(text, "Root cause")
    assert "who was affected" in section(text, "Impact")
    assert "No update" in section(text, "Updates sent")
    gaps = section(text, "Missing evidence")
    for known in ("detected", "Impact", "The cause", "mitigated", "resolve", "Follow-ups"):
        assert known in gaps


def test_who_ruled_a_cause_out_is_named_and_not_who_raised_it() -> None:
    story = Story().declare(plan=plain_plan())
    story.do("hypothesis", text="DNS")
    story.do("rule-out", by="Mio", hypothesis="DNS", evidence="it resolves")
    text = section(POSTMORTEM.text(story.record, story.now, UTC), "Root cause")
    assert "DNS (ruled out 2026-11-20 14:02 UTC, Mio): it resolves" in text


def test_roles_are_told_from_when_to_when() -> None:
    story = Story().declare()
    story.do("assign", role="sme", who="Raj")
    story.do("assign", role="sme", who="Lee")
    story.do("release", role="sme", who="Raj")
    story.do("assign", role="ic", who="Bo")
    story.do("assign", role="scribe", who="Mio")
    story.do("undo")
    start = story.incident.opened
    told = [(one.role, one.who, one.since - start, one.until and one.until - start) for one in tenures(story.record)]
    minute = timedelta(minutes=1)
    assert told == [
        ("ic", "Ana", 0 * minute, 4 * minute),
        ("sme", "Raj", minute, 3 * minute),
        ("sme", "Lee", 2 * minute, None),
        ("ic", "Bo", 4 * minute, None),
    ]


def test_the_work_on_a_runbook_is_told_with_answers_takers_additions_and_ways() -> None:
    story = Story().declare(runbook=RUNBOOK)
    story.do("assign", role="comms", who="Mio")
    story.do("assign-step", step="s6", who="@comms")
    story.do("answer-step", by="Raj", step="What can users not do", answer="pay *by* card\n@here")
    story.do("add-step", step="s6", text="Tell the shops")
    story.do("branch", gate="g1", choice="2")
    story.do("branch", gate="g1", choice="1")
    text = POSTMORTEM.text(story.record, story.now, UTC)
    told = section(text, "Runbook")
    assert "What can users not do now? (Raj, 2026-11-20 14:03 UTC: pay \\*by\\* card " in told
    assert "Send the first update, even if it only says that we are investigating → Communications Lead (Mio)" in told
    assert naming("- Tell the shops", "added") in told.splitlines()
    assert "**Left open: 32 of 33**" in told
    assert "**Decided: 1**" in told
    assert "→ Wrap-up (Ana, 2026-11-20 14:06 UTC)" in told
    decided = section(text, "Decisions")
    assert [way in decided for way in ("→ Assessment", "→ Wrap-up")] == [True, True], "each was decided once"


def test_silence_counts_only_while_the_response_went_on() -> None:
    story = Story().declare()
    story.do("note", text="a", after="31m")
    story.do("note", text="b", after="30m")
    story.do("resolve", verified="quiet", after="10m")
    story.do("phase", phase="investigating", reason="it is back", after="5h")
    story.wait("40m")
    assert [gap.length for gap in silences(story.record, story.now)] == [timedelta(minutes=31), timedelta(minutes=40)]
    assert len(live_spans(story.record, story.now)) == 2
    assert any("Reopened" in one for one in went_poorly(story.record, story.now))


def test_promises_are_told_kept_or_late() -> None:
    story = Story().declare()
    story.do("sent", audience="internal", route="file", text="x", after="10m")
    story.do("sent", audience="internal", route="file", text="y", after="65m")
    text = section(POSTMORTEM.text(story.record, story.now, UTC), "Updates sent")
    assert "kept (due 2026-11-20 15:00 UTC)" in text
    assert "late 5m (due 2026-11-20 15:10 UTC)" in text
    poorly = list(went_poorly(story.record, story.now))
    assert naming("internal update 2", "late 5m") in poorly
    assert any(one.startswith("The next external update is late") for one in poorly)


def test_an_update_that_was_never_sent_is_no_promise_kept() -> None:
    story = Story().declare()
    for audience in ("internal", "external"):
        story.do("sent", audience=audience, route="file", text="x", after="5m")
    story.do("cadence", audience="external", every="off")
    story.do("cadence", audience="internal", every="off", after="90m")
    assert not any("on time" in one for one in went_well(story.record, story.now))
    poorly = [one for one in went_poorly(story.record, story.now) if "update" in one]
    assert len(poorly) == 1
    assert poorly[0] == naming("internal update 2", "never", "late 36m", "switched off")


def test_went_well_lists_only_facts() -> None:
    story = Story().declare(severity="SEV3")
    assert [one for one in went_well(story.record, story.now) if "update" in one or "answer" in one] == []
    story.do("sent", audience="internal", route="file", text="x")
    story.do("ask", who="Raj", text="lag?")
    assert not any("answer" in one for one in went_well(story.record, story.now))
    story.do("answer", ask="Raj", answer="none")
    told = list(went_well(story.record, story.now))
    assert naming("Every update", "(1)") in told
    assert naming("Every ask", "(1)") in told
    assert naming("Every required role", "10m", "Incident Commander") in told


def test_a_role_that_was_filled_late_is_told() -> None:
    story = Story().declare(severity="SEV3")
    story.do("severity", severity="SEV2", reason="worse")
    story.do("assign", role="tech", who="Raj", after="14m")
    assert naming("Technical Lead", "14m") in list(went_poorly(story.record, story.now))


def test_a_complete_record_lacks_nothing() -> None:
    story = Story().declare()
    story.do("milestone", name="detected", at="14:00")
    story.do("detected-by", detection="alert")
    story.do("type", type="outage")
    story.do("impact", impact="all")
    story.do("hypothesis", text="deploy")
    story.do("confirm", hypothesis="deploy", evidence="logs")
    story.do("follow-up", text="test it")
    story.do("follow-up-done", follow_up="test it")
    story.do("phase", phase="monitoring")
    story.do("resolve", verified="quiet")
    assert list(missing_evidence(story.record, story.now)) == []
    assert "No missing evidence" in POSTMORTEM.text(story.record, story.now, UTC)


def test_no_secret_reaches_the_draft() -> None:
    story = Story().declare("password=hunter22")
    for name, field in (("note", "text"), ("action", "text"), ("impact", "impact"), ("hypothesis", "text")):
        story.do(name, **{field: f"{name} password=hunter22"})
    story.do("sent", audience="internal", route="file", text="one\npassword=hunter22")
    text = POSTMORTEM.text(story.record, story.now, UTC)
    assert "hunter22" not in text
    assert "redacted: password" in text


WORDS = st.text(
    alphabet=st.one_of(st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&\n 1x")), st.characters(codec="utf-8")),
    min_size=1,
    max_size=40,
).filter(lambda text: bool(text.strip()))


def told_with(words: str, line: str) -> Story:
    story = Story(who=line).declare(line, runbook=RUNBOOK)
    do = story.do
    do("impact", impact=f"8% of payments fail. {words}")
    do("note", text=words)
    do("action", text=words)
    do("decision", text=words)
    do("ask", who=line, text=words)
    do("answer", ask=next(iter(story.incident.asks)), answer=words)
    do("ask", who=line, text=words)
    do("hypothesis", text=words)
    do("confirm", hypothesis=next(iter(story.incident.hypotheses)), evidence=words)
    do("supports", hypothesis=next(iter(story.incident.hypotheses)), text=words)
    do("decide", text=words, why=words, risk=words, who=line)
    do("objection", decision=list(story.incident.notes.decisions)[-1], objection=words)
    do("reverse", decision=list(story.incident.notes.decisions)[-1], reason=words)
    do("effect", action=next(iter(story.incident.notes.actions)), outcome="worse", evidence=words)
    do("need", text=words)
    do("need-met", need=next(iter(story.incident.needs)), who=line)
    do("system", system=words, health="degraded", note=words)
    do("ran", run=CommandRun(words, 1, 2.0, words, words, 9))
    do("handoff", who="Taker")
    do("read-back", by="Taker", point="asks", words=words)
    do("take-command", by="Taker", reason=words)
    do("skip", step="s1", reason=words)
    do("assign-step", step="s2", who=line)
    do("sent", audience="internal", route=words, text=words)
    do("follow-up", text=words)
    do("severity", severity="SEV1", reason=words)
    do("resolve", verified=words, after="40m")
    return story


def shape(story: Story) -> list[str]:
    tokens = GFM.parse(POSTMORTEM.text(story.record, story.now, UTC))
    kinds = ("_open", "_close")
    return [
        token.type
        for token in tokens
        if token.type.endswith(kinds) and (token.level == 0 or token.type in ("td_open", "tr_open", "list_item_open"))
    ]


PLAIN = shape(told_with("plain", "Ana"))


@settings(deadline=None)
@given(WORDS, WORDS)
def test_no_words_change_the_structure_of_the_draft(words: str, line: str) -> None:
    # A comma would part one name into two people who are asked.
    line = " ".join(line.replace(",", " ").split()) or "Ana"
    try:
        story = told_with(words, line)
    except Refused:
        return
    assert shape(story) == PLAIN


@pytest.mark.parametrize("story", [busy_story(plain_plan()), resolved_story(plain_plan())])
def test_every_heading_and_table_is_read_as_one(story: Story) -> None:
    text = POSTMORTEM.text(story.record, story.now, UTC)
    tokens = GFM.parse(text)
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[1:5] == ["Summary", "Impact", "Roles", "Timeline"]
    assert headings[-1] == "Missing evidence"
    assert sum(token.type == "table_open" for token in tokens) == text.count("\n| --- ")
