"""Styles in every theme."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from incident_cockpit.config.themes import contrast, load_theme
from incident_cockpit.tui.app.theme_styles import (
    SIGNS,
    STYLES,
    VARIABLES,
    Paint,
    fallback_variables,
    paint_of,
    textual_theme,
)

THEMES = sorted((Path(__file__).parents[3] / "themes").glob("*.toml"))


@pytest.mark.parametrize("path", THEMES, ids=lambda path: path.stem)
async def test_theme_file_colours_the_screen(path: Path) -> None:
    spec = load_theme(path)
    app = App[None]()
    async with app.run_test() as pilot:
        app.register_theme(textual_theme(spec))
        app.theme = spec.name
        await pilot.pause()
        paint = paint_of(app)
        assert set(VARIABLES) <= set(app.theme_variables)
        assert paint.style("late").foreground == Color.parse(spec.colours["late"])
        assert paint.style("late").bold
        for name in STYLES:
            assert paint.rich(name).bgcolor is not None
        assert paint.style("sev1").background == Color.parse(spec.colours["sev1"])


async def test_paint_follows_the_theme() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        before = paint_of(app)
        assert paint_of(app) is before
        app.theme = "textual-light"
        await pilot.pause()
        assert paint_of(app).rich("") != before.rich("")


@pytest.mark.parametrize("name", sorted(BUILTIN_THEMES))
def test_stock_theme_gets_every_variable(name: str) -> None:
    theme = BUILTIN_THEMES[name]
    made = fallback_variables(theme)
    assert set(made) == set(VARIABLES)
    if not theme.ansi:
        for badge in ("sev1", "sev2", "sev3", "sev4", "late"):
            assert contrast(made[f"on-{badge}"], made[badge]) >= 4.5


def test_unknown_style_is_drawn_plain() -> None:
    theme = BUILTIN_THEMES["nord"]
    paint = Paint({**theme.to_color_system().generate(), **fallback_variables(theme)})
    assert paint.rich("no such style") == paint.rich("")


def test_states_have_a_sign_beside_colour() -> None:
    assert {"late", "warn"} <= set(SIGNS)
    assert STYLES["late"].startswith("bold ")
