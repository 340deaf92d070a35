"""Chat threads: what people copy out of Slack, Teams and elsewhere becomes timed lines with their authors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.actions.chat import thread
from incident_cockpit.incident.envelope import AHEAD

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
UTC_ZONE, PARIS = ZoneInfo("UTC"), ZoneInfo("Europe/Paris")


def read(text: str, now: datetime = NOW, zone: ZoneInfo = UTC_ZONE) -> list[tuple[str, str, str]]:
    return [(one.who, f"{one.at:%d %H:%M:%S}", one.text) for one in thread(text, now, zone).lines]


def test_slack_as_its_desktop_copies_it() -> None:
    copied = (
        "Ana Lima\n  2:05 PM\ncheckout is down\nlooking\n2:06\nrolled back 4512\n:eyes:\n3\n"
        "Raj\n  2:07 PM\n5xx falling: 8% to 3%\nsee https://grafana.example/d/1\n1 reply\n"
    )
    assert read(copied) == [
        ("Ana Lima", "21 14:05:00", "checkout is down\nlooking"),
        ("Ana Lima", "21 14:06:00", "rolled back 4512"),
        ("Raj", "21 14:07:00", "5xx falling: 8% to 3%\nsee https://grafana.example/d/1"),
    ]


def test_a_day_of_twenty_four_hours_and_a_bot() -> None:
    assert read("Ana Lima [14:05]\nhello\nDeploys APP  14:10\n4512 is out\n") == [
        ("Ana Lima", "21 14:05:00", "hello"),
        ("Deploys", "21 14:10:00", "4512 is out"),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[14:05] Ana: down", ("Ana", "21 14:05:00", "down")),
        ("14:05 Ana: down", ("Ana", "21 14:05:00", "down")),
        ("[14:05:33] <raj> looking", ("raj", "21 14:05:33", "looking")),
        ("2026-11-20T23:59:01Z ana: late", ("ana", "20 23:59:01", "late")),
        ("2026-11-20 23:59 Ana Lima: late", ("Ana Lima", "20 23:59:00", "late")),
        ("21/11/26, 14:05 - Ana: here", ("Ana", "21 14:05:00", "here")),
        ("[20.11.26, 14:05:10] Ana: there", ("Ana", "20 14:05:10", "there")),
        ("11/20/2026, 11:59 PM - Raj: b", ("Raj", "20 23:59:00", "b")),
    ],
)
def test_lines_that_say_it_all(line: str, expected: tuple[str, str, str]) -> None:
    assert read(line) == [expected]


def test_teams_puts_the_time_first() -> None:
    assert read("[14:03] Ana Lima\nhi there\nand more\n") == [("Ana Lima", "21 14:03:00", "hi there\nand more")]


def test_times_go_back_over_midnight() -> None:
    just_after = datetime(2026, 11, 21, 0, 20, tzinfo=UTC)
    assert read("23:50 Ana: yesterday\n00:10 Raj: today", just_after) == [
        ("Ana", "20 23:50:00", "yesterday"),
        ("Raj", "21 00:10:00", "today"),
    ]


def test_clock_times_are_those_of_the_zone_and_z_is_utc() -> None:
    assert read("15:05 Ana: here\n14:06Z Raj: there", zone=PARIS) == [
        ("Ana", "21 14:05:00", "here"),
        ("Raj", "21 14:06:00", "there"),
    ]


def test_what_belongs_to_nobody_stands_before() -> None:
    read_thread = thread("about the outage at 14:05\n\n[14:06] Ana: down", NOW, UTC_ZONE)
    assert read_thread.before == "about the outage at 14:05"
    assert [one.who for one in read_thread.lines] == ["Ana"]
    assert thread("no times\nat all: none", NOW, UTC_ZONE).lines == ()


def test_a_clock_that_no_clock_shows_is_text() -> None:
    assert all(one.at <= NOW + AHEAD for one in thread("[27:99] Ana: odd", NOW, UTC_ZONE).lines)


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    assert all(one.text.strip() and one.at.tzinfo for one in thread(text, NOW, PARIS).lines)


@given(st.lists(st.tuples(st.sampled_from(("Ana", "Raj Patel")), st.integers(0, 1430)), min_size=1, max_size=12))
def test_a_thread_keeps_its_order(said: list[tuple[str, int]]) -> None:
    """Whatever the minutes, times without days never go backwards and never lie ahead."""
    at, lines, expected = NOW - timedelta(days=len(said) + 1), [], []
    for who, minutes in said:
        at += timedelta(minutes=minutes)
        if at > NOW:
            break
        lines.append(f"[{at:%Y-%m-%d %H:%M}] {who}: x{len(lines)}")
        expected.append((who, at.replace(second=0)))
    found = thread("\n".join(lines), NOW, UTC_ZONE).lines
    assert [(one.who, one.at) for one in found] == expected
