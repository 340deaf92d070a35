"""Themes as data: named colours in TOML, checked here because the screen would take a bad one and die later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from incident_cockpit.errors import Refused
from incident_cockpit.files import UnreadableFileError, read_text, toml_tables
from incident_cockpit.text.plurals import counted

COLOURS: Mapping[str, str] = {
    "background": "behind everything",
    "surface": "the cursor's row, the NEXT line, chips",
    "panel": "boxes that lie on top: pickers, composer, help",
    "foreground": "text",
    "bright": "text that matters most: the title, the cursor's row",
    "muted": "text that may wait: ids, names, what is done",
    "faint": "text that is only looked up: times, counts, hints",
    "line": "quiet borders",
    "line_focus": "the border of the pane that has the keys",
    "accent": "keys, phase, the pane in use: the one accent",
    "ok": "done and well",
    "warn": "near: due soon, missing, asked",
    "late": "overdue, and nothing else",
    "sev1": "the badge of the worst severity",
    "sev2": "the badge of the second severity",
    "sev3": "the badge of the third severity",
    "sev4": "the badge of every milder severity",
}

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_KEYS = ("name", "dark", *COLOURS)
_LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class ThemeSpec:
    """A theme that may be shown: `colours` has every name of COLOURS, each as #rrggbb."""

    name: str
    dark: bool
    colours: Mapping[str, str]

    def ink_on(self, colour: str) -> str:
        """Return the colour of text that reads best on a badge of `colour`: this theme's background or bright."""
        return max((self.colours["background"], self.colours["bright"]), key=lambda ink: contrast(ink, colour))


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast ratio of two #rrggbb colours, from 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def load_theme(path: Path) -> ThemeSpec:
    """Return the theme in a file; raises Refused with everything that is wrong, one line each."""
    try:
        raw = toml_tables(read_text(path, _LARGEST))
    except (FileNotFoundError, UnreadableFileError) as error:
        why = error if isinstance(error, UnreadableFileError) else "cannot be read (there is no such file)"
        raise Refused(f"The theme {path} {why}", "a theme is a TOML file in UTF-8") from error
    lines = tuple(f"{path}: {line}" for line in _errors(raw))
    if lines:
        count = counted(len(lines), "error")
        raise Refused(f"The theme {path} has {count}", "\n".join(lines))
    return ThemeSpec(
        name=str(raw["name"]),
        dark=raw["dark"] is True,
        colours={key: _long(str(raw[key])) for key in COLOURS},
    )


def load_themes(folders: Iterable[Path]) -> tuple[tuple[ThemeSpec, ...], tuple[str, ...]]:
    """Return the themes of the folders by name, and a complaint for each that cannot be used.

    The first folder that has a name keeps it, so a user's theme can replace a shipped one.
    """
    themes: dict[str, ThemeSpec] = {}
    complaints: list[str] = []
    for folder in folders:
        names: dict[str, Path] = {}
        for path in sorted(folder.glob("*.toml")):
            try:
                spec = load_theme(path)
            except Refused as refused:
                complaints.append(str(refused))
                continue
            if spec.name in names:
                complaints.append(f"{path}: name = '{spec.name}' is taken by {names[spec.name]}")
                continue
            names[spec.name] = path
            themes.setdefault(spec.name, spec)
    return tuple(themes[name] for name in sorted(themes)), tuple(complaints)


def _errors(raw: Mapping[str, object]) -> list[str]:
    errors = [_unknown(key) for key in raw if key not in _KEYS]
    errors += [f"{key}: missing, it is {_meaning(key)}" for key in _KEYS if key not in raw]
    name, dark = raw.get("name", "a"), raw.get("dark", True)
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        errors.append(f"name = {_shown(name)}: must be small letters, digits and -, at most 40 of them")
    if not isinstance(dark, bool):
        errors.append(f"dark = {_shown(dark)}: must be true or false")
    for key in COLOURS:
        value = raw.get(key, "#000")
        if not (isinstance(value, str) and _COLOUR.fullmatch(value)):
            errors.append(f"{key} = {_shown(value)}: must be a colour such as '#5fd0bf' or '#fff'")
    return errors


def _unknown(key: str) -> str:
    near = get_close_matches(key, _KEYS, 1)
    return f"{_shown(key)}: unknown key" + (
        f", did you mean {near[0]!r}?" if near else f"; there are {', '.join(_KEYS)}"
    )


def _meaning(key: str) -> str:
    return {"name": "what the theme is called", "dark": "true or false"}.get(key) or f"the colour of {COLOURS[key]}"


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _long(colour: str) -> str:
    digits = colour[1:].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
