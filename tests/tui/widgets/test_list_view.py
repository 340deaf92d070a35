"""The list of panes and dialogs, by keys and mouse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.theme import BUILTIN_THEMES

from incident_cockpit.tui.app.theme_styles import STYLES, Paint, fallback_variables
from incident_cockpit.tui.widgets.list_view import Cell, LineList, ListRow, Look, draw, fit

DARK = BUILTIN_THEMES["textual-dark"]
PAINT = Paint({**DARK.to_color_system().generate(), **fallback_variables(DARK)})


def row(key: str | None, text: str | None = None, right: str = "") -> ListRow:
    return ListRow(key, (Cell(text or str(key)),), (Cell(right, "faint"),) if right else ())


def rows(*keys: str | None) -> tuple[ListRow, ...]:
    return tuple(row(key) for key in keys)


def text_of(row: ListRow, width: int, look: Look | None = None) -> str:
    return "".join(segment.text for segment in draw(row, width, PAINT, look or Look()))


# Layout


WORDS = st.text(st.sampled_from("ab 中文👩\u200d💻é\x1b\n\u202e["), max_size=30)
CELLS = st.lists(st.builds(Cell, WORDS, st.sampled_from(sorted(STYLES)), st.integers(0, 12)), max_size=4).map(tuple)


SHORTER = st.lists(CELLS, max_size=2).map(tuple)


@given(st.builds(ListRow, st.none(), CELLS, CELLS, st.integers(0, 6), shorter=SHORTER), st.integers(1, 60))
def test_row_is_exactly_as_wide_as_list(made: ListRow, width: int) -> None:
    strip = draw(made, width, PAINT, Look(cursor=True, focused=True))
    assert strip.cell_length == width
    assert sum(cell_len(segment.text) for segment in strip) == width
    assert all(segment.style is not None and segment.style.bgcolor is not None for segment in strip)


@given(WORDS, st.integers(0, 20))
@example("\u200d\u200d[[[", 2)
def test_fit_never_exceeds_width(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) <= width


def test_columns_align_and_right_side_stays_whole() -> None:
    made = ListRow(
        "a", (Cell("14:21", "faint", 7), Cell("note", "", 9), Cell("x" * 50)), (Cell("Raj"), Cell("Ana", "", 5))
    )
    assert text_of(made, 40) == " 14:21  note     xxxxxxxxx…  Raj    Ana "


def test_right_cells_are_dropped_last() -> None:
    made = ListRow("a", (Cell("What was the last change?"),), (Cell("recorded 14:35"), Cell("Raj")))
    assert text_of(made, 50) == " What was the last change?    recorded 14:35  Raj "
    assert text_of(made, 36) == " What was the…  recorded 14:35  Raj "
    assert "recorded" not in text_of(made, 24)
    assert text_of(made, 24).rstrip().endswith("Raj")


def test_cursor_has_a_sign() -> None:
    focused = draw(row("a"), 10, PAINT, Look(cursor=True, focused=True))
    dim = draw(row("a"), 10, PAINT, Look(cursor=True))
    # A list without the keys shows no arrow: five of them on one screen would point nowhere.
    assert (focused.text[0], dim.text[0]) == ("▸", " ")
    assert focused != dim
    assert text_of(row("a"), 10)[0] == " "


# The widget


class Shown(App[None]):
    """A list of ten lines; notes what it says."""

    CSS = "LineList { height: 10; width: 40; }"

    def __init__(self, made: LineList) -> None:
        super().__init__()
        self.made = made
        self.said: list[tuple[str, str]] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return fallback_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.made

    def on_line_list_highlighted(self, message: LineList.Highlighted) -> None:
        self.said.append(("highlighted", message.key))

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        self.said.append(("chosen", message.key))


def lines_of(made: LineList) -> list[str]:
    return [made.render_line(y).text.rstrip() for y in range(made.size.height)]


async def test_keys_move_cursor_over_headings() -> None:
    made = LineList(rows(None, "a", None, None, "b", "c"))
    app = Shown(made)
    async with app.run_test() as pilot:
        assert made.cursor_key == "a"
        await pilot.press("down", "down", "down", "up", "enter")
        assert made.cursor_key == "b"
        await pilot.press("home", "up", "end")
        assert made.cursor_key == "c"
    assert [key for _, key in app.said] == [*"abcbbac"]
    assert [what for what, _ in app.said].index("chosen") == 4


async def test_cursor_stays_on_key_or_near_it() -> None:
    made = LineList(rows("a", "b", "c"))
    async with Shown(made).run_test():
        assert made.move_to("b")
        made.set_rows(rows("x", "y", None, "a", "b", "c"))
        assert made.cursor_key == "b"
        made.set_rows(rows("x", "y", None, "a", "c", "d"))
        assert made.cursor_key == "c"
        made.set_rows(rows("x", None))
        assert made.cursor_key == "x"
        made.set_rows(rows(None))
        assert made.cursor_key is None
        made.set_rows(rows("z"))
        assert made.cursor_key == "z"
        assert not made.move_to("gone")
        assert made.cursor_key == "z"


async def test_headings_above_first_row_reappear() -> None:
    made = LineList(rows(None, None, None, None, *map(str, range(30))))
    async with Shown(made).run_test() as pilot:
        await pilot.press("pagedown", "pagedown")
        assert made.scroll_offset.y > 0
        await pilot.press("home")
        assert made.scroll_offset.y == 0
        made.scroll_to(y=3, animate=False, immediate=True)
        await pilot.press("up")
        assert made.scroll_offset.y == 0


async def test_cursor_keeps_context_visible() -> None:
    made = LineList(rows(*map(str, range(50))))
    async with Shown(made).run_test() as pilot:
        for _ in range(9):
            made.action_step(1)
        await pilot.pause()
        assert made.cursor_key == "9"
        assert made.scroll_offset.y == 2
        made.move_to("49")
        assert made.scroll_offset.y == 40
        made.move_to("30")
        assert made.scroll_offset.y == 28


async def test_lead_shows_following_rows() -> None:
    made = LineList(rows(*map(str, range(50))))
    async with Shown(made).run_test():
        assert made.move_to("30", lead=True)
        assert (made.cursor_key, made.scroll_offset.y) == ("30", 28)
        made.move_to("33", lead=True)
        assert made.scroll_offset.y == 28, "what is in sight stays where it is"
        made.move_to("49", lead=True)
        assert made.scroll_offset.y == made.max_scroll_y
        assert not made.move_to("gone", lead=True)
        assert made.cursor_key == "49"


async def test_click_selects_and_double_click_chooses() -> None:
    made = LineList(rows("a", None, "b"))
    app = Shown(made)
    async with app.run_test() as pilot:
        await pilot.click(made, offset=(3, 2))
        assert made.cursor_key == "b"
        await pilot.click(made, offset=(3, 1))
        assert made.cursor_key == "b"
        await pilot.click(made, offset=(3, 0), times=2)
    assert app.said[-1] == ("chosen", "a")
    assert app.said.count(("chosen", "a")) == 1


async def test_list_follows_end_until_scrolled_up() -> None:
    keys = [str(number) for number in range(30)]
    made = LineList(rows(*keys), follow_end=True)
    async with Shown(made).run_test() as pilot:
        await pilot.pause()
        assert (made.cursor_key, made.scroll_offset.y) == ("29", 20)
        made.set_rows(rows(*keys, "30"))
        assert (made.cursor_key, made.scroll_offset.y) == ("30", 21)
        made.scroll_to(y=5, animate=False, immediate=True)
        made.set_rows(rows(*keys, "30", "31"))
        assert (made.cursor_key, made.scroll_offset.y) == ("30", 5)
        await pilot.press("end")
        made.set_rows(rows(*keys, "30", "31", "32"))
        assert (made.cursor_key, made.scroll_offset.y) == ("32", 23)
        await pilot.press("up")
        made.set_rows(rows(*keys, "30", "31", "32", "33"))
        assert (made.cursor_key, made.scroll_offset.y) == ("31", 23)


async def test_list_keeps_end_visible_on_resize() -> None:
    made = LineList(rows(*map(str, range(30))), follow_end=True)
    app = Shown(made)
    async with app.run_test() as pilot:
        made.styles.height = 5
        await pilot.pause()
        assert made.scroll_offset.y == 25
        made.styles.height = 20
        await pilot.pause()
        assert made.scroll_offset.y == 10


class Counted(Sequence[ListRow]):
    """A hundred thousand rows made when they are asked for; counts how many were."""

    def __init__(self, size: int = 100_000) -> None:
        self.size = size
        self.made: list[int] = []

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, index: int) -> ListRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ListRow]: ...
    def __getitem__(self, index: int | slice) -> ListRow | Sequence[ListRow]:
        assert isinstance(index, int)
        if not 0 <= index < self.size:
            raise IndexError(index)
        self.made.append(index)
        return row(str(index))

    def __iter__(self) -> Iterator[ListRow]:
        raise AssertionError("nobody may walk all rows")

    def index_of(self, key: str) -> int | None:
        return int(key) if int(key) < self.size else None


@pytest.mark.parametrize("follow_end", [True, False])
async def test_list_does_not_build_all_rows(follow_end: bool) -> None:
    some = Counted()
    made = LineList(some, follow_end=follow_end)
    async with Shown(made).run_test() as pilot:
        await pilot.press("end", "pageup", "home", "pagedown", "down")
        made.move_to("50000")
        longer = Counted(100_001)
        made.set_rows(longer)
        await pilot.pause()
        assert made.cursor_key == "50000"
        assert len(set(some.made)) < 200
        assert len(set(longer.made)) < 60


async def test_only_changed_lines_are_redrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    made = LineList(rows(*"abcdef"))
    async with Shown(made).run_test() as pilot:
        await pilot.pause()
        lines_of(made)
        again: list[int] = []
        monkeypatch.setattr(made, "refresh_line", again.append)
        made.set_rows(rows(*"abcdef"))
        # The cursor's own line may always be drawn: it is never kept.
        assert set(again) <= {0}
        made.set_rows((*rows(*"abcd"), row("e", "other"), row("f")))
        assert set(again) <= {0, 4}
        assert 4 in again
        assert lines_of(made)[4] == " other"


async def test_drawing_follows_rows_theme_and_focus() -> None:
    made = LineList((), empty="nobody yet")
    app = Shown(made)
    async with app.run_test() as pilot:
        assert lines_of(made)[0] == " nobody yet"
        made.set_rows((row("a", "[/x] [@click=app.quit]", "12"),))
        await pilot.pause()
        assert lines_of(made)[0] == "▸[/x] [@click=app.quit]" + " " * 14 + "12"
        before = made.render_line(0)
        app.theme = "textual-light"
        await pilot.pause()
        assert made.render_line(0) != before
        lit = made.render_line(0)
        app.set_focus(None)
        await pilot.pause()
        assert made.render_line(0) != lit


async def test_every_style_draws_in_every_stock_theme() -> None:
    app = Shown(LineList(tuple(ListRow(name, (Cell(name or "plain", name),)) for name in STYLES)))
    async with app.run_test(size=(40, 40)) as pilot:
        for theme in BUILTIN_THEMES:
            app.theme = theme
            await pilot.pause()
            assert lines_of(app.made)[1].strip() == "strong"


async def test_rows_can_be_set_before_mounting() -> None:
    made = LineList(follow_end=True)
    made.set_rows(rows(*map(str, range(30))))
    async with Shown(made).run_test() as pilot:
        await pilot.pause()
        assert (made.cursor_key, made.scroll_offset.y) == ("29", 20)
