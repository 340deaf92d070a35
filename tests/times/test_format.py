from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.errors import Refused
from incident_cockpit.times.format import (
    ago,
    clock,
    clock_seconds,
    countdown,
    duration,
    duration_in_words,
    elapsed,
    run_time,
    stamp,
    zone_label,
)
from incident_cockpit.times.parse import parse_duration, parse_zone

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 20, 14, 28, 12, tzinfo=UTC)  # 15:28:12 in Paris, a Friday


def span(**units: float) -> timedelta:
    return timedelta(**units)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10m", span(minutes=10)),
        ("1h30m", span(minutes=90)),
        ("90s", span(seconds=90)),
        ("2d", span(days=2)),
        ("1w2d", span(days=9)),
        ("1.5h", span(minutes=90)),
        ("10 min", span(minutes=10)),
        ("10 Mins", span(minutes=10)),
        ("2 hours 5 minutes", span(minutes=125)),
        ("2 hours, 5 minutes and 3 seconds", span(minutes=125, seconds=3)),
        (" 1h 30m ", span(minutes=90)),
        ("366d", span(days=366)),
    ],
)
def test_durations_are_read(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "m",
        "0m",
        "-5m",
        "7%",
        "7 pods",
        "5 months",
        "10m ago",
        "5m5m",
        "5m1h",
        "367d",
        "99999999w",
        "1e9s",
        "14:05",
        "10mm",
        "1h30",
        "٣m",
        "5ſ",
        "1" * 70 + "s",
    ],
)
def test_unreadable_duration_is_none(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0s"),
        (45.9, "45s"),
        (100, "1m40s"),
        (125, "2m05s"),
        (300, "5m"),
        (468, "7m48s"),
        (600, "10m"),
        (22 * 60 + 30, "22m"),
        (3600, "1h"),
        (3 * 3600 + 5 * 60 + 59, "3h05m"),
        (2 * 86400 + 4 * 3600, "2d4h"),
        (86400, "1d"),
        (-130, "-2m10s"),
    ],
)
def test_durations_are_worded(seconds: float, expected: str) -> None:
    assert duration(timedelta(seconds=seconds)) == expected


@given(st.integers(1, 366 * 86_400))
def test_a_worded_duration_reads_back_within_its_precision(seconds: int) -> None:
    read = parse_duration(duration(timedelta(seconds=seconds)))
    assert read is not None
    precision = 1 if seconds < 600 else 60 if seconds < 86_400 else 3_600
    assert 0 <= seconds - read.total_seconds() < precision


def test_durations_in_full_words() -> None:
    assert duration_in_words(span(hours=2, minutes=5, seconds=9)) == "2 hours 5 minutes"
    assert duration_in_words(span(minutes=1, seconds=1)) == "1 minute 1 second"
    assert duration_in_words(span(seconds=0)) == "0 seconds"


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (100, "in 1m40s"),
        (99.2, "in 1m40s"),
        (0.4, "in 1s"),
        (0, "now"),
        (-0.9, "now"),
        (-132, "late 2m12s"),
        (1350, "in 22m"),
    ],
)
def test_countdowns(ahead: float, expected: str) -> None:
    assert countdown(NOW + timedelta(seconds=ahead), NOW) == expected


@given(st.floats(-4e7, 4e7))
def test_no_duration_looks_like_a_clock_time(ahead: float) -> None:
    at = NOW + timedelta(seconds=ahead)
    assert ":" not in countdown(at, NOW) + ago(at, NOW) + elapsed(at, NOW)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (3, "just now"),
        (-3, "just now"),
        (45, "45s ago"),
        (11 * 60 + 40, "11m ago"),
        (468, "7m ago"),
        (11100, "3h05m ago"),
        (-300, "just now"),
    ],
)
def test_ago(before: float, expected: str) -> None:
    assert ago(NOW - timedelta(seconds=before), NOW) == expected


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (45, "T+45s"),
        (468, "T+7m"),
        (37 * 60 + 59, "T+37m"),
        (125 * 60, "T+2h05m"),
        (76 * 3600, "T+3d4h"),
        (-300, "T+0s"),
    ],
)
def test_elapsed(run: float, expected: str) -> None:
    assert elapsed(NOW - timedelta(seconds=run), NOW) == expected


@pytest.mark.parametrize(
    ("took", "expected"), [(None, "T+2h05m"), (0, "took 0s"), (45, "took 45s"), (468, "took 7m"), (-60, "took 0s")]
)
def test_what_is_over_took_its_time_and_runs_no_more(took: float | None, expected: str) -> None:
    start = NOW - timedelta(minutes=125)
    assert run_time(start, None if took is None else start + timedelta(seconds=took), NOW) == expected


def test_a_clock_beside_another_day_names_the_day_of_its_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert clock(late, UTC, late + timedelta(minutes=29)) == "23:30"
    assert clock(late, UTC, late + timedelta(minutes=30)) == "11-20 23:30"
    assert clock(late, UTC, late - timedelta(days=9)) == "11-20 23:30"
    assert clock(late, ZoneInfo("Europe/Paris"), late + timedelta(hours=2)) == "00:30", "one day in Paris"


def test_clocks_and_stamps() -> None:
    assert clock(NOW, PARIS) == "15:28"
    assert clock_seconds(NOW, PARIS) == "15:28:12"
    assert stamp(NOW.astimezone(PARIS)) == "2026-11-20 14:28 UTC"


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Europe/Paris", "Paris"),
        ("America/New_York", "New York"),
        ("CET", "CET"),
        ("Etc/GMT+5", "UTC-05"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
    ],
)
def test_zones_are_named_shortly(key: str, label: str) -> None:
    assert zone_label(parse_zone(key), NOW) == label


def test_a_fixed_offset_and_utc_have_labels_too() -> None:
    assert zone_label(UTC, NOW) == "UTC"
    assert zone_label(datetime.fromisoformat("2026-11-20T14:05+01:00").tzinfo or UTC, NOW) == "UTC+01:00"


@pytest.mark.parametrize("name", ["", "Mars/Base", "CET-1CEST", "../etc/passwd", "/etc/localtime", "Europe", "\x00"])
def test_an_unknown_zone_is_refused_and_never_utc(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_zone(name)
    assert refusal.value.what_to_do


@pytest.mark.parametrize("name", ["paris", "europe/paris", "Europe/Pariss"])
def test_a_nearly_right_zone_is_suggested(name: str) -> None:
    with pytest.raises(Refused, match="Europe/Paris"):
        parse_zone(name)


def test_local_follows_tz_and_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":America/New_York")
    assert parse_zone("local").key == "America/New_York"
    monkeypatch.setenv("TZ", "/usr/share/zoneinfo/Asia/Tokyo")
    assert parse_zone("Local").key == "Asia/Tokyo"
    monkeypatch.setenv("TZ", "Nowhere/Land")
    assert parse_zone("local").utcoffset(NOW) is not None


def test_pendulum_is_loaded_only_when_it_is_needed() -> None:
    code = (
        "import sys, incident_cockpit.times.format, incident_cockpit.times.parse; sys.exit('pendulum' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
