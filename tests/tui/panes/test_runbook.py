"""The Runbook pane by key: answers, decision points, assignees, time limits, added steps, and the last position."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.incident.facts.steps import Status
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.widgets.bars import MessageBar
from support.naming import naming
from support.screen import Scene, opened, until

GATED = """# Checkout

## First

- [ ] Acknowledge the alert
- [ ] Announce it @scribe
- [ ] Gather facts
  - [ ] What is not working?
  - [ ] Look at the board, see [Stop it](#stop-it)

If the cause is known, go to [Stop it](#stop-it). If not, escalate to the database team.

## Stop it

- [ ] Stop the bleeding
"""


def gated(home: Path, **more: str) -> Scene:
    home.mkdir(parents=True, exist_ok=True)
    path = home / "gated.md"
    path.write_text(GATED)
    return Scene(home).declare(runbook=str(path), **more)


def texts(screen: CockpitScreen) -> list[str]:
    return [said.text for said in timeline_entries(screen.live.record)]


def to(screen: CockpitScreen, words: str) -> None:
    """Put the cursor of the Runbook pane on the line with these words."""
    pane = screen.panes[0]
    row = next(row for row in pane.rows if row.key and any(words in cell.text for cell in row.left))
    assert row.key is not None
    pane.move_to(row.key)


async def test_ticking_a_question_asks_for_its_answer(tmp_path: Path) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        to(screen, "What is not working?")
        await pilot.press("space")
        await until(lambda: isinstance(app.screen, FormScreen))
        await pilot.press(*"EU", "space", *"cards", "enter")
        await until(lambda: screen.live.record.incident.steps.marks)
        (mark,) = screen.live.record.incident.steps.marks.values()
        assert (mark.status, mark.answer) == (Status.DONE, "EU cards")
        row = next(row for row in screen.panes[0].rows if row.right and row.right[0].text == "EU cards")
        assert row.key == screen.panes[0].cursor_key


@pytest.mark.parametrize(("typed", "closed"), [("only", 1), ("this and", 3)])
async def test_ticking_a_parent_asks_about_its_substeps(tmp_path: Path, typed: str, closed: int) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        to(screen, "Gather facts")
        await pilot.press("space")
        await until(lambda: isinstance(app.screen, PickScreen) and app.screen.focused is not None)
        await pilot.press(*(key if key != " " else "space" for key in typed), "enter")
        steps = lambda: screen.live.record.incident.steps  # noqa: E731
        await until(lambda: steps().marks)
        assert sum(steps().closed(step) for step in steps().marks) == closed


async def test_choosing_a_branch_is_logged_and_moves_the_cursor(tmp_path: Path) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        to(screen, "If the cause is known")
        await pilot.press("space")
        await until(lambda: isinstance(app.screen, PickScreen) and app.screen.focused is not None)
        await pilot.press("enter")
        await until(lambda: screen.live.record.incident.gates)
        await until(lambda: app.screen is screen)
        found = screen.live.record.incident.steps.find(screen.panes[0].cursor_key or "")
        assert found is not None
        assert found.text == "Stop the bleeding"
        assert any("→ Stop it" in text for text in texts(screen))


async def test_an_escalating_branch_opens_the_escalation(tmp_path: Path) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        to(screen, "If the cause is known")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, PickScreen) and app.screen.focused is not None)
        await pilot.press("down", "enter")
        await until(lambda: isinstance(app.screen, FormScreen) and app.screen.focused is not None)
        await pilot.press(*"Kim", "enter", *"beyond", "enter")
        await until(lambda: "Kim: beyond" in texts(screen))


async def test_a_decision_point_has_no_markdown_and_names_the_branch(tmp_path: Path) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        to(screen, "If the cause is known, go to Stop it. If not")
        await pilot.press("space")
        await until(lambda: isinstance(app.screen, PickScreen))
        await pilot.press("down", "enter")
        await until(lambda: isinstance(app.screen, FormScreen))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        assert texts(screen)[-1].startswith("→ If not, escalate to the database team  (If the cause is known, go to")
        pane = screen.panes[0]
        row = next(row for row in pane.rows if row.key and any("If the cause" in cell.text for cell in row.left))
        assert row.right[0].text == "→ escalate"


async def test_ticking_all_names_the_parent_and_counts_the_rest(tmp_path: Path) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        said = screen.query_one(MessageBar)
        to(screen, "Gather facts")
        await pilot.press("X")
        await until(lambda: said.render_line(0).text.strip() == "Logged: Gather facts  done, and 2 more")
        await pilot.press("z")
        await until(lambda: said.render_line(0).text.strip() == "Undone: Gather facts  done, and 2 more")


async def test_steps_ticked_in_the_file_name_no_person(tmp_path: Path) -> None:
    path = tmp_path / "ticked.md"
    path.write_text("# T\n- [x] a\n- [~] b\n- [ ] c\n")
    app = Scene(tmp_path).declare(runbook=str(path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        beside = [row.right[0].text for row in screen.panes[0].rows if row.key and row.right]
        assert beside == [naming("ticked", "file"), naming("skipped", "file")]


async def test_a_link_to_a_missing_section_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "lost.md"
    path.write_text("# T\n- [ ] See [that](#gone)\n")
    app = Scene(tmp_path).declare(runbook=str(path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("l")
        said = screen.query_one(MessageBar)
        await until(lambda: said.render_line(0).text == naming("no section", "#gone"))


async def test_a_step_assigned_to_a_role_follows_its_holder(tmp_path: Path) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        beside = lambda: [cell.text for row in screen.panes[0].rows for cell in row.right]  # noqa: E731
        assert "→ Scribe" in beside()
        screen.entry.start(":assign scribe Mio")
        await pilot.press("enter")
        await until(lambda: "→ Scribe (Mio)" in beside())


async def test_a_time_limit_is_due_until_the_step_is_closed(tmp_path: Path) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("T")
        await until(lambda: isinstance(app.screen, FormScreen) and app.screen.focused is not None)
        await pilot.press(*"4m", "enter")
        due = lambda: [row.key for row in screen.panes[1].rows]  # noqa: E731
        await until(lambda: any(key.startswith("step:") for key in due()))
        await pilot.press("3", "space")
        await until(lambda: not any(key.startswith("step:") for key in due()))
        assert screen.live.record.incident.steps.marks


async def test_a_step_is_added_below_the_cursor(tmp_path: Path) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("plus")
        await until(lambda: isinstance(app.screen, FormScreen) and app.screen.focused is not None)
        await pilot.press(*"CDN", "enter")
        await until(lambda: screen.live.record.incident.steps.added)
        keys = [row.key for row in screen.panes[0].rows if row.key]
        assert keys.index(next(iter(screen.live.record.incident.steps.added))) == 1


async def test_the_last_position_is_marked_after_an_absence(tmp_path: Path) -> None:
    scene = gated(tmp_path).do("tick", step="s1").wait("11m")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        pane = screen.panes[0]
        row = next(row for row in pane.rows if row.key == pane.cursor_key)
        assert any("Announce it" in cell.text for cell in row.left)
        assert row.right[-1].text == "you, 11m ago"


async def test_a_step_done_on_another_day_has_the_date(tmp_path: Path) -> None:
    scene = gated(tmp_path)
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("space")
        await until(lambda: screen.live.record.incident.steps.marks)
        [mark] = screen.live.record.incident.steps.marks.values()
        scene.clock.forward(seconds=9 * 86_400)
        screen.do("note", {"text": "still here"})
        await until(lambda: "still here" in texts(screen))
        pane, done = screen.panes[0], f"{mark.when:%m-%d %H:%M}"
        await until(lambda: any(done in cell.text for row in pane.rows for cell in row.right))


async def test_a_link_to_a_section_is_followed(tmp_path: Path) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        to(screen, "Look at the board")
        await pilot.press("l")
        await until(lambda: (screen.panes[0].cursor_key or "").endswith("s6"))


async def test_a_second_runbook_has_its_own_progress(tmp_path: Path) -> None:
    app = gated(tmp_path).do("tick", step="s1").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(":attach")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, FormScreen) and app.screen.focused is not None)
        # The second question is by which rule its steps are found; silence leaves it to the file.
        await pilot.press(*"service-outage", "enter", "enter")
        await until(lambda: len(screen.live.record.incident.steps.runbooks) == 2)
        counts = [
            row.right[0].text for row in screen.panes[0].rows if row.key is None and row.left[0].style == "accent"
        ]
        assert counts[0] == "1/6"
        assert counts[1].startswith("0/")


TWO_CODES = """# Codes

- [ ] Check the pods

  ```sh
  kubectl get pods
  ```

  ```sh
  kubectl top pods
  ```
"""


async def test_one_of_several_code_blocks_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))
    (tmp_path / "codes.md").write_text(TWO_CODES)
    app = Scene(tmp_path).declare(runbook=str(tmp_path / "codes.md")).app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("c")
        await until(lambda: isinstance(app.screen, PickScreen) and app.screen.focused is not None)
        await pilot.press("down", "enter")
        await until((tmp_path / "last-copy.txt").exists)
        assert (tmp_path / "last-copy.txt").read_text() == "kubectl top pods"


async def test_a_runbook_is_attached_in_another_format(tmp_path: Path) -> None:
    (tmp_path / "both.md").write_text("# Both\n\n1. Drain the node\n2. Restart it\n\n- [ ] Tell the channel\n")
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(f':attach "{tmp_path}/both.md" numbered steps')
        await pilot.press("enter")
        await until(lambda: len(screen.live.record.incident.steps.runbooks) == 2)
        assert any(text.startswith("Both (2 steps") and "numbered steps" in text for text in texts(screen))


@pytest.mark.parametrize("key", ["minus", "T", "a", "plus", "X", "b"])
async def test_keys_of_steps_refuse_a_decision_point(tmp_path: Path, key: str) -> None:
    app = gated(tmp_path).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        before = screen.live.record.seq
        to(screen, "If the cause is known")
        await pilot.press(key)
        await until(lambda: "Decision point" in screen.query_one(MessageBar).text)
        assert app.screen is screen
        assert screen.live.record.seq == before
