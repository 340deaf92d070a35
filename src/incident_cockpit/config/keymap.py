"""The check of the user's keymap: Textual accepts unknown actions, mistyped keys and clashes silently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from incident_cockpit.config.check import toml_key
from incident_cockpit.errors import Refused
from incident_cockpit.text.plurals import counted
from incident_cockpit.text.suggest import did_you_mean

EVERYWHERE = "everywhere"

# Textual's names of characters.
_CHARACTERS = {
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
    ("escape", "enter", "tab", "backspace", "space", *_CHARACTERS.values(), *_MOVES, *(f"f{n}" for n in range(1, 25)))
)
_MODIFIERS = ("alt", "ctrl", "shift", "super", "hyper", "meta")
# A terminal sends the same bytes for both keys, or both are names of one key.
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
    """Errors in a keymap; `lines` holds one sentence for each."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        """Count and list the errors."""
        self.lines = lines
        count = counted(len(lines), "error")
        super().__init__(f"The keymap has {count}", "\n".join(lines))


def check_keymap(
    overrides: Mapping[str, str], actions: Mapping[str, tuple[str, ...]], scopes: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return the keys of every action, by Textual's names; raises KeymapErrors with every error.

    `actions` has the default keys of each action, `overrides` the user's, separated by commas ("" for none). `scopes`
    has the scope of each action; one without a scope works everywhere, and so clashes with all.
    """
    lines: list[str] = []
    keys: dict[str, tuple[str, ...]] = {name: tuple(map(_canonical, own)) for name, own in actions.items()}
    for name, chosen in overrides.items():
        if name not in actions:
            hint = did_you_mean(name, actions, "press ? in the cockpit for the list")
            lines.append(f"keymap.{toml_key(name)}: no such action; {hint}")
            continue
        valid: list[str] = []
        # A comma alone is itself a key.
        for key in [","] if chosen.strip() == "," else chosen.split(",") if chosen.strip() else []:
            if problem := _problem(key.strip()):
                lines.append(f"keymap.{name} = {chosen!r}: {problem}")
            else:
                valid.append(_canonical(key.strip()))
        keys[name] = tuple(dict.fromkeys(valid))
    lines.extend(_clashes(keys, overrides, scopes))
    if lines:
        raise KeymapErrors(tuple(lines))
    return keys


def _canonical(key: str) -> str:
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    name = "+".join((*sorted(modifiers), _CHARACTERS.get(last, last)))
    return _SAME.get(name, name)


def _problem(key: str) -> str:
    """Return why a key cannot be used, or nothing if a terminal can send it."""
    if not key:
        return "nothing between two commas; the key is called 'comma'"
    if len(key) == 1:
        return "" if key in _CHARACTERS or key.isalnum() else f"{key!r} is not a key"
    *modifiers, last = key.split("+")
    if any(each not in _MODIFIERS for each in modifiers) or len(set(modifiers)) < len(modifiers):
        return f"{key!r} is not a key; use one of {', '.join(_MODIFIERS)} before the +"
    single = len(last) == 1 and last.isalnum()
    if not single and last not in _NAMED and last not in _CHARACTERS and last not in _SAME:
        known = ("+".join((*modifiers, name)) for name in (*_NAMED, *_SAME))
        return f"{key!r} is not a key; {did_you_mean(key, known, 'use one such as u, U, ctrl+u or f5')}"
    if single and modifiers == ["shift"]:
        return f"terminals send {last.upper()!r} instead of {key!r}"
    if single and last.isupper() and modifiers:
        return f"write {'+'.join((*modifiers, 'shift', last.lower()))!r} instead of {key!r}"
    return ""


def _clashes(
    keys: Mapping[str, tuple[str, ...]], overrides: Mapping[str, str], scopes: Mapping[str, str]
) -> Iterator[str]:
    """Yield the keys with two actions in one scope, the user's own first."""
    order = sorted(keys, key=lambda name: name not in overrides)
    taken: dict[str, list[str]] = {}
    for name in order:
        for key in keys[name]:
            for other in taken.setdefault(key, []):
                here, there = (scopes.get(each, EVERYWHERE) for each in (name, other))
                if here == there or EVERYWHERE in (here, there):
                    where = next((each for each in (here, there) if each != EVERYWHERE), EVERYWHERE)
                    yield f"keymap: {key!r} is used by both {other} and {name} ({where}); give one of them another key"
            taken[key].append(name)
