"""The grammar of the entry line: prefixes, asks, commands and times; no text is ever lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.grammar import LINE_KINDS, completions, literal, pasted, read, split_args
from incident_cockpit.actions.registry import ACTIONS, find
from incident_cockpit.errors import Refused
from incident_cockpit.times.parse import split_time
from support.refusals import refuses

NOW = datetime(2026, 11, 20, 14, 37, 12, tzinfo=UTC)
HERE = Here(NOW, ZoneInfo("UTC"))
# The clocks of Paris go back from 3:00 to 2:00: half past two comes twice.
AUTUMN = Here(datetime(2026, 10, 25, 5, 0, tzinfo=UTC), ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("line", "action", "text"),
    [
        ("pods restarted", "note", "pods restarted"),
        ("? bad deploy 4512", "hypothesis", "bad deploy 4512"),
        ("! rolled back", "action", "rolled back"),
        ("= roll back now", "decision", "roll back now"),
        ("=   roll back now  ", "decision", "roll back now"),
        ("=== FAILED", "note", "=== FAILED"),
        ("== two", "note", "== two"),
        ("!important", "note", "!important"),
        ("!", "note", "!"),
        ("? ", "note", "?"),
        ("???", "note", "???"),
        ("-5% traffic", "note", "-5% traffic"),
        ("- 7 pods", "note", "- 7 pods"),
        ("-5m", "note", "-5m"),
        ("/checkout is down", "note", "/checkout is down"),
        ("@here 10m x", "note", "@here 10m x"),
        ("@Channel 10m look", "note", "@Channel 10m look"),
        ("@raj check lag", "note", "@raj check lag"),
        ("@raj, please 10m check lag", "note", "@raj, please 10m check lag"),
        ("@raj", "note", "@raj"),
        ("@raj 10m", "note", "@raj 10m"),
        ("raj@example.org 10m late", "note", "raj@example.org 10m late"),
        (":fire: it burns", "note", ":fire: it burns"),
        (":-)", "note", ":-)"),
        (": severity", "note", ": severity"),
        ("10:00-10:15 packet loss", "note", "10:00-10:15 packet loss"),
        ("[/b] [@click=app.quit]x[/]", "note", "[/b] [@click=app.quit]x[/]"),
        ("", "note", ""),
    ],
)
def test_prefix_and_space_make_a_line_more_than_a_note(line: str, action: str, text: str) -> None:
    reading = read(line, HERE)
    assert (reading.action, reading.values, reading.when, reading.problem) == (action, {"text": text}, None, "")


@pytest.mark.parametrize(
    ("line", "who", "within", "text"),
    [
        ("@raj 10m check lag", "raj", "10m", "check lag"),
        ("@Zoë 1h30m tell support", "Zoë", "1h30m", "tell support"),
        ("@raj  90s  look:\nall of it", "raj", "90s", "look:\nall of it"),
        ("@Raj @Mio 10m check lag", "Raj, Mio", "10m", "check lag"),
        ("@Raj, @Mio 10m check lag", "Raj, Mio", "10m", "check lag"),
        ("@Raj,Mio,@Kim 10m check lag", "Raj, Mio, Kim", "10m", "check lag"),
    ],
)
def test_ask_has_assignees_a_due_time_and_a_request(line: str, who: str, within: str, text: str) -> None:
    reading = read(line, HERE)
    assert reading.action == "ask"
    assert reading.values == {"who": who, "within": within, "text": text}


@pytest.mark.parametrize(
    ("line", "action", "ago", "text"),
    [
        ("-7m pods restarted", "note", timedelta(minutes=7), "pods restarted"),
        ("1h30m ago deploy 4512", "note", timedelta(minutes=90), "deploy 4512"),
        ("14:05 pods restarted", "note", timedelta(minutes=32, seconds=12), "pods restarted"),
        ("14:05Z ! rolled back", "action", timedelta(minutes=32, seconds=12), "rolled back"),
        ("! -2m rolled back", "action", timedelta(minutes=2), "rolled back"),
        ("= 14:05 roll back", "decision", timedelta(minutes=32, seconds=12), "roll back"),
        ("? -2m DNS", "hypothesis", timedelta(minutes=2), "DNS"),
        ("-7m ! -2m is in the words", "action", timedelta(minutes=7), "-2m is in the words"),
        ("yesterday 23:50 first alert", "note", timedelta(hours=14, minutes=47, seconds=12), "first alert"),
    ],
)
def test_time_before_or_after_the_prefix_dates_the_entry(line: str, action: str, ago: timedelta, text: str) -> None:
    reading = read(line, HERE)
    assert (reading.action, reading.values["text"]) == (action, text)
    assert reading.when is not None
    assert reading.when.at == NOW - ago
    assert reading.when.words.endswith("ago")


def test_time_dates_asks_and_commands_too() -> None:
    ask, command = read("-3m @raj 10m check lag", HERE), read("-3m :severity SEV1 all of EU", HERE)
    assert ask.action == "ask"
    assert command.action == "severity"
    assert {reading.when and reading.when.at for reading in (ask, command)} == {NOW - timedelta(minutes=3)}


@pytest.mark.parametrize("line", ["02:30 queue full", "! 02:30 queue full", "= 02:30 queue full", "? 02:30 queue full"])
def test_ambiguous_local_time_is_a_problem(line: str) -> None:
    reading = read(line, AUTUMN)
    assert "00:30Z" in reading.problem
    assert reading.values["text"].endswith("queue full")
    assert reading.when is None


def test_command_is_split_into_arguments() -> None:
    reading = read(':skip "Freeze deploys" no pipeline runs', HERE)
    assert (reading.action, reading.problem) == ("skip", "")
    assert reading.values == {"step": "Freeze deploys", "reason": "no pipeline runs"}
    assert reading.chip == ":skip STEP REASON"
    assert read(":severity", HERE).values == {}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (":foo", '"foo"'),
        (":sever SEV1", "severity"),
        (":role Raj", ":assign, :release"),
        (":", "command"),
        (":undo now", "undo"),
    ],
)
def test_unknown_command_suggests_the_nearest(line: str, says: str) -> None:
    assert says in read(line, HERE).problem


@pytest.mark.parametrize("kind", LINE_KINDS)
def test_tab_sets_the_kind_and_takes_the_text_literally(kind: str) -> None:
    reading = read("-7m @raj 10m check: ? = !", HERE, kind)
    assert (reading.action, reading.values) == (kind, {"text": "@raj 10m check: ? = !"})
    assert kind in ACTIONS
    assert read("02:30 x", AUTUMN, kind).action == kind


def test_piped_text_is_one_literal_note() -> None:
    text = "14:05 ! not read\n:severity SEV1\n"
    assert literal(text).values == {"text": text}
    assert literal(text).action == "note"


def test_pasted_text_is_a_note_and_its_time_is_offered() -> None:
    text = "2026-11-20T14:05:00Z GET /pay 500\n:severity SEV1\n! not read"
    plain, timed = pasted(text, HERE)
    assert (plain.action, plain.values, plain.when) == ("note", {"text": text}, None)
    assert "3 lines" in plain.chip
    assert timed.when is not None
    assert timed.when.at == NOW.replace(minute=5, second=0)
    assert timed.values == {"text": "GET /pay 500\n:severity SEV1\n! not read"}


@pytest.mark.parametrize(
    ("text", "here"),
    [
        ("=== FAILED", HERE),
        ("@raj 10m x", HERE),
        ("2026-11-20T15:05:00Z later", HERE),
        ("02:30 twice", AUTUMN),
        ("", HERE),
    ],
)
def test_pasted_text_without_a_past_time_is_literal(text: str, here: Here) -> None:
    assert [reading.values for reading in pasted(text, here)] == [{"text": text}]


def test_command_names_are_completed() -> None:
    assert completions(":sev") == ["severity"]
    assert set(completions(":")) == set(ACTIONS)
    assert completions("sev") == completions(":severity SEV1") == completions(":nothing") == []


BEGINNINGS = [
    "? ",
    "! ",
    "= ",
    "@raj ",
    "@here ",
    "10m ",
    "-7m ",
    "14:05 ",
    "02:30 ",
    "1h ago ",
    ":severity ",
    ":",
    "yesterday 23:50 ",
]
pieces = st.lists(st.one_of(st.sampled_from(BEGINNINGS), st.text(max_size=8)), max_size=6).map("".join)


@example(line="! 02:30 x", here=AUTUMN, kind=None)
@example(line="@raj 10m  a  b", here=HERE, kind=None)
@example(line="@raj @raj 1h ago", here=HERE, kind=None)
@given(line=pieces, here=st.sampled_from([HERE, AUTUMN]), kind=st.sampled_from([None, *LINE_KINDS]))
def test_reading_never_fails_and_keeps_every_word(line: str, here: Here, kind: str | None) -> None:
    reading = read(line, here, kind)
    assert reading.chip
    if reading.action not in (*LINE_KINDS, "ask"):
        # A command: what it did not understand it says, and the line stays in the field.
        assert reading.problem or all(word in line for word in reading.values.values())
        return
    text = reading.values["text"]
    assert line.strip().endswith(text)
    front = line.strip().removesuffix(text).strip()
    if reading.action == "ask":
        front, _, asked = front.partition("@")
        assert re.findall(r"[^\s,@]+", asked) == [*reading.values["who"].split(", "), reading.values["within"]]
        front = front.strip()
    # What was taken off the front is a sign or a time that is shown; nothing else may go.
    assert front in ("", *"?!=") or reading.when is not None


@given(line=pieces)
def test_only_a_time_is_cut_from_the_front(line: str) -> None:
    reading = read(line, HERE, "note")
    if reading.when is not None:
        when, rest = split_time(line.strip(), NOW, HERE.zone)
        assert when == reading.when
        assert reading.values == {"text": rest}
        assert line.strip().endswith(rest)


# Arguments of a typed command


@pytest.mark.parametrize(
    ("name", "typed", "values"),
    [
        ("note", "", {}),
        ("note", "  all of it, as  typed ", {"text": "all of it, as  typed"}),
        ("note", '"in quotes"', {"text": "in quotes"}),
        ("note", '"one" and "two"', {"text": '"one" and "two"'}),
        ("note", '"', {"text": '"'}),
        ("severity", "SEV1", {"severity": "SEV1"}),
        ("severity", "SEV1\tall of EU", {"severity": "SEV1", "reason": "all of EU"}),
        ("assign", '"tech lead" Raj Patel', {"role": "tech lead", "who": "Raj Patel"}),
        ("assign", "“tech lead” Raj", {"role": "tech lead", "who": "Raj"}),
        ("assign", "'tech lead' Raj", {"role": "tech lead", "who": "Raj"}),
        ("assign", '"tech lead', {"role": '"tech', "who": "lead"}),
        ("ask", "Raj 5m check lag", {"who": "Raj", "within": "5m", "text": "check lag"}),
        ("ask", "Raj check lag", {"who": "Raj", "text": "check lag"}),
        ("ask", "Raj 5 nodes look odd", {"who": "Raj", "text": "5 nodes look odd"}),
        ("snooze", "Internal 10m", {"item": "Internal", "within": "10m"}),
        ("snooze", "Internal", {"item": "Internal"}),
        ("timer", "10m check rollback", {"within": "10m", "text": "check rollback"}),
        ("undo", "", {}),
    ],
)
def test_arguments_take_a_word_or_a_phrase(name: str, typed: str, values: dict[str, str]) -> None:
    assert split_args(find(name), typed) == values


def test_surplus_words_are_refused() -> None:
    with refuses():
        split_args(find("undo"), "the last one")


@given(name=st.sampled_from(sorted(ACTIONS)), typed=st.text(max_size=30))
def test_splitting_keeps_every_word(name: str, typed: str) -> None:
    try:
        values = split_args(find(name), typed)
    except Refused:
        assert not find(name).args
        return

    def bare(text: str) -> str:
        return "".join(char for char in text if not char.isspace() and char not in "\"'“”")

    assert bare("".join(values.values())) == bare(typed)
