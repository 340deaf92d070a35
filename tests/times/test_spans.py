from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.times.business_calendar import Within
from incident_cockpit.times.spans import clock_minutes, parse_span, parse_within


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("15m", 900),
        ("2h", 7200),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("2 hours", 7200),
        ("1 hour", 3600),
        ("45 minutes", 2700),
        ("90 min", 5400),
        ("2d", 172_800),
        ("1 day 2 hours", 93_600),
        (" 30s ", 30),
    ],
)
def test_periods_are_read(text: str, seconds: int) -> None:
    assert parse_span(text) == seconds


@pytest.mark.parametrize("text", ["", "  ", "30", "soon", "-5m", "1.5h", "m", "15m later", "30m2h", "15:00", "٣m"])
def test_other_text_is_no_period(text: str) -> None:
    assert parse_span(text) is None


@given(st.integers(0, 400), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_written_period_is_read_back(days: int, hours: int, minutes: int, seconds: int) -> None:
    assert parse_span(f"{days}d{hours}h{minutes}m{seconds}s") == ((days * 24 + hours) * 60 + minutes) * 60 + seconds


WITHIN: list[tuple[str, Within]] = [
    ("15m", Within("15m", seconds=900)),
    (" 2  Hours ", Within("2 hours", seconds=7200)),
    ("immediately", Within("immediately", seconds=0)),
    ("Now", Within("now", seconds=0)),
    ("at once", Within("at once", seconds=0)),
    ("0m", Within("0m", seconds=0)),
    ("2 weeks", Within("2 weeks", seconds=1_209_600)),
    ("2 business hours", Within("2 business hours", working=7200)),
    ("90 working minutes", Within("90 working minutes", working=5400)),
    ("1 business day", Within("1 business day", days=1)),
    ("2 working days", Within("2 working days", days=2)),
    ("next business day", Within("next business day", days=1)),
    ("8h or next business day", Within("8h or next business day", seconds=28_800, days=1)),
    (
        "8 business hours or 2 business days or 3d",
        Within("8 business hours or 2 business days or 3d", 259_200, 28_800, 2),
    ),
    ("2h or 4h", Within("2h or 4h", seconds=14_400)),
]


@pytest.mark.parametrize(("text", "within"), WITHIN, ids=[text for text, _ in WITHIN])
def test_times_within_which_something_is_due(text: str, within: Within) -> None:
    assert parse_within(text) == within


@pytest.mark.parametrize(
    "text",
    [
        "", "or", "2h or", "or 2h", "2", "soon", "business", "business 2h", "2 business", "1 business day 2 hours",
        "2 business days business", "0 business days", "1d 2h business", "-1h", "next day", "2 business weeks", "never",
        "tomorrow", "1.5 business hours", "٢ business days",
    ],
)  # fmt: skip
def test_other_text_is_no_time(text: str) -> None:
    assert parse_within(text) is None


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("2h", Within("2h in business hours", working=7200)),
        ("2 business hours", Within("2 business hours", working=7200)),
        ("immediately", Within("immediately", working=0)),
        ("2d", Within("2 business days", days=2)),
        ("1 day", Within("1 business day", days=1)),
        ("8h or next business day", Within("8h in business hours or next business day", working=28_800, days=1)),
    ],
)
def test_plain_period_can_mean_business_hours(text: str, within: Within) -> None:
    assert parse_within(text, business=True) == within


@pytest.mark.parametrize("text", ["1d 2h", "2 weeks", "0d"])
def test_days_of_business_hours_are_ambiguous(text: str) -> None:
    assert parse_within(text, business=True) is None


@given(st.text(max_size=30), st.booleans())
def test_any_text_is_a_time_or_none(text: str, business: bool) -> None:
    within = parse_within(text, business=business)
    assert within is None or (within.seconds, within.working, within.days) != (None, None, None)


@given(st.sampled_from([text for text, _ in WITHIN]))
def test_text_of_a_time_is_read_back(text: str) -> None:
    within = parse_within(text)
    assert within is not None
    assert parse_within(within.said) == within


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("09:00", 540), ("9:05", 545), ("00:00", 0), ("24:00", 1440), (" 17:30 ", 1050)],
)
def test_times_of_day_are_minutes(text: str, minutes: int) -> None:
    assert clock_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "9", "09:60", "24:01", "25:00", "09:00:00", "9am", "-1:00", "٠٩:٠٠"])
def test_other_text_is_no_time_of_day(text: str) -> None:
    assert clock_minutes(text) is None
