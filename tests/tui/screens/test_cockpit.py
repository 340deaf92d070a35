"""The cockpit screen by keyboard: what a key does is in the journal, and the journal is on the screen."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.events import AppBlur, AppFocus

from incident_cockpit.actions.registry import find
from incident_cockpit.errors import StoreError
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.steps import Status
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.tui.panes.registry import SLOTS
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.composer import ComposerScreen
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.incidents import IncidentsScreen
from incident_cockpit.tui.widgets.text_field import Field
from support.screen import Scene, busy, opened, until
from support.single_screen import text_of, type_ahead

SIZES = [(120, 40), (80, 24), (200, 60)]


def texts(screen: CockpitScreen) -> list[str]:
    return [said.text for said in timeline_entries(screen.live.record)]


@pytest.mark.parametrize("size", SIZES)
async def test_space_ticks_the_step_under_the_cursor(tmp_path: Path, size: tuple[int, int]) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await pilot.press("space")
        await until(lambda: screen.live.record.incident.steps.marks)
        await pilot.press("down", "x")
        await until(lambda: len(screen.live.record.incident.steps.marks) == 2)
        steps = screen.live.record.incident.steps
        assert [steps.status(step) for step in steps.marks] == [Status.DONE, Status.DONE]
        assert {mark.who for mark in steps.marks.values()} == {"Ana"}


async def test_skipping_asks_for_the_reason(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("minus")
        await until(lambda: isinstance(app.screen, FormScreen))
        await pilot.press(*"drill", "enter")
        await until(lambda: screen.live.record.incident.steps.marks)
        (mark,) = screen.live.record.incident.steps.marks.values()
        assert (mark.status, mark.reason) == (Status.SKIPPED, "drill")


async def test_changing_severity_takes_a_choice_and_a_reason(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("s")
        await until(lambda: isinstance(app.screen, FormScreen))
        await pilot.press("up", "enter", *"worse", "enter", "enter")
        await pilot.pause()
        assert screen.live.record.incident.severity.value == "SEV2"
        await pilot.press("y")
        await until(lambda: screen.live.record.incident.severity.value == "SEV1")


async def test_undo_names_what_is_undone(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("note", text="typed into the wrong window").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("z")
        await until(lambda: "typed into the wrong window" not in texts(screen))
        await pilot.press("Z")
        await until(lambda: "typed into the wrong window" in texts(screen))


async def test_events_of_another_process_appear(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        with scene.another("Raj") as theirs:
            theirs.session(screen.live.record.id).act("note", {"text": "seen from the other terminal"})
        await until(lambda: "seen from the other terminal" in texts(screen))


async def test_due_keys_complete_snooze_and_cancel(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().do("timer", within="5m", text="check rollback")
    app = scene.do("ask", who="Raj", within="7m", text="replica lag").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        timers = lambda: screen.live.record.incident.timers  # noqa: E731
        await pilot.press("3", "w")
        await until(lambda: timers().snoozed)
        screen.panes[1].move_to(next(iter(timers().snoozed)))
        await pilot.press("space")
        await until(lambda: [timer.status.value for timer in timers().timers.values()] == ["done"])
        screen.panes[1].move_to(f"ask:{next(iter(screen.live.record.incident.asks))}")
        await pilot.press("space")
        await until(lambda: isinstance(app.screen, FormScreen))
        await pilot.press(*"3s", "enter")
        await until(lambda: any("replica lag → 3s" in text for text in texts(screen)))


async def test_hypothesis_keys_test_and_rule_out(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("hypothesis", text="DNS").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        held = lambda: next(iter(screen.live.record.incident.hypotheses.values()))  # noqa: E731
        await pilot.press("5", "space")
        await until(lambda: held().belief is Belief.TESTING)
        await pilot.press("minus")
        await until(lambda: isinstance(app.screen, FormScreen))
        await pilot.press(*"clean", "enter")
        await until(lambda: held().belief is Belief.RULED_OUT)
        assert held().found == "clean"


async def test_g_does_next(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("timer", within="2m", text="check rollback").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("g")
        await until(
            lambda: [one.status.value for one in screen.live.record.incident.timers.timers.values()] == ["done"]
        )


async def test_a_late_item_rings_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().do("timer", within="2m", text="check rollback")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        rung: list[str] = []
        screen._alerts._notify = rung.append
        screen.paint()
        assert rung == []
        scene.wait("3m")
        screen.paint()
        screen.paint()
        assert rung == ["INC-1: check rollback is due"]


async def test_alerts_show_no_title_of_a_restricted_incident(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare("Customer records seen").do("restrict", codename="Bluebird")
    app = scene.do("ask", who="Raj", within="2m", text="since when were customer records seen?").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        rung: list[str] = []
        screen._alerts._notify = rung.append
        scene.wait("3m")
        screen.paint()
        assert rung == ["INC-1: Raj: since when were Bluebird? is due"]


async def test_a_paste_outside_a_field_is_one_note(tmp_path: Path) -> None:
    from textual.events import Paste

    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        app.post_message(Paste("! first line\n:severity SEV1\n\x1b[31mred\x1b[0m"))
        await until(lambda: screen.entry.field.value)
        await pilot.press("enter")
        await until(lambda: any("first line" in text for text in texts(screen)))
        said = list(timeline_entries(screen.live.record))[-1]
        assert (said.sort, said.text) == ("note", "! first line\n:severity SEV1\nred")


async def test_the_entry_draft_survives_the_screen(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("n", *"half a th")
    app.store_thread.close()
    again = scene.app()
    async with again.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert screen.entry.field.text == "half a th"


async def test_the_filter_shows_matching_entries(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("note", text="replica lag is high").do("note", text="something else").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("slash")
        await until(lambda: app.screen is not screen)
        await pilot.press(*"replica", "enter")
        await until(lambda: screen.filter_text == "replica")
        timeline = screen.query_one("#timeline")
        await until(lambda: len(timeline.rows) == 1)
        await pilot.press("escape")
        await until(lambda: screen.filter_text == "")


async def test_the_copied_situation_is_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("y")
        await until((tmp_path / "last-copy.txt").exists)
        assert "INC-1" in (tmp_path / "last-copy.txt").read_text()


@pytest.mark.parametrize("size", [(20, 5), (40, 10), (60, 15), (80, 24), (100, 30), (300, 100)])
async def test_every_size_is_drawn(tmp_path: Path, size: tuple[int, int]) -> None:
    app = busy(Scene(tmp_path)).app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        for key in ("1", "2", "3", "4", "5", "m", "m", "n", "escape"):
            await pilot.press(key)
        await pilot.resize_terminal(120, 40)
        await pilot.resize_terminal(*size)
        assert screen.is_current


@pytest.mark.parametrize("pane", ["1", "2", "3", "4", "5"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_maximised_pane_is_alone(tmp_path: Path, size: tuple[int, int], pane: str) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await pilot.press(pane, "m")
        await until(lambda: screen.pane is not None and screen.pane.frame.size.width >= size[0] - 2)
        await until(lambda: [SLOTS[type(each)].number for each in screen.panes if each.region.area] == [int(pane)])


async def test_lines_the_store_refused_come_back_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        act, tried, given_up = screen.live.act, [], asyncio.Event()

        async def locked(*values: object) -> None:
            tried.append(values)
            await given_up.wait()
            raise StoreError("the store is locked", "try again")

        monkeypatch.setattr(screen.live, "act", locked)
        type_ahead(app, "~none", "enter", "~two", "enter", "~three", "enter")
        await until(lambda: len(tried) == 3)
        given_up.set()
        await until(lambda: screen.entry.field.text == "one\ntwo\nthree")
        monkeypatch.setattr(screen.live, "act", act)
        await pilot.press("enter")
        await until(lambda: "one\ntwo\nthree" in texts(screen))


async def test_a_store_that_is_available_again_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        refresh = screen.live.refresh

        async def gone() -> bool:
            raise StoreError("the store is locked", "wait")

        monkeypatch.setattr(screen.live, "refresh", gone)
        await until(lambda: "the store is locked" in text_of(app))
        monkeypatch.setattr(screen.live, "refresh", refresh)
        await until(lambda: "Store available" in text_of(app))


async def test_typed_text_is_visible_on_the_smallest_screen(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(20, 5)) as pilot:
        await opened(pilot)
        await pilot.press("n", *"zebra")
        await until(lambda: "zebra" in text_of(app))
        await pilot.press("enter", "escape", "u")
        await until(lambda: isinstance(app.screen, ComposerScreen))
        await pilot.press(*"HELLO")
        await until(lambda: "HELLO" in text_of(app))
        assert "╰" in text_of(app)


async def test_many_theme_errors_leave_the_screen_free(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare()
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "mine.toml").write_text("primary = 'no colour'\n")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        [said] = [note.message for note in app._notifications]
        assert len(said.splitlines()) == 4
        assert "more: incident doctor" in said


async def test_the_confirmation_is_the_timeline_entry(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~s3", "enter", "~better", "enter")
        await until(lambda: "severity: SEV2 → SEV3: better" in text_of(app))
        await pilot.press("y")
        await until(lambda: texts(screen)[-1] == "SEV2 → SEV3: better")


async def test_a_refusal_comes_before_the_confirmation(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~presolved", "enter", "enter")
        await until(lambda: "Required" in text_of(app))
        assert find("resolve").args[0].prompt in text_of(app)
        assert "Press y" not in text_of(app)
        type_ahead(app, "~5xx flat", "enter", "~y")
        await until(lambda: texts(screen)[-1] == "Investigating → Resolved: 5xx flat")


async def test_a_typed_title_is_restored_until_it_is_declared(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    app = scene.app(listing=True)
    async with app.run_test(size=(120, 40)):
        await until(lambda: "No incidents" in text_of(app))
        type_ahead(app, "~dEU cards", "escape", "~d", "~ fail")
        await until(lambda: "EU cards fail" in text_of(app))
    # As after a crash: nobody has left the box.
    app = scene.app(listing=True)
    async with app.run_test(size=(120, 40)):
        await until(lambda: "No incidents" in text_of(app))
        type_ahead(app, "~d", "enter", "~sev2", "enter")
        await until(lambda: isinstance(app.screen, CockpitScreen))
        assert app.screen.live.record.incident.title == "EU cards fail"
        type_ahead(app, "~q")
        await until(lambda: isinstance(app.screen, IncidentsScreen))
        type_ahead(app, "~d")
        await until(lambda: "Title (what fails" in text_of(app))
        assert not app.screen.query_one("#title", Field).text


async def test_due_cursor_starts_on_the_most_urgent_item(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~n@Raj 10m lag?", "enter", "~:timer 5m look", "enter", "escape")
        await until(lambda: len(screen.live.record.incident.timers.timers) == 1)
        type_ahead(app, "~3", "~ ")
        await until(lambda: texts(screen)[-1] == "look  done")
        # Who works in the pane keeps the line the cursor is on, whatever becomes more urgent.
        due = screen.panes[1]
        assert due.cursor_key is not None
        held = due.cursor_key
        type_ahead(app, "~t1m", "enter", "enter")
        await until(lambda: len(screen.live.record.incident.timers.timers) == 2)
        assert due.cursor_key == held


async def test_due_cursor_is_on_the_most_urgent_item_in_background(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().do("ask", who="Raj", within="2m", text="lag?")
    app = scene.do("ask", who="Kim", within="3m", text="deploys?").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        due, (raj, kim) = screen.query_one("#due"), screen.live.record.incident.asks
        await until(lambda: due.cursor_key == f"ask:{raj}")
        app.post_message(AppBlur())
        await until(lambda: screen.focused is None)
        with scene.another("Raj") as theirs:
            theirs.session(screen.live.record.id).act("snooze", {"item": "lag?", "within": "30m"})
        await until(lambda: due.rows[0].key == due.cursor_key == f"ask:{kim}")
        app.post_message(AppFocus())
        await until(lambda: screen.focused is not None)


async def test_newer_entries_below_are_counted(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("system", system="search", health="degraded").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        timeline = screen.query_one("#timeline")
        type_ahead(app, "2", "up", "1", "~n")
        for count in range(timeline.size.height + 2):
            type_ahead(app, f"~note {count}", "enter")
        await until(lambda: texts(screen)[-1] == f"note {timeline.size.height + 1}")
        below = len(texts(screen)) - timeline.scroll_offset.y - timeline.size.height
        assert below > 0
        await until(lambda: f"{below} newer below · search degraded ─╯" in text_of(app))
        type_ahead(app, "escape", "2", "end")
        await until(lambda: "newer below" not in text_of(app))


async def test_palette_shows_optional_arguments(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("ctrl+p")
        await until(lambda: isinstance(app.screen, CommandPalette))
        type_ahead(app, "~rationale")
        await until(lambda: find("decide").usage in text_of(app))
        # A second one would have to be closed as well.
        await pilot.press("ctrl+p", "escape")
        await until(lambda: not isinstance(app.screen, CommandPalette))
