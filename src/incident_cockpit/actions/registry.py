"""The registry: every action by its name."""

from __future__ import annotations

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.aliases import current_name
from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.actions.groups import (
    command,
    due,
    follow_ups,
    hypotheses,
    log,
    people,
    runbook,
    screen,
    security,
    texts,
    triage,
)
from incident_cockpit.errors import Refused
from incident_cockpit.text.suggest import nearest

# In the order of the help.
GROUPS = (log, runbook, triage, command, people, due, hypotheses, security, follow_ups, texts, screen)

_EVERY: dict[str, Action] = {action.name: action for group in GROUPS for action in group.ACTIONS}

# Every kind of argument that an action takes.
KINDS: tuple[type[Arg], ...] = tuple({type(arg): None for action in _EVERY.values() for arg in action.args})

# What people can do; the others are done by programs.
ACTIONS: dict[str, Action] = {name: action for name, action in _EVERY.items() if not action.hidden}

# Switched off by `scripts = false`.
SCRIPT_ACTION = "script"

# The footer shows as many of these as fit, after the keys of the pane in use.
FOOTER = (
    "update", "entry", "ask", "next", "assign", "severity", "phase", "copy-sitrep", "undo", "timer", "impact",
    "help", "back",
)  # fmt: skip


def done(name: str) -> Action:
    """Return the action with this name, also a hidden one; raises Refused with the nearest names."""
    return _EVERY.get(current_name(name)) or find(name)


def find(name: str) -> Action:
    """Return the action with this name; raises Refused with the nearest names."""
    action = ACTIONS.get(current_name(name))
    if action is None:
        # The name of an argument, such as "role", suggests the actions that take it first.
        taking = [each.name for each in ACTIONS.values() if each.args and each.args[0].name == name]
        starting = [each for each in ACTIONS if each.startswith(name)]
        near = list(dict.fromkeys((*taking, *starting, *nearest(name, ACTIONS, 3, likeness=0.5))))[:3]
        hint = f"did you mean {', '.join(f':{each}' for each in near)}?" if near else "list all with :help"
        raise Refused(f'Unknown action "{name}"', hint)
    return action
