"""Pages on the screen: the plan, help on choices, plan compliance and the breach record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.actions.arguments.of_incident import DueItemArg
from incident_cockpit.actions.arguments.of_plan import DetectionArg, PhaseArg, SeverityArg, TriggerArg, TypeArg
from incident_cockpit.actions.arguments.people import PersonArg, RoleArg
from incident_cockpit.actions.registry import KINDS
from incident_cockpit.config.contacts import UserContact
from incident_cockpit.documents.adherence_report import ADHERENCE_PAGE
from incident_cockpit.plan.loader import load_plan
from incident_cockpit.plan.render import plan_blocks
from incident_cockpit.plan.schema import Plan, Resource, System
from incident_cockpit.plan.tables import TABLES
from incident_cockpit.resources import shipped
from incident_cockpit.runbook.reader import read_runbook
from incident_cockpit.text.width import cells
from incident_cockpit.tui.app.live import View
from incident_cockpit.tui.handlers.documents import page as plan_page
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.widgets.rich_text import Page
from support.builders import START, ZONE, Story, default_plan, full_plan
from support.deadlines import only
from support.screen import Scene, opened, until
from support.single_screen import HOSTILE, text_of

CHECKLIST = read_runbook(
    b"# Phases\n\n## Investigating\n\n- [ ] Look\n- [ ] Tell\n\n## Identified\n\n- [ ] Look\n- [ ] Tell\n", "phases.md"
)
PLANS = sorted(shipped("sample_data", "plans").glob("*.toml"))


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


def view_of(story: Story, *contacts: UserContact) -> View:
    return View(story.record, story.now, ZONE, "Ana", contacts=contacts)


def told(plan: Plan, severity: str = "SEV1") -> Story:
    return Story().declare("Checkout fails", severity, plan=plan)


def text(page: Page, width: int = 80) -> str:
    return "\n".join(" " * line.indent + "".join(run.text for run in line.runs) for line in page(width))


def test_the_lead_of_a_line_is_written_once() -> None:
    page = Page()
    page.quiet("one two three four five six seven", indent=2, lead="on record: ")
    assert text(page, 32).splitlines() == [
        "  on record: one two three four",
        "             five six seven",
    ]
    assert text(page, 20).splitlines()[0] == "on record: one two", "where little room is left the words need it more"


@given(words=st.lists(st.sampled_from(HOSTILE) | st.text(max_size=60), max_size=6), width=st.integers(2, 90))
def test_a_page_fits_every_width(words: list[str], width: int) -> None:
    page = Page()
    for word in words:
        page.heading(word)
        page.entry(word, word)
        page.line(word, word, indent=4)
        page.bullets([word], indent=2)
    for line in page(width):
        assert line.indent + sum(cells(run.text) for run in line.runs) <= max(width, 4)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_shipped_plan_can_be_read(path: Path) -> None:
    plan = load_plan(path)
    story = told(plan, plan.severities[0].id)
    read = text(plan_page(view_of(story)), 90)
    for level in plan.severities:
        assert f"{level.id} {level.name}" in read
    for words in (*(role.name for role in plan.roles), *(phase.name for phase in plan.phases)):
        assert words in read
    flat = " ".join(read.split())
    for one in plan.deadlines:
        assert " ".join(one.text.split()) in flat or one.kind in ("window", "target", "role")
    for contact in plan.contacts:
        assert contact.reach in flat


def test_plan_page_marks_the_severity_the_phase_and_the_holders() -> None:
    story = told(full_plan())
    story.do("assign", role="tech", who="Raj")
    read = text(plan_page(view_of(story)))
    for marked in ("SEV1 Critical (now)", "(tech) (now Raj)", "Investigating (investigating) (now)"):
        assert marked in read


def test_plan_page_is_what_plan_show_prints() -> None:
    view = view_of(told(full_plan()))
    marked = text(plan_page(view), 1_000).replace(" (now Ana)", "").replace(" (now)", "")
    assert marked == text(Page(plan_blocks(view.incident.plan, view.now.date())), 1_000)


def test_a_bare_plan_has_no_empty_headings() -> None:
    read = text(plan_page(view_of(told(replace(only(default_plan()), contacts=(), systems=(), triggers=())))))
    for table in ("escalation", "contacts", "systems", "closing", "triggers"):
        assert f"\n{TABLES[table].title}\n" not in read


# What a choice means


def test_help_on_a_role_has_duties_and_holders() -> None:
    plan = full_plan()
    roles = tuple(replace(role, criteria=("Knows the system",)) if role.id == "tech" else role for role in plan.roles)
    story = told(replace(plan, roles=roles))
    story.do("assign", role="tech", who="Raj", after="1m")
    story.do("assign", role="tech", who="Mio", after="10m")
    view = view_of(story)
    chosen = text(Page(RoleArg.help("tech", view, {})))
    assert chosen.startswith("• Leads the technical investigation")
    assert "Held by Raj 14:01 to 14:11, Mio since 14:11" in chosen
    person = text(Page(PersonArg.help("Lea", view, {"role": "tech"})))
    assert person.startswith("• Knows the system")
    assert "• Leads the technical investigation" in person
    assert not text(Page(PersonArg.help("Lea", view, {})))


def test_help_on_a_severity_has_its_criteria() -> None:
    plan = load_plan(shipped("sample_data", "plans", "p0-p3.toml"))
    said = text(Page(SeverityArg.help("P1", view_of(told(plan, "P0")), {})))
    assert "• A main function fails" in said
    for words in ("15m", "30m", *plan.severity("P1").tell):
        assert words in said.splitlines()[-1]


def test_help_on_types_triggers_and_plan_items() -> None:
    view = view_of(told(full_plan()))
    assert "• Look at the last deployment" in text(Page(TypeArg.help("outage", view, {})))
    assert "the breach" in text(Page(TypeArg.help("breach", view, {})), 120)
    assert text(Page(TriggerArg.help("target", view, {}))) == "Pages Engineering manager"
    assert "pager" in text(Page(DetectionArg.help("alert", view, {})))
    assert "telephone" in text(Page(DueItemArg.help("clock:cto", view, {})))
    for kind in KINDS:
        assert isinstance(Page(kind.help("no such thing", view, {})), Page)


def remarks(story: Story) -> dict[str, str]:
    """Return what stands beside each phase."""
    return {choice.id: choice.beside for choice in PhaseArg.choices(story.record) if choice.beside}


def test_the_next_phase_is_likely_and_counts_open_steps() -> None:
    plan = default_plan()
    phases = tuple(replace(phase, checklist=("Look", "Tell")) for phase in plan.phases[:2])
    story = Story().declare("x", "SEV3", plan=replace(plan, phases=(*phases, *plan.phases[2:])))
    assert PhaseArg.likely(story.incident, None) == "identified"
    assert RoleArg.likely(story.incident, None) is None
    # Without a runbook there is nothing to be open.
    assert remarks(story) == {}
    story = Story().declare("x", "SEV3", plan=replace(plan, phases=(*phases, *plan.phases[2:])), runbook=CHECKLIST)
    story.do("tick", step="s1")
    assert remarks(story) == {
        "investigating": "1 of 2 steps open",
        "identified": "2 of 2 steps open",
    }
    story.do("skip", step="s2", reason="no graphs")
    assert remarks(story)["investigating"] == "steps done"


def test_contacts_come_from_the_user_the_plan_and_the_role() -> None:
    story = told(full_plan())
    story.do("assign", role="tech", who="Raj")
    view = view_of(story, UserContact("Raj", "+49 30 1"), UserContact("CTO", "+49 30 2"))
    assert view.reach("CTO") == "+49 30 2, telephone, cto@example.com"
    assert view.reach("technical lead") == "Raj, +49 30 1"
    assert (
        view.reach("CTO, Technical Lead") == "CTO: +49 30 2, telephone, cto@example.com; Technical Lead: Raj, +49 30 1"
    )
    assert view.reach("Nobody Known") == ""
    assert view.reach("") == ""


def test_compliance_page_has_the_worst_first() -> None:
    story = told(full_plan())
    story.do("complete", item="Tell the CTO", after="2m")
    story.do("waive", item="Open the ticket", reason="none here")
    story.wait("40m")
    read = text(Page(ADHERENCE_PAGE.private(story.record, story.now, ZONE)))
    assert read.index("Missed (") < read.index("Open (") < read.index("Met (") < read.index("Waived (")
    assert "• Tell the CTO how bad it is (due 14:00, met 14:02, late 2m)" in read
    assert "Technical Lead (due 14:05, late 38m" in read
    assert "• Open the ticket" in read
    assert "none here" in read
    assert START + timedelta(minutes=43) == story.now


# On the screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)])
async def test_a_link_on_the_plan_page_is_copied(tmp_path: Path, size: tuple[int, int]) -> None:
    page = System("Checkout", "Payments", (Resource("Dashboard", "https://graphs.example/checkout"),))
    app = Scene(tmp_path).follow(replace(full_plan(), systems=(page,))).declare().app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        screen.do("plan")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "Full plan" in text_of(app))
        await pilot.press("l")
        await until(lambda: isinstance(app.screen, PickScreen) and "Checkout: Dashboard" in text_of(app))
        await pilot.press("enter")
        await until(lambda: "Open link" in text_of(app))
        await pilot.press("enter")
        await until((tmp_path / "last-copy.txt").exists)
        assert (tmp_path / "last-copy.txt").read_text() == "https://graphs.example/checkout"


async def test_a_plan_without_links_offers_none(tmp_path: Path) -> None:
    app = Scene(tmp_path).follow(default_plan()).declare().app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        screen.do("plan")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        assert "l links" not in text_of(app)
        await pilot.press("l", "escape")
        await until(lambda: app.screen is screen)


async def test_assign_form_shows_duties_then_criteria(tmp_path: Path) -> None:
    plan = full_plan()
    roles = (*plan.roles[:1], replace(plan.roles[1], criteria=("Has run one before",)), *plan.roles[2:])
    app = Scene(tmp_path).follow(replace(plan, roles=roles)).declare().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("r")
        await until(lambda: isinstance(app.screen, FormScreen) and "Makes and states decisions" in text_of(app))
        await pilot.press("down")
        await until(lambda: "Leads the technical investigation" in text_of(app))
        assert "Has run one before" not in text_of(app)
        await pilot.press("enter")
        await until(lambda: "Assign to" in text_of(app) and "Has run one before" in text_of(app))


async def test_compliance_and_breach_record_are_read_and_copied(tmp_path: Path) -> None:
    scene = Scene(tmp_path).follow(full_plan()).declare().do("type", type="breach")
    app = scene.do("breach", field="data", text="Names and card numbers").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("adherence")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "Open (" in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        screen.do("breach-record")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "legal advice" in text_of(app))
        await pilot.press("c")
        await until((tmp_path / "last-copy.txt").exists)
        assert "Names and card numbers" in (tmp_path / "last-copy.txt").read_text()


async def test_the_review_invitation_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scene = Scene(tmp_path).follow(full_plan()).declare().do("resolve", verified="flat")
    app = scene.do("schedule-review", at="2026-01-20 10:00").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("invitation")
        await until(lambda: "Saved " in text_of(app))
        data = (tmp_path / "INC-1-review.ics").read_bytes()
        assert data.startswith(b"BEGIN:VCALENDAR\r\n")
        assert b"\r\r\n" not in data


async def test_no_invitation_without_a_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = Scene(tmp_path).follow(full_plan()).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        before = text_of(app)
        screen.do("invitation")
        await until(lambda: text_of(app) != before and "review" in text_of(app).splitlines()[-2].casefold())
        assert not list(tmp_path.glob("*.ics"))
