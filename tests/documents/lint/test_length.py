"""Length of a text, measured by its target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest

from incident_cockpit.documents.formats.registry import FORMATS
from incident_cockpit.documents.lint.length import measure, target_name
from incident_cockpit.documents.update import check_update
from incident_cockpit.plan.schema import PastedInto
from support.builders import Story


def warnings_for(text: str, target: str) -> Sequence[str]:
    story = Story().declare()
    story.do("impact", impact="8% of EU card payments fail")
    return check_update(text, story.incident, "external", target=target)


SHORT = "8% of EU card payments fail. Next update at 15:00 UTC."


@pytest.mark.parametrize(
    ("target", "most"),
    [
        ("slack", 4_000), ("markdown", 65_536), ("statuspage", 4_096), ("social", 280), ("jira", 32_767),
        ("teams", 27_000),
    ],
)  # fmt: skip
def test_text_above_the_limit_is_warned_of(target: str, most: int) -> None:
    fits = SHORT + "x" * (most - len(SHORT))
    assert warnings_for(fits, target) == ()
    [warning] = warnings_for(fits + "x", target)
    assert f"{most + 1:,}" in warning
    assert f"{most:,}" in warning


def test_fields_do_not_count() -> None:
    head = "Status: investigating\nName: Checkout fails\n\n"
    assert warnings_for(head + SHORT + "x" * (4_096 - len(SHORT)), "statuspage") == ()
    long = head.replace("Checkout", "Checkout" * 40) + SHORT
    [warning] = warnings_for(long, "statuspage")
    assert "255" in warning
    assert warnings_for("Subject: [SEV2] INC-7\n\n" + SHORT, "email") == ()


def test_sms_of_many_segments_is_warned_of() -> None:
    assert warnings_for(SHORT, "sms") == ()
    [warning] = warnings_for(SHORT + " x" * 200, "sms")
    assert "3 segments" in warning
    # One character outside GSM-7 more than halves a segment.
    assert warnings_for(SHORT + " x" * 60 + " 東", "sms")


def test_short_limit_has_a_counter() -> None:
    assert measure("abc", "social").in_words.startswith("3 of 280 ")
    assert measure("東", "social").in_words.startswith("2 of 280 ")
    assert measure("abc", "sms").in_words.startswith("1 of 2 ")
    assert measure("abc", "slack").in_words == measure("abc", "text").in_words == ""


def test_every_pasted_format_has_a_plan_value_and_a_name() -> None:
    # Block Kit and the API's text are for webhooks.
    assert {*get_args(PastedInto)} == FORMATS.keys() - {"blocks", "mrkdwn"}
    named = [target_name(target) for target in get_args(PastedInto)]
    assert len(set(named)) == len(named)
    assert not {*named} & FORMATS.keys()
