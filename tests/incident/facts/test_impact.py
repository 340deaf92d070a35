"""The numbers in what people say of an impact, and the highest of them over time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.incident.facts.severity import DatedValue, Figure, figures, peak_figures
from support.builders import START
from support.growth import MOST, growth


def said(*texts: str) -> list[DatedValue]:
    return [DatedValue(text, START + timedelta(minutes=10 * place)) for place, text in enumerate(texts)]


def peaks(*texts: str) -> list[tuple[str, datetime, bool]]:
    return [(one.figure.said, one.since, one.past) for one in peak_figures(said(*texts))]


@pytest.mark.parametrize(
    ("text", "amount", "of", "share"),
    [
        ("8% of payments", 8, "payment", True),
        ("8 percent of all EU card payments fail", 8, "payment", True),
        ("5xx at 8%, EU only", 8, "", True),
        ("8-12% of requests", 12, "request", True),
        ("12.5% of traffic drops", 12.5, "traffic", True),
        ("All services are degraded", 100, "service", True),
        ("Every EU card payment fails", 100, "payment", True),
        ("Half of the logins fail", 50, "login", True),
        ("1,200 customers", 1_200, "customer", False),
        ("1 200 EU customers cannot pay", 1_200, "customer", False),
        ("1.200 customers", 1_200, "customer", False),
        ("1.2k", 1_200, "", False),
        ("1.2k users cannot log in", 1_200, "user", False),
        ("2 million people", 2_000_000, "people", False),
        ("3m users", 3_000_000, "user", False),
        ("€1.2m are lost", 1_200_000, "€", False),
        ("$12,000 an hour", 12_000, "$", False),
        ("About 300 customers could be read by others", 300, "customer", False),
    ],
)
def test_the_number_in_the_words(text: str, amount: float, of: str, share: bool) -> None:
    [found] = figures(text)
    assert (found.amount, found.of, found.share) == (amount, of, share)


def test_a_part_knows_its_whole() -> None:
    assert figures("3 of 12 hosts") == (Figure(3, "host", "3 of 12 hosts", whole=12),)
    assert figures("3/12 hosts are down")[0].whole == 12


def test_each_number_of_a_text_is_one() -> None:
    found = figures("20 of 400 EU shops, 8% of orders and 12 wallets")
    assert [one.said for one in found] == ["20 of 400 EU shops", "8% of orders", "12 wallets"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nobody can pay",
        "Checkout returns 500 for EU cards",
        "500 errors since deploy 4512",
        "deploy 4512 dropped cards",
        "INC-7 is SEV1 since 2026-11-20 14:05",
        "v2.31.4 broke it",
        "slow for 20 minutes, then for 3h",
        "every 10 minutes it fails",
        "port 443 of the gateways",
        "All EU card payments work again",
        "99.9% of requests succeed",
        "95% of the requests are back",
    ],
)
def test_what_measures_no_harm_is_no_number(text: str) -> None:
    assert figures(text) == ()


def test_what_does_not_work_is_harm() -> None:
    assert [one.amount for one in figures("5% of requests do not succeed; 30 shops are not available")] == [5, 30]


def test_the_highest_is_kept_with_its_time() -> None:
    assert peaks("8% of EU card payments fail", "12% of payments", "1% of payments") == [
        ("12% of payments", START + timedelta(minutes=10), True)
    ]


def test_the_highest_may_hold_now() -> None:
    assert peaks("8% of payments", "12% of payments") == [("12% of payments", START + timedelta(minutes=10), False)]
    assert peaks("8% of payments", "8% of payments") == [("8% of payments", START, False)]


def test_what_is_no_longer_said_is_past() -> None:
    assert peaks("8% of payments", "it is over") == [("8% of payments", START, True)]


def test_sorts_are_not_compared() -> None:
    found = peaks("8% of payments", "20% of logins", "3 of 12 hosts", "5 hosts")
    assert [words for words, *_ in found] == ["8% of payments", "20% of logins", "5 hosts"]


def test_a_bare_share_goes_on_about_the_same() -> None:
    assert [words for words, *_ in peaks("8% of payments", "12%", "1%")] == ["12%"]
    assert [words for words, *_ in peaks("8%", "12%")] == ["12%"]


def test_nothing_said_has_no_highest() -> None:
    assert peak_figures(()) == ()
    assert peaks("checkout is slow") == []


PIECES = st.sampled_from([*"0123456789.,:%/ kmM$€-'\n\u202f", "of ", "hosts ", "all ", "every "])
HOSTILE = st.lists(PIECES, max_size=30).map("".join)


@given(st.lists(HOSTILE | st.text(), max_size=4))
def test_any_words_can_be_read(texts: list[str]) -> None:
    for peak in peak_figures(said(*texts)):
        assert peak.figure.amount >= 0
        assert peak.figure.said


@pytest.mark.parametrize("piece", ["1", "1,", "1,000", " 1 000", "1 of ", "all of the ", "8% ", "a " * 3, "1.", "$1m"])
def test_a_book_is_read_in_no_time(piece: str) -> None:
    assert growth(figures, piece) < MOST
