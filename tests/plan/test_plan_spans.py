from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.plan.spans import parse_span


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
def test_periods_are_read_as_people_say_them(text: str, seconds: int) -> None:
    assert parse_span(text) == seconds


@pytest.mark.parametrize("text", ["", "  ", "30", "soon", "-5m", "1.5h", "m", "15m later", "30m2h", "15:00", "٣m"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert parse_span(text) is None


@given(st.integers(0, 400), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_any_period_written_out_is_read_back(days: int, hours: int, minutes: int, seconds: int) -> None:
    assert parse_span(f"{days}d{hours}h{minutes}m{seconds}s") == ((days * 24 + hours) * 60 + minutes) * 60 + seconds
