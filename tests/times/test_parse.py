from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import Refused
from incident_cockpit.times.format import clock, stamp
from incident_cockpit.times.parse import AHEAD, ParsedTime, parse_time, split_time
from support.naming import naming

PARIS = ZoneInfo("Europe/Paris")
ZONES = [ZoneInfo(key) for key in ("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe")]
NOW = datetime(2026, 11, 20, 14, 28, 12, tzinfo=UTC)  # 15:28:12 in Paris, a Friday


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read_or_refused(text: str, now: datetime, zone: ZoneInfo) -> ParsedTime | Refused:
    try:
        return parse_time(text, now, zone)
    except Refused as refusal:
        return refusal


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("now", "2026-11-20T14:28:12", "15:28 Paris = 14:28 UTC, just now"),
        ("-7m", "2026-11-20T14:21:12", "15:21 Paris = 14:21 UTC, 7m ago"),
        ("7m ago", "2026-11-20T14:21:12", "15:21 Paris = 14:21 UTC, 7m ago"),
        ("1h30m ago", "2026-11-20T12:58:12", "13:58 Paris = 12:58 UTC, 1h30m ago"),
        ("2 hours 5 minutes ago", "2026-11-20T12:23:12", "13:23 Paris = 12:23 UTC, 2h05m ago"),
        ("15:05", "2026-11-20T14:05:00", "15:05 Paris = 14:05 UTC, 23m ago"),
        ("15:05:30", "2026-11-20T14:05:30", "15:05:30 Paris = 14:05:30 UTC, 22m ago"),
        ("3:05 pm", "2026-11-20T14:05:00", "15:05 Paris = 14:05 UTC, 23m ago"),
        ("12:05am", "2026-11-19T23:05:00", "00:05 Paris = 2026-11-19 23:05 UTC, 15h23m ago"),
        ("15:30", "2026-11-20T14:30:00", "15:30 Paris = 14:30 UTC, in 1m"),
        ("15:31", "2026-11-19T14:31:00", "2026-11-19 15:31 Paris = 2026-11-19 14:31 UTC, 23h57m ago"),
        ("14:05Z", "2026-11-20T14:05:00", "15:05 Paris = 14:05 UTC, 23m ago"),
        ("14:05 UTC", "2026-11-20T14:05:00", "15:05 Paris = 14:05 UTC, 23m ago"),
        ("09:05-05:00", "2026-11-20T14:05:00", "15:05 Paris = 14:05 UTC, 23m ago"),
        ("yesterday 23:50", "2026-11-19T22:50:00", "2026-11-19 23:50 Paris = 2026-11-19 22:50 UTC, 15h38m ago"),
        ("today 09:00", "2026-11-20T08:00:00", "09:00 Paris = 08:00 UTC, 6h28m ago"),
        ("2026-11-20 14:05", "2026-11-20T13:05:00", "14:05 Paris = 13:05 UTC, 1h23m ago"),
        ("2026-11-20 14:05 UTC", "2026-11-20T14:05:00", "15:05 Paris = 14:05 UTC, 23m ago"),
        ("2026-11-20T14:05:00+01:00", "2026-11-20T13:05:00", "14:05:00 Paris = 13:05:00 UTC, 1h23m ago"),
        ("2026-11-20t14:05z", "2026-11-20T14:05:00", "15:05 Paris = 14:05 UTC, 23m ago"),
        ("2026-11-20 15:05:00,123456789", "2026-11-20T14:05:00.123456", "15:05:00 Paris = 14:05:00 UTC, 23m ago"),
        ("2026-11-20 14:05:00 +0000", "2026-11-20T14:05:00", "15:05:00 Paris = 14:05:00 UTC, 23m ago"),
        ("20261120T140530Z", "2026-11-20T14:05:30", "15:05:30 Paris = 14:05:30 UTC, 22m ago"),
        ("2026-W47-5T15:05", "2026-11-20T14:05:00", "15:05 Paris = 14:05 UTC, 23m ago"),
        ("2026-324T15:05", "2026-11-20T14:05:00", "15:05 Paris = 14:05 UTC, 23m ago"),
        ("2026-11-20 15:58", "2026-11-20T14:58:00", "15:58 Paris = 14:58 UTC, in 29m"),
    ],
)
def test_times_are_read_and_said_back(text: str, at: str, words: str) -> None:
    assert parse_time(text, NOW, PARIS) == ParsedTime(utc(at), words)


