"""Former names of actions and commands: hidden aliases that stay until 1.0."""

from __future__ import annotations

from collections.abc import Mapping

# Former name -> name. Read by the entry line, `incident do`, the keymap and the drafts of forms.
ACTION_ALIASES: Mapping[str, str] = {
    "begin": "start-step",
    "box": "timebox",
    "copy-situation": "copy-sitrep",
    "did": "complete",
    "found-by": "detected-by",
    "gate": "branch",
    "give": "assign-step",
    "give-up": "drop-item",
    "leave": "quit",
    "merge-runbook": "update-runbook",
    "met": "need-met",
    "pass": "reassign",
    "reach": "mark",
    "reply": "answer-step",
    "say": "script",
}

# Former name -> name of a command of `incident`.
COMMAND_ALIASES: Mapping[str, str] = {"runbook merge": "runbook update", "say": "script"}


def current_name(name: str) -> str:
    """Return an action's present name; a name that is no alias stays as it is."""
    return ACTION_ALIASES.get(name, name)


def former_names(name: str) -> tuple[str, ...]:
    """Return the former names of an action."""
    return tuple(former for former, current in ACTION_ALIASES.items() if current == name)


def by_current_name(keymap: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of a keymap by the present name of each action; a key set under the present name wins."""
    return {current_name(name): keys for name, keys in keymap.items() if name in ACTION_ALIASES} | {
        name: keys for name, keys in keymap.items() if name not in ACTION_ALIASES
    }
