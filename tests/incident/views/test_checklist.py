"""A runbook laid out for work: sections, steps, decisions, and how far each is."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.incident.views.checklist import GateLine, StepLine, checklist_sections
from support.builders import Story

TEXT = """# R

## First

If it is known, go to [Second](#second). If not, escalate.

- [ ] A
  - [ ] B
    - [ ] C
- [ ] D

If it is over, go to [Second](#second). Otherwise, stay here.

## Empty

Only words.

## Second

- [ ] E
"""


@pytest.fixture
def story(tmp_path: Path) -> Story:
    path = tmp_path / "r.md"
    path.write_text(TEXT)
    story = Story()
    story.declare("x", "SEV2", runbook=path)
    return story


def laid_out(story: Story) -> list[tuple[str, int, int, list[str]]]:
    (runbook,) = story.incident.steps.runbooks
    return [
        (
            part.title,
            part.closed,
            part.total,
            [one.step.text if isinstance(one, StepLine) else "?" for one in part.lines],
        )
        for part in checklist_sections(story.incident, runbook)
    ]


def test_sections_hold_their_steps_and_decisions_in_order(story: Story) -> None:
    assert laid_out(story) == [("First", 0, 4, ["?", "A", "B", "C", "D", "?"]), ("Second", 0, 1, ["E"])]


def test_sub_steps_count_at_every_depth(story: Story) -> None:
    story.do("tick", step="C")
    (runbook,) = story.incident.steps.runbooks
    steps = [
        line
        for part in checklist_sections(story.incident, runbook)
        for line in part.lines
        if isinstance(line, StepLine)
    ]
    assert [(one.step.text, one.closed_under, one.under) for one in steps] == [
        ("A", 1, 2), ("B", 1, 1), ("C", 0, 0), ("D", 0, 0), ("E", 0, 0)
    ]  # fmt: skip
    assert laid_out(story)[0][1] == 1


def test_added_steps_stand_where_they_were_added(story: Story) -> None:
    story.do("add-step", step="A", text="Z")
    assert laid_out(story)[0][3] == ["?", "A", "B", "C", "Z", "D", "?"]


def test_decisions_keep_their_ids(story: Story) -> None:
    (runbook,) = story.incident.steps.runbooks
    gates = [
        one.id
        for part in checklist_sections(story.incident, runbook)
        for one in part.lines
        if isinstance(one, GateLine)
    ]
    assert gates == [f"{runbook}.g1", f"{runbook}.g2"]
