"""Keys from the registry: one declaration gives what a key does, the footer, the palette and the help."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.aliases import by_current_name
from incident_cockpit.actions.registry import ACTIONS, FOOTER
from incident_cockpit.config.keymap import check_keymap

# What a key is called where there is little room; Textual's own names are for programs.
_SHOWN = {
    "minus": "-", "plus": "+", "at": "@", "question_mark": "?", "slash": "/", "colon": ":", "escape": "esc",
    "greater_than_sign": ">", "exclamation_mark": "!",
}  # fmt: skip


def shown(key: str) -> str:
    """Return a key as people read it."""
    return _SHOWN.get(key, key)


class Keys:
    """Which key does what, and where; a person's own choices are in it already.

    `off` are the actions that a person has switched off: no key, no footer, no help and no palette knows them.
    """

    def __init__(self, chosen: Mapping[str, str], off: Collection[str] = ()) -> None:
        """Take the keys a person chose by action name; raises KeymapErrors for clashes and unknown names."""
        self.off = frozenset(off)
        there = {name: action for name, action in ACTIONS.items() if name not in self.off}
        self.of: Mapping[str, tuple[str, ...]] = check_keymap(
            {name: keys for name, keys in by_current_name(chosen).items() if name not in self.off},
            {name: action.keys for name, action in there.items()},
            {name: action.scope.value for name, action in there.items()},
        )
        self._table = {(ACTIONS[name].scope, key): name for name, keys in self.of.items() for key in keys}

    def action(self, keys: list[str], *scopes: Scope) -> str | None:
        """Return the action of the first of these names of a key that has one, in the first scope that knows it."""
        for scope in scopes:
            for key in keys:
                name = self._table.get((scope, key))
                if name is not None:
                    return name
        return None

    def label(self, action: str) -> str:
        """Return the first key of an action as people read it, or an empty string."""
        return shown(self.of[action][0]) if self.of.get(action) else ""

    def footer(self, scope: Scope | None) -> tuple[tuple[str, str], ...]:
        """Return the keys with their words: those of the pane in use first, then the most wanted."""
        own = [name for name, action in ACTIONS.items() if action.scope is scope and action.label]
        return tuple((self.label(name), ACTIONS[name].label) for name in (*own, *FOOTER) if self.of.get(name))
