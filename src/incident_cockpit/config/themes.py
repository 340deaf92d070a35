"""Themes: files of named colours, checked on load because Textual would accept a bad colour and crash later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from incident_cockpit.config.check import flag_error, shown, unknown_key
from incident_cockpit.errors import Refused
from incident_cockpit.files import UnreadableFileError, read_text, toml_tables
from incident_cockpit.text.plurals import counted

COLOURS: Mapping[str, str] = {
    "background": "behind everything",
    "surface": "the cursor's row, the NEXT line, chips",
    "panel": "dialogs: pickers, composer, help",
    "foreground": "text",
    "bright": "important text: the title, the cursor's row",
    "muted": "secondary text: ids, names, completed items",
    "faint": "tertiary text: times, counts, hints",
    "line": "borders",
    "line_focus": "the border of the focused pane",
    "accent": "keys, phase, the focused pane",
    "ok": "done, healthy",
    "warn": "due soon, missing, waiting",
    "late": "overdue",
    "sev1": "the badge of the worst severity",
    "sev2": "the badge of the second severity",
    "sev3": "the badge of the third severity",
    "sev4": "the badge of all lower severities",
}

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MEANINGS: Mapping[str, str] = {
    "name": "the name of the theme",
    "dark": "true or false",
    **{key: f"the colour of {use}" for key, use in COLOURS.items()},
}
_KEYS = tuple(_MEANINGS)
_LARGEST = 100_000


@dataclass(frozen=True, slots=True)
class ThemeSpec:
    """A valid theme; `colours` has every name of COLOURS, each as #rrggbb."""

    name: str
    dark: bool
    colours: Mapping[str, str]

    def ink_on(self, colour: str) -> str:
        """Return the more readable text colour on a badge of `colour`: the theme's background or bright."""
        return max((self.colours["background"], self.colours["bright"]), key=lambda ink: contrast(ink, colour))


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast ratio of two #rrggbb colours, from 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def load_theme(path: Path) -> ThemeSpec:
    """Return the theme in a file; raises Refused with all errors, one line each."""
    try:
        raw = toml_tables(read_text(path, _LARGEST))
    except (FileNotFoundError, UnreadableFileError) as error:
        why = error if isinstance(error, UnreadableFileError) else "does not exist"
        raise Refused(f"The theme {path} {why}", "a theme is a TOML file in UTF-8") from error
    lines = tuple(f"{path}: {line}" for line in _errors(raw))
    if lines:
        count = counted(len(lines), "error")
        raise Refused(f"The theme {path} has {count}", "\n".join(lines))
    return ThemeSpec(
        name=str(raw["name"]),
        dark=raw["dark"] is True,
        colours={key: "#" + _six_digits(str(raw[key])[1:].lower()) for key in COLOURS},
    )


def load_themes(folders: Iterable[Path]) -> tuple[tuple[ThemeSpec, ...], tuple[str, ...]]:
    """Return the themes of the folders by name, and the errors of those that cannot be used.

    The first folder with a name wins, so a user's theme can replace a shipped one.
    """
    themes: dict[str, ThemeSpec] = {}
    errors: list[str] = []
    for folder in folders:
        names: dict[str, Path] = {}
        for path in sorted(folder.glob("*.toml")):
            try:
                spec = load_theme(path)
            except Refused as refused:
                errors.append(str(refused))
                continue
            if spec.name in names:
                errors.append(f'{path}: name = "{spec.name}" is already used by {names[spec.name]}')
                continue
            names[spec.name] = path
            themes.setdefault(spec.name, spec)
    return tuple(themes[name] for name in sorted(themes)), tuple(errors)


def _errors(raw: Mapping[str, object]) -> list[str]:
    errors = [unknown_key(key, _KEYS) for key in raw if key not in _KEYS]
    errors += [f"{key}: missing, {_MEANINGS[key]}" for key in _KEYS if key not in raw]
    name = raw.get("name", "a")
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        errors.append(f"name = {shown(name)}: must be at most 40 lower-case letters, digits and -")
    if error := flag_error(raw.get("dark", True)):
        errors.append(f"dark = {shown(raw['dark'])}: {error}")
    for key in COLOURS:
        value = raw.get(key, "#000")
        if not (isinstance(value, str) and _COLOUR.fullmatch(value)):
            errors.append(f"{key} = {shown(value)}: must be a colour such as '#5fd0bf' or '#fff'")
    return errors


def _six_digits(colour: str) -> str:
    return colour if len(colour) == 6 else "".join(digit * 2 for digit in colour)


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
