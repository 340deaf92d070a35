"""How long a text may be where it goes: its target is asked, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import pytest

from incident_cockpit.documents.formats.registry import FORMATS
from incident_cockpit.documents.lint.length import measure, target_name
from incident_cockpit.documents.update import check_update
from incident_cockpit.plan.schema import PastedInto
from support.builders import Story


def warned(text: str, target: str) -> Sequence[str]:
    story = Story().declare()
    story.do("impact", impact="8% of EU card payments fail")
    return check_update(text, story.incident, "external", target=target)


TOLD = "8% of EU card payments fail. Next update at 15:00 UTC."


@pytest.mark.parametrize(
    ("target", "most"),
    [
        ("slack", 4_000), ("markdown", 65_536), ("statuspage", 4_096), ("social", 280), ("jira", 32_767),
        ("teams", 27_000),
    ],
)  # fmt: skip
def test_a_text_that_its_target_does_not_take_is_pointed_out(target: str, most: int) -> None:
    fits = TOLD + "x" * (most - len(TOLD))
    assert warned(fits, target) == ()
    [warning] = warned(fits + "x", target)
    assert f"{most + 1:,}" in warning
    assert f"{most:,}" in warning


def test_what_stands_in_boxes_of_its_own_does_not_count() -> None:
    head = "Status: investigating\nName: Checkout fails\n\n"
    assert warned(head + TOLD + "x" * (4_096 - len(TOLD)), "statuspage") == ()
    long = head.replace("Checkout", "Checkout" * 40) + TOLD
    [warning] = warned(long, "statuspage")
    assert warning == "Its name has more than 255 characters: a status page takes no more"
    assert warned("Subject: [SEV2] INC-7\n\n" + TOLD, "email") == ()


def test_a_text_message_of_many_parts_is_pointed_out() -> None:
    assert warned(TOLD, "sms") == ()
    [warning] = warned(TOLD + " x" * 200, "sms")
    assert warning == "It has 3 parts: more than 2 are easily lost on their way"
    # A single sign outside the old alphabet more than halves a part.
    assert warned(TOLD + " x" * 60 + " 東", "sms")


def test_where_little_fits_the_room_is_told() -> None:
    assert measure("abc", "social").told == "3 of 280 characters"
    assert measure("東", "social").told == "2 of 280 characters"
    assert measure("abc", "sms").told == "1 of 2 parts"
    assert measure("abc", "slack").told == measure("abc", "text").told == ""


def test_a_plan_can_name_every_format_that_people_paste_and_each_has_a_name() -> None:
    # Blocks and the API's text are made for machines.
    assert {*get_args(PastedInto)} == FORMATS.keys() - {"blocks", "mrkdwn"}
    named = [target_name(target) for target in get_args(PastedInto)]
    assert len(set(named)) == len(named)
    assert not {*named} & FORMATS.keys()
