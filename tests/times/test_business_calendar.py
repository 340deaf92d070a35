"""When something is due by working days, opening hours, holidays and the clocks of a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incident_cockpit.errors import Refused
from incident_cockpit.times.business_calendar import Hours, Weekday, Within, due, is_open, is_working_day, next_open
from incident_cockpit.times.spans import parse_within

OFFICE = Hours()
# Clocks change at 01:00 UTC; at 02:00 local time; by half an hour; at midnight; never.
ZONES = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata")


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def when(start: str, said: str, hours: Hours = OFFICE, zone: str = "UTC") -> str:
    within = parse_within(said)
    assert within is not None
    return due(at(start, zone), within, hours, zone).astimezone(ZoneInfo(zone)).strftime("%a %m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "said", "expected"),
    [
        # 2026-11-20 is a Friday.
        ("2026-11-20 15:00", "15m", "Fri 11-20 15:15"),
        ("2026-11-20 15:00", "immediately", "Fri 11-20 15:00"),
        ("2026-11-21 03:00", "72h", "Tue 11-24 03:00"),
        ("2026-11-20 15:00", "2 business hours", "Fri 11-20 17:00"),
        ("2026-11-20 15:00", "3 business hours", "Mon 11-23 10:00"),
        ("2026-11-20 18:00", "1 business hour", "Mon 11-23 10:00"),
        ("2026-11-21 12:00", "0 business hours", "Mon 11-23 09:00"),
        ("2026-11-20 06:00", "8 business hours", "Fri 11-20 17:00"),
        ("2026-11-16 09:00", "40 business hours", "Fri 11-20 17:00"),
        ("2026-11-20 15:00", "1 business day", "Mon 11-23 17:00"),
        ("2026-11-20 15:00", "next business day", "Mon 11-23 17:00"),
        ("2026-11-20 06:00", "next business day", "Mon 11-23 17:00"),
        ("2026-11-21 15:00", "1 business day", "Mon 11-23 17:00"),
        ("2026-11-22 23:59", "1 business day", "Mon 11-23 17:00"),
        ("2026-11-23 00:00", "1 business day", "Tue 11-24 17:00"),
        ("2026-11-20 15:00", "2 business days", "Tue 11-24 17:00"),
        ("2026-11-20 15:00", "8 business hours or next business day", "Mon 11-23 17:00"),
        ("2026-11-20 09:00", "16 business hours or next business day", "Mon 11-23 17:00"),
        ("2026-11-20 09:00", "17 business hours or next business day", "Tue 11-24 10:00"),
        ("2026-11-20 15:00", "5d or next business day", "Wed 11-25 15:00"),
    ],
)
def test_times_are_over_when_people_would_say_so(start: str, said: str, expected: str) -> None:
    assert when(start, said) == expected


def test_holidays_are_no_working_days() -> None:
    christmas = Hours(holidays=("2026-12-25", "2026-12-28"))
    assert when("2026-12-24 16:00", "2 business hours", christmas) == "Tue 12-29 10:00"
    assert when("2026-12-24 16:00", "1 business day", christmas) == "Tue 12-29 17:00"
    assert when("2026-12-25 12:00", "0 business hours", christmas) == "Tue 12-29 09:00"


def test_a_week_may_have_other_working_days_and_a_day_no_night() -> None:
    gulf = Hours(days=("sun", "mon", "tue", "wed", "thu"))
    assert when("2026-11-19 16:00", "1 business day", gulf) == "Sun 11-22 17:00"
    always = Hours(days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"), opens=0, closes=1440)
    assert when("2026-11-20 23:00", "2 business hours", always) == "Sat 11-21 01:00"
    assert when("2026-11-20 23:00", "1 business day", always) == "Sun 11-22 00:00"


def test_the_day_of_the_start_is_that_of_the_plan_s_zone() -> None:
    # Sunday evening in New York is Monday in Tokyo.
    start = at("2026-11-22 20:00", "America/New_York")
    within = Within("1 business day", days=1)
    assert due(start, within, OFFICE, "America/New_York") == at("2026-11-23 17:00", "America/New_York")
    assert due(start, within, OFFICE, "Asia/Tokyo") == at("2026-11-24 17:00", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("start", "hours", "zone", "expected"),
    [
        # The office opens and closes by the wall clock on both sides of a change.
        ("2026-03-27 16:00", OFFICE, "Europe/Paris", "Mon 03-30 10:00"),
        ("2026-10-23 16:00", OFFICE, "Europe/Paris", "Mon 10-26 10:00"),
        # A shift over the change is as long as it is: an hour shorter in spring, longer in autumn.
        ("2026-03-29 01:00", Hours(days=("sun",), opens=0, closes=300), "Europe/Paris", "Sun 03-29 04:00"),
        ("2026-10-25 01:00", Hours(days=("sun",), opens=0, closes=300), "Europe/Paris", "Sun 10-25 02:00"),
        # The hour before the opening does not exist on this day, nor does the opening itself.
        ("2026-03-29 00:00", Hours(days=("sun",), opens=150, closes=600), "Europe/Paris", "Sun 03-29 05:30"),
    ],
)
def test_working_time_on_days_when_the_clocks_change(start: str, hours: Hours, zone: str, expected: str) -> None:
    assert when(start, "2 business hours", hours, zone) == expected


def test_a_date_that_a_zone_skipped_is_no_working_day() -> None:
    # Samoa went over the date line: Friday the 30th of December 2011 did not happen.
    week = Hours(days=("mon", "tue", "wed", "thu", "fri", "sat"))
    assert when("2011-12-29 16:00", "2 business hours", week, "Pacific/Apia") == "Sat 12-31 10:00"
    assert when("2011-12-29 16:00", "1 business day", week, "Pacific/Apia") == "Sat 12-31 17:00"


def test_an_hour_that_comes_twice_is_worked_once() -> None:
    # In Newfoundland the clocks went back at 00:01, into the day before: the hour before midnight came once more.
    hours = Hours(days=("sat",), opens=1380, closes=1440)
    first = at("2010-11-06 23:30", "America/St_Johns")
    again = (first.astimezone(UTC) + timedelta(hours=1)).astimezone(ZoneInfo("America/St_Johns"))
    assert again.strftime("%a %H:%M") == first.strftime("%a %H:%M")
    assert is_open(first, hours, "America/St_Johns")
    assert not is_open(again, hours, "America/St_Johns")
    assert next_open(again, hours, "America/St_Johns") == at("2010-11-13 23:00", "America/St_Johns")
    # The clock shows Sunday, then Saturday, then Sunday again; Sunday's own hours are worked whole.
    sunday = Hours(days=("sun",), opens=0, closes=120)
    assert due(first, Within("", working=7200), sunday, "America/St_Johns") == at(
        "2010-11-07 01:00", "America/St_Johns"
    )


def test_opening_and_closing() -> None:
    assert is_open(at("2026-11-20 09:00"), OFFICE, "UTC")
    assert not is_open(at("2026-11-20 17:00"), OFFICE, "UTC")
    assert is_open(at("2026-11-20 17:00"), OFFICE, "America/New_York")
    assert next_open(at("2026-11-20 17:00"), OFFICE, "UTC") == at("2026-11-23 09:00")
    assert next_open(at("2026-11-20 12:34"), OFFICE, "UTC") == at("2026-11-20 12:34")
    assert is_working_day(date(2026, 11, 20), OFFICE)
    assert not is_working_day(date(2026, 11, 21), OFFICE)


def test_hours_without_work_and_zones_without_clocks_are_refused() -> None:
    for hours in (Hours(days=()), Hours(opens=600, closes=600), Hours(opens=601, closes=600)):
        with pytest.raises(ValueError, match="no working time"):
            next_open(at("2026-11-20 09:00"), hours, "UTC")
    with pytest.raises(Refused, match="zone"):
        due(at("2026-11-20 09:00"), Within("", days=1), OFFICE, "Mars/Olympus")


WEEK: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
STARTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)
HOURS = st.builds(
    lambda days, opens, length, holidays: Hours(
        tuple(sorted(days, key=WEEK.index)), opens, min(opens + length, 1440), tuple(map(str, holidays))
    ),
    st.sets(st.sampled_from(WEEK), min_size=1),
    st.integers(0, 1380),
    st.integers(60, 1440),
    st.lists(st.dates(date(2020, 1, 1), date(2035, 1, 1)), max_size=4),
)
WITHINS = st.builds(
    Within,
    st.just("said"),
    st.none() | st.integers(0, 400_000),
    st.none() | st.integers(0, 200_000),
    st.none() | st.integers(1, 12),
)
IN = st.sampled_from(ZONES)


@given(STARTS, WITHINS, HOURS, IN)
def test_nothing_is_due_before_it_begins_and_all_in_utc(
    start: datetime, within: Within, hours: Hours, zone: str
) -> None:
    found = due(start, within, hours, zone)
    assert found >= start
    assert found.tzinfo is UTC


@given(STARTS, st.integers(0, 500_000), WITHINS, HOURS, IN)
def test_what_begins_later_is_due_no_earlier(
    start: datetime, later: int, within: Within, hours: Hours, zone: str
) -> None:
    assert due(start + timedelta(seconds=later), within, hours, zone) >= due(start, within, hours, zone)


@given(STARTS, WITHINS, st.integers(0, 100_000), HOURS, IN)
def test_more_time_is_no_less_time(start: datetime, within: Within, more: int, hours: Hours, zone: str) -> None:
    longer = Within("", working=(within.working or 0) + more, days=within.days, seconds=within.seconds)
    assert due(start, longer, hours, zone) >= due(start, within, hours, zone)


@given(STARTS, WITHINS, HOURS, IN, st.integers(-840, 840))
def test_an_instant_is_the_same_however_its_offset_is_written(
    start: datetime, within: Within, hours: Hours, zone: str, minutes: int
) -> None:
    elsewhere = start.astimezone(timezone(timedelta(minutes=minutes)))
    assert due(elsewhere, within, hours, zone) == due(start, within, hours, zone)


@given(STARTS, st.integers(1, 200_000), HOURS, IN)
def test_working_time_ends_in_working_time_and_business_days_when_they_close(
    start: datetime, working: int, hours: Hours, zone: str
) -> None:
    worked = due(start, Within("", working=working), hours, zone)
    assert is_open(worked - timedelta(seconds=1), hours, zone)
    closing = due(start, Within("", days=3), hours, zone)
    assert is_open(closing - timedelta(seconds=1), hours, zone)


@given(STARTS, st.integers(1, 40), HOURS, IN)
def test_business_days_are_as_many_working_days_after_the_first(
    start: datetime, days: int, hours: Hours, zone: str
) -> None:
    draft = start.astimezone(ZoneInfo(zone)).date()
    # What closes at midnight closes on the next date.
    last = (due(start, Within("", days=days), hours, zone) - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date()
    after = [draft + timedelta(days=number) for number in range(1, (last - draft).days + 1)]
    assert sum(is_working_day(day, hours) for day in after) == days
    assert is_working_day(last, hours)


@given(STARTS, HOURS, IN)
def test_next_open_is_open_and_the_first_such(start: datetime, hours: Hours, zone: str) -> None:
    opened = next_open(start, hours, zone)
    assert is_open(opened, hours, zone)
    assert opened == start or not is_open(opened - timedelta(seconds=1), hours, zone) or _joined(hours)
    assert next_open(opened, hours, zone) == opened


def _joined(hours: Hours) -> bool:
    """Return whether one working day begins where another ends."""
    return hours.opens == 0 and hours.closes == 1440


def _open_by_the_clock_on_the_wall(moment: datetime, hours: Hours, zone: str) -> bool:
    local = moment.astimezone(ZoneInfo(zone))
    day = WEEK[local.weekday()]
    minute = local.hour * 60 + local.minute
    return day in hours.days and local.date().isoformat() not in hours.holidays and hours.opens <= minute < hours.closes


# Days on which the clocks change in one of the zones, and plain ones; the hours keep clear of the change itself, where
# a wall clock shows some minutes twice or never.
NEAR = st.sampled_from(
    [
        f"{year}-{day}"
        for year in (2024, 2026)
        for day in ("03-09", "03-30", "10-03", "10-26", "11-01", "04-25", "06-12")
    ]
)
MINUTE_HOURS = st.builds(
    lambda days, opens, length: Hours(tuple(sorted(days, key=WEEK.index)), opens, min(opens + length, 1380)),
    st.sets(st.sampled_from(WEEK), min_size=2),
    st.integers(240, 1200),
    st.integers(60, 900),
)


@given(NEAR, st.integers(0, 2_880), st.integers(1, 900), MINUTE_HOURS, IN)
@example("2026-10-24", 840, 180, Hours(), "Europe/Paris")
def test_working_time_is_what_one_counts_minute_by_minute(
    day: str, into: int, minutes: int, hours: Hours, zone: str
) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(minutes=into)
    moment, left = start, minutes
    while left:
        left -= _open_by_the_clock_on_the_wall(moment, hours, zone)
        moment += timedelta(minutes=1)
    assert due(start, Within("", working=minutes * 60), hours, zone) == moment


@given(NEAR, st.integers(0, 5_000), HOURS, st.sampled_from(("Asia/Kolkata", "UTC", "Asia/Tokyo")))
def test_where_clocks_never_change_the_wall_clock_says_whether_it_is_open(
    day: str, into: int, hours: Hours, zone: str
) -> None:
    moment = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(minutes=into)
    assert is_open(moment, hours, zone) == _open_by_the_clock_on_the_wall(moment, hours, zone)
