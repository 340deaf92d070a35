"""Styles by meaning, such as "late", and their colours in the current theme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from weakref import WeakKeyDictionary

from rich.style import Style as RichStyle
from textual.app import App
from textual.color import Color
from textual.markup import parse_style
from textual.style import Style
from textual.theme import Theme

from incident_cockpit.config.themes import ThemeSpec, contrast

# Written as Textual styles, so `Content(text).stylize(STYLES["late"])` follows a change of theme by itself.
STYLES: Mapping[str, str] = MappingProxyType(
    {
        "": "$foreground",
        "strong": "bold $bright",
        "heading": "bold $foreground",
        "muted": "$muted",
        "faint": "$faint",
        "line": "$line",
        "line-focus": "$line-focus",
        "accent": "$accent",
        "key": "bold $accent",
        "ok": "$ok",
        "warn": "$warn",
        "late": "bold $late",
        "note": "$muted",
        "chip": "bold $accent on $surface",
        "chip-late": "bold $on-late on $late",
        "chip-warn": "bold $on-warn on $warn",
        **{f"sev{rank}": f"bold $on-sev{rank} on $sev{rank}" for rank in range(1, 5)},
        **{f"sev{rank}-text": f"bold $sev{rank}" for rank in range(1, 5)},
    }
)

# Shown beside the colour: states must be readable without colours.
SIGNS: Mapping[str, str] = MappingProxyType({"late": "▲", "warn": "●", "ok": "✓"})

_BADGES = ("late", "warn", "accent", "sev1", "sev2", "sev3", "sev4")
_OWN = ("bright", "muted", "faint", "line", "line-focus", "ok", "warn", "late", "sev1", "sev2", "sev3", "sev4")
VARIABLES: tuple[str, ...] = (*_OWN, *(f"on-{badge}" for badge in _BADGES))

# The sixteen colours of a terminal cannot be mixed, so these themes use names instead of shades.
_ANSI: Mapping[str, str] = MappingProxyType(
    {
        "bright": "ansi_default",
        "muted": "ansi_default",
        "faint": "ansi_bright_black",
        "line": "ansi_bright_black",
        "line-focus": "ansi_cyan",
        "ok": "ansi_green",
        "warn": "ansi_yellow",
        "late": "ansi_red",
        "sev1": "ansi_red",
        "sev2": "ansi_yellow",
        "sev3": "ansi_blue",
        "sev4": "ansi_bright_black",
        **{f"on-{badge}": "ansi_black" for badge in _BADGES},
        "on-sev1": "ansi_white",
        "on-sev3": "ansi_white",
        "on-sev4": "ansi_white",
    }
)
_VARIABLE = re.compile(r"\$([\w-]+)")


def textual_theme(spec: ThemeSpec) -> Theme:
    """Return the Textual theme of a theme file, with a CSS variable for each of its colours."""
    colour = spec.colours
    meanings = {name: colour[name.replace("-", "_")] for name in _OWN}
    inks = {f"on-{badge}": spec.ink_on(colour[badge]) for badge in _BADGES}
    return Theme(
        name=spec.name,
        primary=colour["accent"],
        secondary=colour["muted"],
        accent=colour["accent"],
        warning=colour["warn"],
        error=colour["late"],
        success=colour["ok"],
        foreground=colour["foreground"],
        background=colour["background"],
        surface=colour["surface"],
        panel=colour["panel"],
        dark=spec.dark,
        variables={**meanings, **inks, **_stock_widgets(colour)},
    )


def _stock_widgets(colour: Mapping[str, str]) -> dict[str, str]:
    """Return variables for Textual's own widgets: one accent, thin scrollbars, the cursor as in our lists."""
    return {
        "block-cursor-background": colour["surface"],
        "block-cursor-foreground": colour["bright"],
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": colour["background"],
        "block-cursor-blurred-foreground": colour["foreground"],
        "border": colour["line_focus"],
        "border-blurred": colour["line"],
        "footer-key-foreground": colour["accent"],
        "footer-background": colour["background"],
        "input-cursor-background": colour["accent"],
        "input-cursor-foreground": colour["background"],
        "input-selection-background": colour["line_focus"] + " 40%",
        "scrollbar": colour["line"],
        "scrollbar-hover": colour["faint"],
        "scrollbar-active": colour["accent"],
        "scrollbar-background": colour["background"],
        "scrollbar-background-hover": colour["background"],
        "scrollbar-background-active": colour["background"],
        "scrollbar-corner-color": colour["background"],
    }


def fallback_variables(theme: Theme) -> dict[str, str]:
    """Return our variables for a theme without them, for `App.get_theme_variable_defaults`."""
    if theme.ansi:
        return dict(_ANSI)
    generated = theme.to_color_system().generate()
    front, back = Color.parse(generated["foreground"]), Color.parse(generated["background"])
    mixed = {name: front.blend(back, part).hex6 for name, part in (("muted", 0.3), ("faint", 0.45), ("line", 0.78))}
    plain = {name: Color.parse(generated[key]).hex6 for name, key in _STOCK.items()}
    badges = {**mixed, **plain}
    inks = {f"on-{badge}": _ink(badges[badge]) for badge in _BADGES if badge != "accent"}
    return {**badges, **inks, "on-accent": _ink(Color.parse(generated["accent"]).hex6), "bright": front.hex6}


_STOCK: Mapping[str, str] = MappingProxyType(
    {
        "line-focus": "primary",
        "ok": "success",
        "warn": "warning",
        "late": "error",
        "sev1": "error",
        "sev2": "warning",
        "sev3": "secondary",
        "sev4": "panel",
    }
)


def _ink(colour: str) -> str:
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, colour))


class Paint:
    """The styles of one theme, each parsed once; an unknown name is drawn as plain text."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Take the CSS variables that the styles refer to."""
        self._variables = variables
        self._rich_styles: dict[tuple[str, str], RichStyle] = {}

    def style(self, name: str) -> Style:
        """Return the Textual style of a name, for `Content`."""
        return self._parsed(STYLES.get(name, STYLES[""]))

    def rich(self, name: str, on: str = "background") -> RichStyle:
        """Return the Rich style of a name, on the colour of the variable `on` unless the style has a background."""
        style = self._rich_styles.get((name, on))
        if style is None:
            under = self._parsed(f"$foreground on ${on}")
            style = self._rich_styles[name, on] = (under + self.style(name)).rich_style
        return style

    def _parsed(self, written: str) -> Style:
        # Only the variables used: Textual would parse all two hundred on every call. `Style.parse` would ignore them
        # while an app runs.
        used = {key: self._variables[key] for key in _VARIABLE.findall(written)}
        return parse_style(written, used)


_PAINTS: WeakKeyDictionary[App[object], tuple[Mapping[str, str], Paint]] = WeakKeyDictionary()


def paint_of(app: App[object]) -> Paint:
    """Return the paint of the current theme of the app."""
    cached = _PAINTS.get(app)
    if cached is None or cached[0] is not app.theme_variables:
        # The app of a test may lack our variables.
        variables = {**fallback_variables(app.current_theme), **app.theme_variables}
        cached = _PAINTS[app] = (app.theme_variables, Paint(variables))
    return cached[1]
