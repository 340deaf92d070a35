"""Checks which keys do what: Textual takes an unknown action, a mistyped key or a clash in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from incident_cockpit.errors import Refused
from incident_cockpit.text.plurals import counted

EVERYWHERE = "everywhere"

# Textual's names for the signs on a keyboard.
_SIGNS = {
    "!": "exclamation_mark",
    '"': "quotation_mark",
    "#": "number_sign",
    "$": "dollar_sign",
    "%": "percent_sign",
    "&": "ampersand",
    "'": "apostrophe",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "*": "asterisk",
    "+": "plus",
    ",": "comma",
    "-": "minus",
    ".": "full_stop",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "less_than_sign",
    "=": "equals_sign",
    ">": "greater_than_sign",
    "?": "question_mark",
    "@": "at",
    "[": "left_square_bracket",
    "\\": "backslash",
    "]": "right_square_bracket",
    "^": "circumflex_accent",
    "_": "underscore",
    "`": "grave_accent",
    "{": "left_curly_bracket",
    "|": "vertical_line",
    "}": "right_curly_bracket",
    "~": "tilde",
    " ": "space",
}
_MOVES = ("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete")
_NAMED = frozenset(
    ("escape", "enter", "tab", "backspace", "space", *_SIGNS.values(), *_MOVES, *(f"f{n}" for n in range(1, 25)))
)
_MODIFIERS = ("alt", "ctrl", "shift", "super", "hyper", "meta")
# A terminal sends the same bytes for both: whoever binds one has bound the other.
_SAME = {
    "ctrl+i": "tab",
    "ctrl+m": "enter",
    "ctrl+h": "backspace",
    "ctrl+left_square_bracket": "escape",
    "return": "enter",
    "esc": "escape",
    "del": "delete",
    "page_up": "pageup",
    "page_down": "pagedown",
}


class KeymapErrors(Refused):
    """Keys that cannot be used; `lines` holds one sentence for each thing that is wrong."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        """Say how many errors there are and list them."""
        self.lines = lines
        count = counted(len(lines), "error")
        super().__init__(f"The keymap has {count}", "\n".join(lines))


def check_keymap(
    overrides: Mapping[str, str], actions: Mapping[str, tuple[str, ...]], scopes: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return the keys of every action, by Textual's names; raises KeymapErrors with every error.

    `actions` has each action's own keys, `overrides` the user's, joined by commas ("" takes the keys away). `scopes`
    says where an action's keys hold; one without a scope holds everywhere and so clashes with all.
    """
    lines: list[str] = []
    keys: dict[str, tuple[str, ...]] = {name: tuple(map(_canonical, own)) for name, own in actions.items()}
    for name, chosen in overrides.items():
        if name not in actions:
            near = get_close_matches(name, actions, 1)
            hint = f", did you mean {near[0]!r}?" if near else "; `?` in the cockpit lists them"
            lines.append(f"keymap.{_shown(name)}: no such action{hint}")
            continue
        good: list[str] = []
        for key in _split(chosen):
            if wrong := _wrong(key):
                lines.append(f"keymap.{name} = {chosen!r}: {wrong}")
            else:
                good.append(_canonical(key))
        keys[name] = tuple(dict.fromkeys(good))
    lines.extend(_clashes(keys, overrides, scopes))
    if lines:
        raise KeymapErrors(tuple(lines))
    return keys


def _split(chosen: str) -> list[str]:
    """Part the keys of one line; a comma that stands alone is a key itself."""
    if chosen.strip() in ("", ","):
        return [chosen.strip()] if chosen.strip() else []
    return [key.strip() for key in chosen.split(",")]


def _canonical(key: str) -> str:
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    name = "+".join((*sorted(modifiers), _SIGNS.get(last, last)))
    return _SAME.get(name, name)


def _wrong(key: str) -> str:
    """Say what is wrong with a key's name, nothing if it is one that a terminal can send."""
    if not key:
        return "there is nothing between two commas; the key itself is called 'comma'"
    if len(key) == 1:
        return "" if key in _SIGNS or key.isalnum() else f"{key!r} is not a key"
    *modifiers, last = key.split("+")
    if any(each not in _MODIFIERS for each in modifiers) or len(set(modifiers)) < len(modifiers):
        return f"{key!r} is not a key; before the + stands one of {', '.join(_MODIFIERS)}"
    single = len(last) == 1 and last.isalnum()
    if not single and last not in _NAMED and last not in _SIGNS and last not in _SAME:
        near = get_close_matches(last.casefold(), (*_NAMED, *_SAME), 1)
        hint = f", did you mean {'+'.join((*modifiers, near[0]))!r}?" if near else " such as 'u', 'U', 'ctrl+u' or 'f5'"
        return f"{key!r} is not a key{hint}"
    if single and modifiers == ["shift"]:
        return f"{key!r} never arrives, a terminal sends {last.upper()!r}"
    if single and last.isupper() and modifiers:
        return f"{key!r} is written {'+'.join((*modifiers, 'shift', last.lower()))!r}"
    return ""


def _clashes(
    keys: Mapping[str, tuple[str, ...]], overrides: Mapping[str, str], scopes: Mapping[str, str]
) -> Iterator[str]:
    """Say where one key would do two things at one place, naming what the user wrote first."""
    order = sorted(keys, key=lambda name: name not in overrides)
    taken: dict[str, list[str]] = {}
    for name in order:
        for key in keys[name]:
            for other in taken.setdefault(key, []):
                here, there = (scopes.get(each, EVERYWHERE) for each in (name, other))
                if here == there or EVERYWHERE in (here, there):
                    where = next((each for each in (here, there) if each != EVERYWHERE), EVERYWHERE)
                    yield f"keymap: {key!r} would be both {other} and {name} ({where}); give one of them another key"
            taken[key].append(name)


def _shown(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else repr(name)