def test_the_echo_in_utc_says_the_time_once() -> None:
    assert parse_time("14:05", NOW, ZoneInfo("UTC")).words == "14:05 UTC, 23m ago"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "1405",
        "2026",
        "2026-11-20",
        "24:00",
        "14:60",
        "14:05:60",
        "13:00 pm",
        "0:30 am",
        "2026-13-01 10:00",
        "7m",
        "-7",
        "-7 pods",
        "14:05 Z+01:00",
        "14:05+19:00",
        "10:00-10:07",
        "0001-01-01 00:00",
        "9999-12-31 23:59",
        "x" * 5000,
        "2026-W60-1T10:00",
        "2026-400T10:00",
        "03/04 10:00",
        "14:05 x",
        "1700000000",
        "-400d",
        "٣:05",
    ],
)
def test_unreadable_time_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(Refused, match="yesterday 23:50") as refusal:
        parse_time(text, NOW, PARIS)
    assert len(refusal.value.why) < 80


def test_a_time_shown_twice_is_asked_about() -> None:
    after = utc("2026-10-25T02:10:00")
    with pytest.raises(Refused) as refusal:
        parse_time("02:30", after, PARIS)
    assert all(part in refusal.value.why for part in ("Paris", "2026-10-25", "00:30 UTC", "01:30 UTC"))
    assert refusal.value.what_to_do == naming('"00:30Z"', '"01:30Z"')
    assert parse_time("00:30Z", after, PARIS).at == utc("2026-10-25T00:30:00")
    assert parse_time("02:30+01:00", after, PARIS).at == utc("2026-10-25T01:30:00")
    with pytest.raises(Refused, match=r'"2026-10-25 00:30Z".*"2026-10-25 01:30Z"'):
        parse_time("2026-10-25 02:30", NOW, PARIS)


def test_before_the_second_reading_there_is_only_the_first() -> None:
    assert parse_time("02:30", utc("2026-10-25T00:40:00"), PARIS).at == utc("2026-10-25T00:30:00")


def test_a_time_the_clocks_skipped_is_refused() -> None:
    for text in ("02:30", "2026-03-29 02:30", "today 02:30", "2026-088T02:30"):
        with pytest.raises(Refused, match=r"Paris.*2026-03-29") as refusal:
            parse_time(text, utc("2026-03-29T09:00:00"), PARIS)
        assert "01:30Z" in refusal.value.what_to_do
    before = parse_time("02:30", utc("2026-03-29T00:30:00"), PARIS)
    assert before.at == utc("2026-03-28T01:30:00")


def test_a_clock_that_went_back_over_midnight_is_read() -> None:
    st_johns = ZoneInfo("America/St_Johns")
    now = utc("2010-11-07T02:40:00")  # 23:10 again on the 6th; it was 00:00 ten minutes before the change
    assert parse_time("00:00", now, st_johns).at == utc("2010-11-07T02:30:00")


zones = st.sampled_from(ZONES)
year = st.integers(0, 366 * 86_400 * 2).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
# As many again close to the hours in which clocks change, or hardly a try would meet one.
CHANGES = ["2026-03-29T01", "2026-10-25T01", "2026-03-08T07", "2026-11-01T06", "2026-04-04T15", "2026-10-03T15"]
near_change = st.tuples(st.sampled_from(CHANGES), st.integers(-14 * 3600, 14 * 3600)).map(
    lambda pair: utc(f"{pair[0]}:00:00") + timedelta(seconds=pair[1])
)


@settings(max_examples=500)
@given(year | near_change, st.integers(-120, 12 * 3600), zones)
def test_a_clock_time_is_never_silently_wrong(now: datetime, back: int, zone: ZoneInfo) -> None:
    event = now - timedelta(seconds=back)
    read = read_or_refused(clock(event, zone), now, zone)
    if isinstance(read, Refused):
        assert "twice" in read.why
        read = parse_time(clock(event, UTC) + "Z", now, zone)
    assert read.at == event.replace(second=0)


