"""Runbooks made of a plan's checklists, read back as any other runbook."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.plan.checklist import phase_runbook, type_runbook
from incident_cockpit.plan.loader import list_plans, load_plan, read_plan
from incident_cockpit.plan.schema import IncidentType
from incident_cockpit.resources import shipped
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.runbook.reader import read_runbook
from incident_cockpit.text.sanitize import clean_line
from support.plans import FULL, text_of

PLAN = read_plan(text_of(FULL), "whole.toml")
PHASE = PLAN.phases[0]


def book_of(text: str | None) -> Runbook:
    assert text is not None
    return read_runbook(text.encode(), "checklist")


def test_phases_are_sections_of_one_runbook() -> None:
    over = replace(PHASE, id="over", name="Over", checklist=("Tell everybody",))
    none = replace(PHASE, id="none", name="None", checklist=())
    assert phase_runbook(replace(PLAN, phases=(PHASE, none, over))) == (
        "# Whole plan\n\n## Looking\n\n- [ ] Gather facts @ic\n- [ ] What changed last?\n\n## Over\n\n"
        "- [ ] Tell everybody\n"
    )


def test_no_checklist_makes_no_runbook() -> None:
    assert phase_runbook(replace(PLAN, phases=(replace(PHASE, checklist=()),))) is None
    assert type_runbook(IncidentType("x", "X")) is None


def test_first_steps_of_a_type_are_a_runbook() -> None:
    book = book_of(type_runbook(PLAN.types[0]))
    assert (book.title, [step.text for step in book.steps]) == (
        "Data breach: first steps",
        ["Isolate it", "What was copied?"],
    )
    assert [book.sections[step.section].title for step in book.steps] == ["First steps"] * 2


def test_role_of_a_step_is_kept_in_its_text() -> None:
    assert [step.text for step in book_of(phase_runbook(PLAN)).steps] == ["Gather facts @ic", "What changed last?"]


@pytest.mark.parametrize("path", list_plans((shipped("sample_data", "plans"),)).values(), ids=lambda path: path.stem)
def test_shipped_checklists_are_read_back_word_for_word(path: object) -> None:
    plan = load_plan(path)  # type: ignore[arg-type]
    found = [(phase.name, item) for phase in plan.phases for item in phase.checklist]
    text = phase_runbook(plan)
    read_back = book_of(text) if text else None
    steps = read_back.steps if read_back else ()
    assert [(read_back.sections[step.section].title, step.text) for step in steps if read_back] == found
    assert read_back is None or read_back.warnings == ()


LINES = st.text(max_size=60).map(clean_line).filter(lambda text: any(char.isalnum() for char in text))


@given(LINES, LINES, st.lists(LINES, min_size=1, max_size=4))
@example("# [x](https://evil.example) <b>", "---", ["- [x] done", "```", "| a | b |", "<!-- a -->", "Ends with \\"])
@example("1. a", "=== a", ["    code", "[ ] box", "> quote", "&amp; a", "a\\", "*a*", "@here ~b~ $c$", "* * * a"])
def test_no_text_of_a_plan_adds_or_hides_a_step(name: str, phase: str, items: list[str]) -> None:
    made = replace(PLAN, name=name, phases=(replace(PHASE, name=phase, checklist=tuple(items)),))
    book = book_of(phase_runbook(made))
    assert len(book.steps) == len(items)
    assert {book.sections[step.section].level for step in book.steps} == {2}
    assert all(step.depth == 0 and not step.code and not step.links for step in book.steps)


def test_runbook_of_a_plan_is_readable_in_a_diff() -> None:
    made = phase_runbook(
        replace(PLAN, phases=(replace(PHASE, name="Look & see", checklist=("Ask ops@shop.example @ic",)),))
    )
    assert made is not None
    assert made.splitlines()[2:] == ["## Look & see", "", "- [ ] Ask ops@shop.example @ic"]
    assert [step.text for step in book_of(made).steps] == ["Ask ops@shop.example @ic"]
