"""The long stories, each told once for all tests that look at it, and a bridge for the short ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.stories import breach as breach_tale
from support.stories import four_phase
from support.stories.breach import Breach
from support.stories.bridge import Bridge
from support.stories.four_phase import Checkout
from support.stories.p0_p3 import START, Outage
from support.stories.two_hours import TwoHours


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bridge:
    """Return a bridge whose clock stands on a Friday afternoon."""
    return Bridge(tmp_path, monkeypatch, START, who="Ana")


@pytest.fixture(scope="session")
def outage(tmp_path_factory: pytest.TempPathFactory) -> Outage:
    """Return the P0, told to its end: the clock is nobody's any more, so it is only looked at."""
    with pytest.MonkeyPatch.context() as patch:
        return Outage(Bridge(tmp_path_factory.mktemp("outage"), patch, START, who="Ana"))


@pytest.fixture(scope="session")
def breach(tmp_path_factory: pytest.TempPathFactory) -> Breach:
    """Return the break-in that was a breach of personal data, told to its end."""
    with pytest.MonkeyPatch.context() as patch:
        return Breach(Bridge(tmp_path_factory.mktemp("breach"), patch, breach_tale.START, who="Ana"))


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Return the Sev2 that became a Sev1, told to its end."""
    with pytest.MonkeyPatch.context() as patch:
        return Checkout(Bridge(tmp_path_factory.mktemp("checkout"), patch, four_phase.START, who="Ana"))


@pytest.fixture(scope="session")
def hours(tmp_path_factory: pytest.TempPathFactory) -> TwoHours:
    """Return the two hours with three people, told to their end at real terminals."""
    return TwoHours(tmp_path_factory.mktemp("hours"))