@given(year | near_change, zones, st.times())
def test_a_bare_clock_time_is_never_far_ahead(now: datetime, zone: ZoneInfo, at: time) -> None:
    read = read_or_refused(f"{at:%H:%M}", now, zone)
    if isinstance(read, Refused):
        assert "twice" in read.why or "skip" in read.why
    else:
        assert now - timedelta(hours=25, minutes=1) <= read.at <= now + AHEAD


@given(year, zones)
def test_a_stamp_reads_back(at: datetime, zone: ZoneInfo) -> None:
    assert parse_time(stamp(at), NOW, zone).at == at.replace(second=0)
    assert parse_time(at.astimezone(zone).isoformat(), NOW, zone).at == at


@pytest.mark.parametrize(
    ("text", "at", "rest"),
    [
        ("-7m rolled back", "2026-11-20T14:21:12", "rolled back"),
        ("-1h30m = roll back", "2026-11-20T12:58:12", "= roll back"),
        ("15:05 x", "2026-11-20T14:05:00", "x"),
        ("15:05: rolled back", "2026-11-20T14:05:00", "rolled back"),
        ("14:05Z x", "2026-11-20T14:05:00", "x"),
        ("14:05 UTC x", "2026-11-20T14:05:00", "x"),
        ("3:05 pm x", "2026-11-20T14:05:00", "x"),
        ("yesterday 23:50 x", "2026-11-19T22:50:00", "x"),
        ("1h30m ago x", "2026-11-20T12:58:12", "x"),
        ("2 hours ago the deploy", "2026-11-20T12:28:12", "the deploy"),
        ("2026-11-20T14:05:00+01:00 x", "2026-11-20T13:05:00", "x"),
        ("2026-11-20 14:05:00 +0000 ERROR", "2026-11-20T14:05:00", "ERROR"),
        ("[2026-11-20T14:05:00.5Z] ERROR x", "2026-11-20T14:05:00.500000", "ERROR x"),
        ("15:05 - 7 pods", "2026-11-20T14:05:00", "- 7 pods"),
        ("2026-11-20 15:05 -20 pods", "2026-11-20T14:05:00", "-20 pods"),
    ],
)
def test_a_leading_time_is_parted_from_the_words(text: str, at: str, rest: str) -> None:
    when, words = split_time(text, NOW, PARIS)
    assert when is not None
    assert (when.at, words) == (utc(at), rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-5% traffic",
        "- 7 pods",
        "-7 pods",
        "-7 m",
        "10m",
        "10m of errors",
        "14:05",
        "-7m",
        "14:05 ",
        "1h ago",
        "now x",
        "25:00 x",
        "14:05:61 x",
        "14:05-14:20 loss",
        "10:00-10:15 loss",
        "14:05+01:00 x",
        "10:20:30:40 x",
        "2026-13-45 14:05 x",
        "yesterday it broke",
        "long ago x",
        "3 pods ago x",
        "x 14:05 y",
        "2026-11-20 14:05 -1000 rps",
        "14:05Z+01:00 x",
    ],
)
def test_what_does_not_begin_with_a_time_stays_as_it_is(text: str) -> None:
    assert split_time(text, NOW, PARIS) == (None, text)


def test_a_leading_time_shown_twice_does_not_pass_as_now() -> None:
    with pytest.raises(Refused, match="twice"):
        split_time("02:30 rolled back", utc("2026-10-25T02:10:00"), PARIS)


@given(st.text(max_size=40) | st.text("0123456789:-+TZ mhago.", max_size=25), zones)
def test_any_text_is_read_or_refused_in_words(text: str, zone: ZoneInfo) -> None:
    read = read_or_refused(text, NOW, zone)
    assert read.what_to_do if isinstance(read, Refused) else read.at.tzinfo is UTC
    when, rest = split_time(text, NOW, zone)
    assert text.endswith(rest)
    assert (when is None) == (rest == text)
