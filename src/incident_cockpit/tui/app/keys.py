"""The keys of actions, with the user's keymap, as the footer, the palette and the help show them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from incident_cockpit.actions.action import Scope
from incident_cockpit.actions.aliases import by_current_name
from incident_cockpit.actions.registry import ACTIONS, FOOTER
from incident_cockpit.config.keymap import check_keymap

# Short names of keys on screen, by Textual's names.
_SHOWN = {
    "minus": "-", "plus": "+", "at": "@", "question_mark": "?", "slash": "/", "colon": ":", "escape": "esc",
    "greater_than_sign": ">", "exclamation_mark": "!",
}  # fmt: skip


def shown(key: str) -> str:
    """Return the name of a key on screen."""
    return _SHOWN.get(key, key)


class Keys:
    """The actions by key and scope, and their keys, with the user's keymap applied.

    `off` are actions that are switched off: they have no key, and are not in the footer, the help or the palette.
    """

    def __init__(self, chosen: Mapping[str, str], off: Collection[str] = ()) -> None:
        """Take the user's keys by action name; raises KeymapErrors for clashes and unknown names."""
        self.off = frozenset(off)
        enabled = {name: action for name, action in ACTIONS.items() if name not in self.off}
        self.of: Mapping[str, tuple[str, ...]] = check_keymap(
            {name: keys for name, keys in by_current_name(chosen).items() if name not in self.off},
            {name: action.keys for name, action in enabled.items()},
            {name: action.scope.value for name, action in enabled.items()},
        )
        self._table = {(ACTIONS[name].scope, key): name for name, keys in self.of.items() for key in keys}

    def action(self, keys: list[str], *scopes: Scope) -> str | None:
        """Return the action of a key, given by its names, in the first scope that has one."""
        for scope in scopes:
            for key in keys:
                name = self._table.get((scope, key))
                if name is not None:
                    return name
        return None

    def label(self, action: str) -> str:
        """Return the first key of an action as shown on screen, or an empty string."""
        return shown(self.of[action][0]) if self.of.get(action) else ""

    def footer(self, scope: Scope | None) -> tuple[tuple[str, str], ...]:
        """Return keys with their labels: those of the pane in use, then the most frequent, then help and back."""
        own = [name for name, action in ACTIONS.items() if action.scope is scope and action.label]
        return tuple((self.label(name), ACTIONS[name].label) for name in (*own, *FOOTER) if self.of.get(name))
