"""Times to come, as people say them: never in the past, never silently wrong where the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import Refused
from incident_cockpit.times.format import clock, stamp
from incident_cockpit.times.future import parse_future, split_future
from incident_cockpit.times.parse import ParsedTime
from support.naming import naming

PARIS = ZoneInfo("Europe/Paris")
ZONES = [ZoneInfo(key) for key in ("UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe")]
NOW = datetime(2026, 11, 20, 14, 28, 12, tzinfo=UTC)  # 15:28:12 in Paris, a Friday


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def read_or_refused(text: str, now: datetime, zone: ZoneInfo) -> ParsedTime | Refused:
    try:
        return parse_future(text, now, zone)
    except Refused as refusal:
        return refusal


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("15:30", "2026-11-20T14:30:00", "15:30 Paris = 14:30 UTC, in 1m"),
        ("15:28", "2026-11-21T14:28:00", "2026-11-21 15:28 Paris = 2026-11-21 14:28 UTC, in 23h59m"),
        ("3:30 pm", "2026-11-20T14:30:00", "15:30 Paris = 14:30 UTC, in 1m"),
        ("14:30Z", "2026-11-20T14:30:00", "15:30 Paris = 14:30 UTC, in 1m"),
        ("today 18:00", "2026-11-20T17:00:00", "18:00 Paris = 17:00 UTC, in 2h31m"),
        ("tomorrow 14:00", "2026-11-21T13:00:00", "2026-11-21 14:00 Paris = 2026-11-21 13:00 UTC, in 22h31m"),
        ("Tomorrow at 14:00", "2026-11-21T13:00:00", "2026-11-21 14:00 Paris = 2026-11-21 13:00 UTC, in 22h31m"),
        ("mon 10:00", "2026-11-23T09:00:00", "2026-11-23 10:00 Paris = 2026-11-23 09:00 UTC, in 2d18h"),
        ("on Monday 10:00", "2026-11-23T09:00:00", "2026-11-23 10:00 Paris = 2026-11-23 09:00 UTC, in 2d18h"),
        ("fri 16:00", "2026-11-20T15:00:00", "16:00 Paris = 15:00 UTC, in 31m"),
        ("friday 15:00", "2026-11-27T14:00:00", "2026-11-27 15:00 Paris = 2026-11-27 14:00 UTC, in 6d23h"),
        ("2026-11-24 10:00", "2026-11-24T09:00:00", "2026-11-24 10:00 Paris = 2026-11-24 09:00 UTC, in 3d18h"),
        ("2026-11-24T10:00:00+02:00", "2026-11-24T08:00:00", None),
        ("thurs 09:00 UTC", "2026-11-26T09:00:00", None),
        ("in 2d", "2026-11-22T14:28:12", "2026-11-22 15:28 Paris = 2026-11-22 14:28 UTC, in 2d"),
        ("IN 2 hours", "2026-11-20T16:28:12", "17:28 Paris = 16:28 UTC, in 2h"),
        ("90m", "2026-11-20T15:58:12", "16:58 Paris = 15:58 UTC, in 1h30m"),
    ],
)
def test_times_to_come_are_read_and_said_back(text: str, at: str, words: str | None) -> None:
    when = parse_future(text, NOW, PARIS)
    assert when.at == utc(at)
    assert words in (None, when.words)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "1400", "24:00", "14:60", "yesterday 23:50", "next week", "in", "in a while", "-7m", "mon",
     "2026-11-24", "2026-13-01 10:00", "2026-02-30", "9999-12-31 10:00", "monday", "moon 10:00", "x" * 5000, "14:05 x"],
)  # fmt: skip
def test_unreadable_future_time_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(Refused, match="14:00") as refusal:
        parse_future(text, NOW, PARIS)
    assert len(refusal.value.why) < 80


@pytest.mark.parametrize("text", ["2026-11-20 14:00", "2026-11-19 23:00", "today 15:28", "2026-11-20T14:28:12Z"])
def test_what_has_passed_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="past"):
        parse_future(text, NOW, PARIS)


def test_a_day_alone_needs_a_time_unless_a_whole_day_has_a_meaning() -> None:
    with pytest.raises(Refused, match="monday 14:00"):
        parse_future("monday", NOW, PARIS)

    def closing(day: date) -> datetime:
        return datetime.combine(day, time(17), PARIS)

    for text, at in (("mon", "2026-11-23"), ("on friday", "2026-11-20"), ("today", "2026-11-20"),
                     ("2026-12-01", "2026-12-01"), ("Tomorrow", "2026-11-21")):  # fmt: skip
        assert parse_future(text, NOW, PARIS, closing).at == utc(f"{at}T16:00:00")
    evening = utc("2026-11-20T16:00:00")
    assert parse_future("fri", evening, PARIS, closing).at == utc("2026-11-27T16:00:00")
    for past in ("today", "2026-11-20", "2020-01-01"):
        with pytest.raises(Refused, match="past"):
            parse_future(past, evening, PARIS, closing)
    for wrong in ("2026-02-30", "1000-01-01"):
        with pytest.raises(Refused, match="future"):
            parse_future(wrong, NOW, PARIS, closing)


def test_a_time_the_clocks_will_show_twice_is_asked_about_and_only_while_both_are_ahead() -> None:
    before = utc("2026-10-24T20:00:00")
    for text in ("02:30", "tomorrow 02:30", "sun 02:30", "2026-10-25 02:30"):
        with pytest.raises(Refused) as refusal:
            parse_future(text, before, PARIS)
        assert all(part in refusal.value.why for part in ("Paris", "2026-10-25", "00:30 UTC", "01:30 UTC"))
        assert refusal.value.what_to_do == naming('"2026-10-25 00:30Z"', '"2026-10-25 01:30Z"')
    assert parse_future("2026-10-25 00:30Z", before, PARIS).at == utc("2026-10-25T00:30:00")
    between = utc("2026-10-25T00:40:00")
    assert parse_future("02:30", between, PARIS).at == utc("2026-10-25T01:30:00")
    assert parse_future("today 02:30", between, PARIS).at == utc("2026-10-25T01:30:00")


def test_a_time_the_clocks_skip_is_refused_and_comes_on_the_day_after() -> None:
    for text in ("02:30", "tomorrow 02:30", "2026-03-29 02:30", "sunday 02:30"):
        with pytest.raises(Refused, match=r"02:30 .*Paris.*2026-03-29") as refusal:
            parse_future(text, utc("2026-03-28T12:00:00"), PARIS)
        assert "2026-03-29 01:30Z" in refusal.value.what_to_do
    assert parse_future("02:30", utc("2026-03-29T09:00:00"), PARIS).at == utc("2026-03-30T00:30:00")


def test_clocks_that_go_back_over_midnight_show_yesterday_once_more() -> None:
    st_johns = ZoneInfo("America/St_Johns")
    now = utc("2010-11-07T02:29:00")  # 23:59 on the 6th; two minutes later it is 23:01 once more
    assert parse_future("23:30", now, st_johns).at == utc("2010-11-07T03:00:00")


zones = st.sampled_from(ZONES)
year = st.integers(0, 366 * 86_400 * 2).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
# As many again close to the hours in which clocks change, or hardly a try would meet one.
CHANGES = ["2026-03-29T01", "2026-10-25T01", "2026-03-08T07", "2026-11-01T06", "2026-04-04T15", "2026-10-03T15"]
near_change = st.tuples(st.sampled_from(CHANGES), st.integers(-14 * 3600, 14 * 3600)).map(
    lambda pair: utc(f"{pair[0]}:00:00") + timedelta(seconds=pair[1])
)


@settings(max_examples=500)
@given(year | near_change, st.integers(60, 12 * 3600), zones)
def test_a_clock_time_to_come_is_never_silently_wrong(now: datetime, ahead: int, zone: ZoneInfo) -> None:
    meant = (now + timedelta(seconds=ahead)).replace(second=0, microsecond=0)
    if meant <= now:
        meant += timedelta(minutes=1)
    read = read_or_refused(clock(meant, zone), now, zone)
    if isinstance(read, Refused):
        assert "twice" in read.why
        read = parse_future(clock(meant, UTC) + "Z", now, zone)
    assert read.at == meant


@given(year | near_change, zones, st.times(), st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
def test_a_weekday_is_the_next_such_day(now: datetime, zone: ZoneInfo, at: time, weekday: str) -> None:
    read = read_or_refused(f"{weekday} {at:%H:%M}", now, zone)
    if isinstance(read, Refused):
        assert "twice" in read.why or "skip" in read.why
    else:
        local = read.at.astimezone(zone)
        assert (local.strftime("%a").casefold(), f"{local:%H:%M}") == (weekday, f"{at:%H:%M}")
        assert now < read.at <= now + timedelta(days=7, hours=2)


@given(year | near_change, st.integers(1, 400 * 86_400), zones)
def test_a_stamp_and_an_iso_time_read_back(now: datetime, ahead: int, zone: ZoneInfo) -> None:
    at = now + timedelta(seconds=ahead)
    assert parse_future(at.astimezone(zone).isoformat(), now, zone).at == at
    if at.replace(second=0) > now:
        assert parse_future(stamp(at), now, zone).at == at.replace(second=0)


@given(year | near_change, st.integers(1, 366 * 86_400), zones)
def test_a_span_counts_from_now_and_not_by_the_clock(now: datetime, seconds: int, zone: ZoneInfo) -> None:
    assert parse_future(f"in {seconds}s", now, zone).at == now + timedelta(seconds=seconds)


texts = st.text(max_size=40) | st.text("0123456789:-+TZ in mondaytomorrow.", max_size=25)


@given(texts, zones)
def test_any_text_is_read_as_something_ahead_or_refused_in_words(text: str, zone: ZoneInfo) -> None:
    read = read_or_refused(text, NOW, zone)
    assert read.what_to_do if isinstance(read, Refused) else read.at > NOW


@pytest.mark.parametrize(
    ("text", "when", "rest"),
    [
        ("tomorrow 14:00 90m Room 4", "tomorrow 14:00", "90m Room 4"),
        ("mon 10:00", "mon 10:00", ""),
        ("2026-11-24 10:00 Zoom", "2026-11-24 10:00", "Zoom"),
        ("14:00 Z", "14:00 Z", ""),
        ("in 2d 60m", "in 2d", "60m"),
        ("in 2 days 60m", "in 2 days", "60m"),
        ("2026-12-01", "2026-12-01", ""),
        ("friday Room 4", "friday", "Room 4"),
        ("fridays at nine", "", "fridays at nine"),
        ("soon", "", "soon"),
        ("", "", ""),
    ],
)
def test_a_leading_time_to_come_is_parted_from_the_words(text: str, when: str, rest: str) -> None:
    assert split_future(text) == (when, rest)


@given(texts)
def test_parting_loses_no_words(text: str) -> None:
    when, rest = split_future(text)
    assert when + rest == text if not when else text.startswith(when)
    assert text.endswith(rest) or text.strip().endswith(rest)
