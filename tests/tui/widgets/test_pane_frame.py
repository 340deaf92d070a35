"""The frame of a pane."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region

from incident_cockpit.tui.app.theme_styles import Paint, fallback_variables, paint_of
from incident_cockpit.tui.widgets.list_view import Cell, LineList, ListRow
from incident_cockpit.tui.widgets.pane_frame import PaneFrame, Tab


class Panes(App[None]):
    CSS = "PaneFrame { height: 6; }"

    def __init__(self) -> None:
        super().__init__()
        self.first = PaneFrame("Runbook", LineList((ListRow("a", (Cell("Assess impact"),)),)), 1)
        self.second = PaneFrame("Due", LineList((ListRow("b", (Cell("Update"),)),)), 3)
        self.picked: list[int] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallback_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.first
        yield self.second

    def on_pane_frame_tab_clicked(self, message: PaneFrame.TabClicked) -> None:
        self.picked.append(message.number)


def shown(app: App[None]) -> list[str]:
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in line).rstrip() for line in strips]


async def test_frame_looks_like_the_design() -> None:
    app = Panes()
    app.first.title_right = "checkout-5xx   7/19"
    app.first.hint = "enter guidance · space tick"
    async with app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        lines = shown(app)
        assert lines[0].startswith("╭─ 1 Runbook ──")
        assert lines[0].endswith("── checkout-5xx   7/19 ─╮")
        assert lines[1] == "│▸Assess impact" + " " * 34 + "│"
        assert lines[5].startswith("╰──")
        assert lines[5].endswith("── enter guidance · space tick ─╯")
        assert lines[6].startswith("╭─ 3 Due ──")
        assert lines[11] == "╰" + "─" * 48 + "╯"


async def test_focused_frame_stands_out() -> None:
    app = Panes()
    async with app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        paint = paint_of(app)
        assert app.first.render_line(0)._segments[0].style == paint.rich("line-focus")
        assert app.second.render_line(0)._segments[0].style == paint.rich("line")
        await pilot.click(app.second, offset=(20, 0))
        await pilot.pause()
        assert app.second.render_line(0)._segments[0].style == paint.rich("line-focus")
        assert app.first.render_line(5)._segments[0].style == paint.rich("line")


async def test_frame_text_redraws_one_line_if_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Panes()
    async with app.run_test(size=(50, 12)):
        drawn: list[Region] = []
        monkeypatch.setattr(app.first, "refresh", lambda *regions, **_: drawn.extend(regions))
        app.first.title_right = "7/19"
        app.first.title_right = "7/19"
        app.first.title_left = (Cell("checkout", "accent"),)
        app.first.hint = "+3 later"
        assert drawn == [Region(0, 0, 50, 1), Region(0, 0, 50, 1), Region(0, 5, 50, 1)]


async def test_frame_text_is_never_markup() -> None:
    app = Panes()
    app.first.title = "[/x] \x1b]0;evil\x07"
    app.first.title_left = "[@click=app.quit]runbook"
    async with app.run_test(size=(70, 12)) as pilot:
        await pilot.pause()
        assert shown(app)[0].startswith("╭─ 1 [/x] ]0;evil [@click=app.quit]runbook ──")


async def test_click_on_tab_picks_its_pane() -> None:
    app = Panes()
    app.first.tabs = (Tab(3, (Cell("3 Due "), Cell("▲1", "late"))), Tab(4, (Cell("4 People"),)))
    async with app.run_test(size=(50, 12)) as pilot:
        await pilot.pause()
        assert shown(app)[0].startswith("╭─ 1 Runbook ── 3 Due ▲1  4 People ──")
        for mark in ("▲1", "4 People"):
            await pilot.click(app.first, offset=(shown(app)[0].index(mark), 0))
        assert app.picked == [3, 4]


PAINT = Paint(fallback_variables(App().current_theme) | App().current_theme.to_color_system().generate())
WORDS = st.text(st.sampled_from("ab 中é\x1b["), max_size=30)


@given(WORDS, WORDS, WORDS, st.integers(4, 60))
def test_every_frame_line_fits_width(title: str, left: str, right: str, width: int) -> None:
    frame = PaneFrame(title, LineList(), 1)
    frame.title_left, frame.title_right, frame.hint = left, right, right
    frame.tabs = (Tab(2, (Cell(left),)),)
    for strip in (frame._top(width, PAINT), frame._bottom(width, PAINT)):
        assert sum(cell_len(segment.text) for segment in strip) == width == strip.cell_length
    assert frame._top(width, PAINT).text[-1] == "╮" or width < 8
