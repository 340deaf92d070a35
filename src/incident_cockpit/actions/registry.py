"""Everything a person can do, declared once."""

from __future__ import annotations

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.aliases import current_name
from incident_cockpit.actions.arguments.argument import Arg
from incident_cockpit.actions.groups import (
    after,
    cause,
    clocks,
    command,
    log,
    people,
    runbook,
    screen,
    security,
    triage,
)
from incident_cockpit.errors import Refused

# In the order of the help.
GROUPS = (log, runbook, triage, command, people, clocks, cause, security, after, screen)

_EVERY: dict[str, Action] = {action.name: action for group in GROUPS for action in group.ACTIONS}

# Every kind of argument that an action takes.
KINDS: tuple[type[Arg], ...] = tuple({type(arg): None for action in _EVERY.values() for arg in action.args})

# What people can say.
ACTIONS: dict[str, Action] = {name: action for name, action in _EVERY.items() if not action.unsaid}

# What people who want no words to read aloud switch off.
SCRIPT_ACTION = "script"

# What the footer shows where it fits, the most wanted first; the keys of the pane in use come before these.
FOOTER = (
    "update", "entry", "ask", "next", "assign", "severity", "phase", "copy-sitrep", "undo", "timer", "impact",
    "help",
)  # fmt: skip


def done(name: str) -> Action:
    """Return the action that is done under this name, also by a program; raises Refused with the nearest names."""
    return _EVERY.get(current_name(name)) or find(name)


def find(name: str) -> Action:
    """Return the action with this name; raises Refused with the nearest names."""
    action = ACTIONS.get(current_name(name))
    if action is None:
        from difflib import get_close_matches

        # Whoever types what an action is about, such as a role, means one that takes it.
        takes = [one.name for one in ACTIONS.values() if one.args and one.args[0].name == name]
        # Whoever does not know a name to its end means one that begins so.
        begun = [one for one in ACTIONS if one.startswith(name)]
        near = list(dict.fromkeys((*takes, *begun, *get_close_matches(name, ACTIONS, n=3, cutoff=0.5))))[:3]
        way = f"did you mean {', '.join(f':{one}' for one in near)}?" if near else "see them all with :help"
        raise Refused(f"there is no action '{name}'", way)
    return action
