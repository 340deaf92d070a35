"""The Due pane and NEXT: plan items completed with their message, waived with a reason, and their page."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from incident_cockpit.actions.registry import find
from incident_cockpit.incident.facts.timers import CompletionStatus
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind
from incident_cockpit.plan.schema import Plan
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.composer import ComposerScreen
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.message import MessageScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from support.builders import default_plan, full_plan
from support.deadlines import only, rung, span
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead

FIRST = Deadline(
    "first", DeadlineKind.NOTICE, "Post the first message", "declared", span("5m"), "done first", message="declared",
    route="#incidents",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Where the text is kept when no clipboard answers.
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


def scene_of(home: Path, plan: Plan, severity: str = "SEV1") -> Scene:
    return Scene(home).follow(plan).declare(severity=severity)


def due_by(text: str, within: str, met_by: str, kind: DeadlineKind = DeadlineKind.DEADLINE) -> Deadline:
    return Deadline("one", kind, text, "declared", span(within), met_by)


def status(screen: CockpitScreen, deed: str) -> CompletionStatus | None:
    held = screen.live.record.incident.completion_marks.get(deed)
    return held.status if held else None


def note(screen: CockpitScreen, deed: str) -> str:
    return screen.live.record.incident.completion_marks[deed].note


def last(screen: CockpitScreen) -> str:
    return list(timeline_entries(screen.live.record))[-1].text


async def test_next_copies_the_message_and_completes_the_item(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan(), FIRST)).wait("1m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "Post the first message: due in 4m" in text_of(app)
        await pilot.press("g")
        await until(lambda: status(screen, "first") is CompletionStatus.DONE)
        assert note(screen, "first") == "copied (file)"
        assert "Checkout returns 500 for EU cards" in (tmp_path / "last-copy.txt").read_text()
        await until(lambda: "Completed: Post the first message" in text_of(app))
        assert "Completed: Post the first message. " in text_of(app)


async def test_an_item_is_completed_without_its_message(tmp_path: Path) -> None:
    early = replace(FIRST, message="all-clear")
    app = scene_of(tmp_path, only(default_plan(), early)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, FormScreen) and find("complete").title in text_of(app))
        type_ahead(app, "enter")
        await until(lambda: status(screen, "first") is CompletionStatus.DONE)


async def test_completing_an_item_takes_a_note(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan(), due_by("Open the ticket", "5m", "done ticket"))).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~3", "~ ", "~OPS-12", "enter")
        await until(lambda: status(screen, "ticket") is CompletionStatus.DONE)
        assert note(screen, "ticket") == "OPS-12"
        assert last(screen) == "Open the ticket  done: OPS-12"


async def test_waiving_an_item_requires_a_reason(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan(), rung("SEV1", "10m", "Vendor", optional=True))).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "Tell Vendor (optional)" in text_of(app)
        await pilot.press("3", "minus")
        await until(lambda: isinstance(app.screen, FormScreen))
        await pilot.press("enter")
        await until(lambda: "Required" in text_of(app))
        type_ahead(app, "~not theirs", "enter")
        await until(lambda: status(screen, "tell-vendor") is CompletionStatus.WAIVED)
        assert note(screen, "tell-vendor") == "not theirs"
        await until(lambda: "Tell Vendor (optional)" not in text_of(app))


async def test_a_plan_item_is_snoozed(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan(), due_by("Open the ticket", "5m", "done ticket"))).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3", "w")
        await until(lambda: screen.live.record.incident.timers.snoozed)
        await until(lambda: "snoozed" in text_of(app))


@pytest.mark.parametrize(
    ("met_by", "kind", "shows"),
    [
        ("role scribe", DeadlineKind.ROLE, "Assign to"),
        ("impact", DeadlineKind.DEADLINE, find("impact").args[0].prompt),
        ("phase investigating", DeadlineKind.WINDOW, "Change phase"),
        ("milestone resolved", DeadlineKind.DEADLINE, find("resolve").args[0].prompt),
        ("review scheduled", DeadlineKind.DEADLINE, find("schedule-review").args[0].prompt),
        ("done look", DeadlineKind.DEADLINE, find("complete").title),
    ],
)
@pytest.mark.parametrize("key", ["g", "space"])
async def test_each_plan_item_opens_its_own_action(
    tmp_path: Path, met_by: str, kind: DeadlineKind, shows: str, key: str
) -> None:
    # The time of a phase says nothing in NEXT before it is over.
    app = scene_of(tmp_path, only(default_plan(), due_by("The duty", "2m", met_by, kind))).wait("3m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("3", key)
        await until(lambda: isinstance(app.screen, FormScreen) and shows in text_of(app))


async def test_one_key_marks_a_milestone(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan(), due_by("Stop the harm", "2m", "milestone mitigated"))).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("g")
        await until(lambda: "mitigated" in screen.live.record.incident.milestones)


async def test_an_update_item_opens_the_composer(tmp_path: Path) -> None:
    plan = replace(
        only(default_plan(), due_by("Tell customers", "2m", "update external")), cadences=default_plan().cadences
    )
    app = scene_of(tmp_path, plan).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, ComposerScreen) and "External update" in text_of(app))


async def test_enter_opens_the_page_of_a_plan_item(tmp_path: Path) -> None:
    told = Deadline(
        "board", DeadlineKind.NOTICE, "Tell the board", "declared", span("30m"), "done board", who="CTO",
        route="telephone", contains=("What customers see", "When it will be over"),
    )  # fmt: skip
    app = scene_of(tmp_path, only(default_plan(), told)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3", "enter")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "What customers see" in text_of(app))
        drawn = text_of(app)
        assert "30m after declaration (14:00), Only plan" in drawn
        assert "telephone, cto@example.com" in drawn
        assert "via" in drawn
        assert "g copy it" not in drawn
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, FormScreen))
        type_ahead(app, "~called her", "enter")
        await until(lambda: status(screen, "board") is CompletionStatus.DONE)


async def test_the_page_shows_the_users_contacts(tmp_path: Path) -> None:
    (tmp_path / "contacts.toml").write_text('[[contacts]]\nname = "Vendor"\nreach = "+33 1 23"\n')
    app = scene_of(tmp_path, only(default_plan(), rung("SEV1", "10m", "Vendor"))).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("3", "enter")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "+33 1 23" in text_of(app))


async def test_wrong_contacts_are_reported_and_the_incident_opens(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, full_plan())
    (tmp_path / "contacts.toml").write_text('[[contacts]]\nnam = "Vendor"\n')
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        assert any("contacts.1.nam:" in note.message for note in app._notifications)


async def test_missed_escalation_levels_complete_together(tmp_path: Path) -> None:
    ladder = only(
        default_plan(), rung("SEV1", "15m", "Engineering manager"), rung("SEV1", "30m", "VP Engineering"),
        rung("SEV1", "2h", "CEO"),
    )  # fmt: skip
    scene = scene_of(tmp_path, ladder, "SEV3").do("severity", severity="SEV1", reason="all of EU", after="50m")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await until(lambda: "Notify Engineering manager and VP Engineering now" in text_of(app))
        await pilot.press("3", "enter")
        await until(lambda: isinstance(app.screen, ReaderScreen) and "All due" in text_of(app))
        assert "VP Engineering: 30m after declaration" in text_of(app)
        type_ahead(app, "~g", "~on the call", "enter")
        await until(lambda: status(screen, "tell-vp-engineering") is CompletionStatus.DONE)
        assert status(screen, "tell-engineering-manager") is CompletionStatus.DONE
        assert status(screen, "tell-ceo") is None


async def test_an_escalation_message_is_edited_copied_and_completed(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan(), rung("SEV1", "10m", "Kim"))).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3", "C")
        await until(lambda: isinstance(app.screen, MessageScreen) and "Copying completes: Tell Kim" in text_of(app))
        type_ahead(app, "~Please come. ", "ctrl+s")
        await until(lambda: status(screen, "tell-kim") is CompletionStatus.DONE)
        assert (tmp_path / "last-copy.txt").read_text().startswith("Please come. ")


async def test_a_message_with_required_content_is_read_first(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, full_plan(), "SEV3").do("type", type="breach")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("copy-message", {"message": "clock:authority"})
        await until(lambda: isinstance(app.screen, MessageScreen) and "· Who is affected" in text_of(app))
        assert status(screen, "authority") is None
        type_ahead(app, "escape")
        await until(lambda: app.screen is screen)
        assert status(screen, "authority") is None


async def test_a_message_is_chosen_reviewed_and_copied(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan())).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~C", "~declared", "enter")
        await until(lambda: isinstance(app.screen, MessageScreen))
        before = screen.live.record.seq
        type_ahead(app, "ctrl+s")
        await until(lambda: app.screen is screen)
        assert (tmp_path / "last-copy.txt").exists()
        assert screen.live.record.seq == before


@pytest.mark.parametrize("word", ["nonsense", "all-clear"])
async def test_an_unavailable_message_is_refused(tmp_path: Path, word: str) -> None:
    app = scene_of(tmp_path, only(default_plan())).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(f":copy-message {word}")
        await pilot.press("enter")
        await until(lambda: f'"{word}"' in text_of(app))
        assert app.screen is screen


async def test_the_message_of_an_action_is_offered_after_it(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan())).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(":escalate Kim the gateway is beyond us")
        await pilot.press("enter")
        await until(lambda: "(esc, then C copy" in text_of(app))
        await pilot.press("escape", "C", "enter")
        await until(lambda: isinstance(app.screen, MessageScreen) and "Kim" in text_of(app))


async def test_closing_names_unmet_criteria(tmp_path: Path) -> None:
    scene = scene_of(tmp_path, full_plan(), "SEV3").do("resolve", verified="5xx at baseline")
    app = scene.do("follow-up", text="alert on lag").do("follow-up-priority", follow_up="alert", priority="high").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(":close it was a drill")
        await pilot.press("enter")
        await until(lambda: "Press y" in text_of(app))
        assert "All urgent follow-ups are done" in text_of(app)
        await pilot.press("y")
        await until(lambda: "closed" in screen.live.record.incident.milestones)


async def test_a_typed_phase_with_open_steps_asks_first(tmp_path: Path) -> None:
    plan = default_plan()
    listed = replace(
        plan, phases=(replace(plan.phases[0], checklist=("Look at the graphs", "Say it aloud")), *plan.phases[1:])
    )
    scene = Scene(tmp_path).follow(listed)
    scene.session = scene.library.declare("Checkout fails", "SEV3")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("p")
        await until(lambda: "2 of 2 steps open" in text_of(app))
        await pilot.press("escape")
        screen.entry.start(":phase identified it is 4512")
        await pilot.press("enter")
        await until(lambda: "2 steps of Investigating are open: Look at the graphs" in text_of(app))
        await pilot.press("escape")
        await until(lambda: screen.entry.field.text == ":phase identified it is 4512")
        assert screen.live.record.incident.phase.value == "investigating"


async def test_help_follows_the_filtered_phase(tmp_path: Path) -> None:
    app = scene_of(tmp_path, default_plan()).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("p")
        await until(lambda: "Change phase" in text_of(app))
        await pilot.press(*"resol")
        await until(lambda: "Also sets: resolved" in text_of(app))
        await pilot.press(*["backspace"] * 5)
        await until(lambda: "Also sets: resolved" not in text_of(app))


def held_at(screen: CockpitScreen) -> datetime | None:
    review = screen.live.record.incident.review
    return review.held if review else None


async def test_a_review_is_not_marked_held_by_one_key(tmp_path: Path) -> None:
    plan = only(default_plan(), closing=(ClosingGate("met", "The review was held", "review held"),))
    scene = scene_of(tmp_path, plan).do("resolve", verified="5xx at baseline")
    app = scene.do("schedule-review", at="tomorrow 10:00").wait("1d").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "Before closing: The review was held" in text_of(app)
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, FormScreen))
        assert held_at(screen) is None
        await pilot.press("enter")
        await until(lambda: held_at(screen) is not None)


async def test_solo_mode_requires_no_other_roles(tmp_path: Path) -> None:
    app = scene_of(tmp_path, default_plan()).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "unassigned (required" in text_of(app)
        screen.entry.start(":solo")
        await pilot.press("enter")
        await until(lambda: "solo mode" in text_of(app))
        await until(lambda: "unassigned (required" not in text_of(app))


async def test_a_restricted_incident_shows_its_codename_first(tmp_path: Path) -> None:
    app = scene_of(tmp_path, full_plan()).do("restrict", codename="Nightjar").app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        head = text_of(app).splitlines()[0]
        assert " Nightjar " in head
        assert head.index("Nightjar") < head.index("Check")


async def test_a_plan_without_audiences_is_reported(tmp_path: Path) -> None:
    app = scene_of(tmp_path, only(default_plan())).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("u")
        await until(lambda: "no audiences" in text_of(app))
        assert app.screen is screen


async def test_the_composer_shows_guidance_and_channel(tmp_path: Path) -> None:
    plan = default_plan()
    said = replace(plan.cadences[0], route="#shop-status", guide=("Numbers, not adjectives",))
    app = scene_of(tmp_path, replace(plan, cadences=(said, *plan.cadences[1:]))).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press("u")
        await until(lambda: "Numbers, not adjectives" in text_of(app))
        assert "Posted in #shop-status" in text_of(app)
