"""Channel names made of a plan's pattern."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.plan.channel_names import LONGEST, VARIABLES, channel_name, unfilled

AT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
LEGAL = re.compile(r"[a-z0-9_][a-z0-9_-]{0,79}")


def name(pattern: str, title: str = "Checkout returns 500", taken: tuple[str, ...] = ()) -> str:
    return channel_name(pattern, AT, 7, "SEV1", title, taken)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("incident-{date}", "incident-2026-11-21"),
        ("inc-{number}-{severity}-{title}", "inc-7-sev1-checkout-returns-500"),
        ("sev_{number}", "sev_7"),
        ("war-room", "war-room"),
        ("{unknown}", "incident-7"),
    ],
)
def test_channel_pattern_is_filled_in(pattern: str, expected: str) -> None:
    assert name(pattern) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Zahlung schlägt fehl: Über 5%", "i-zahlung-schlagt-fehl-uber-5"),
        ("<!channel> @here `rm -rf` #general", "i-channel-here-rm-rf-general"),
        ("決済が失敗する", "i"),
        ("a\nb\x1b[31m", "i-a-b-31m"),
        ("x" * 300, "i-" + "x" * 40),
        ("Payment webhooks reach no merchant, orders stay unpaid", "i-payment-webhooks-reach-no-merchant"),
        ("Payment webhooks reach no merchant order in Spain", "i-payment-webhooks-reach-no-merchant-order"),
        ("", "i"),
    ],
)
def test_title_in_a_channel_name_adds_only_letters(title: str, expected: str) -> None:
    assert name("i-{title}", title) == expected


def test_channel_name_without_letters_has_the_number() -> None:
    assert name("{title}", "決済が失敗する") == "incident-7"
    assert name("{title}-", "!") == "incident-7"


def test_taken_channel_name_gets_a_number_and_stays_short() -> None:
    assert name("inc-{date}", taken=("inc-2026-11-21",)) == "inc-2026-11-21-2"
    assert name("inc-{date}", taken=("#INC-2026-11-21", "inc-2026-11-21-2")) == "inc-2026-11-21-3"
    longest = "x" * 60 + "-{title}"
    first = name(longest, "y" * 90)
    again = name(longest, "y" * 90, (first,))
    assert (len(first), len(again), again[-2:]) == (LONGEST, LONGEST, "-2")


def test_date_in_a_channel_name_is_local() -> None:
    paris = AT.astimezone(ZoneInfo("Europe/Paris"))
    assert channel_name("{date}", paris, 7, "SEV1", "") == "2026-11-22"


def test_pattern_is_split_into_text_and_variables() -> None:
    assert unfilled("inc-{date}-{titel}") == ("inc--", ("date", "titel"))
    assert unfilled("{{date}}") == ("{}", ("date",))


@given(
    st.sampled_from(["{date}", "i-{title}", "{title}", "{severity}-{title}-{number}", "a_{title}-b"]),
    st.text(max_size=120),
    st.text(max_size=12),
    st.integers(1, 99_999),
    st.integers(1, 30),
)
def test_every_channel_name_is_legal_and_free(
    pattern: str, title: str, severity: str, number: int, others: int
) -> None:
    taken: list[str] = []
    for _ in range(others):
        made = channel_name(pattern, AT, number, severity, title, taken)
        assert LEGAL.fullmatch(made), made
        assert made not in taken
        taken.append(made)


def test_every_channel_variable_is_explained() -> None:
    assert set(unfilled("{date}{number}{severity}{title}")[1]) == set(VARIABLES)
