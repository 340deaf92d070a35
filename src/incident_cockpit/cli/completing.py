"""What the shell offers when tab is pressed; whatever goes wrong, it offers nothing and says nothing."""

from __future__ import annotations

import os
from contextlib import suppress

from click import Context, Parameter
from click.shell_completion import CompletionItem

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.cockpit.library import Library
from incident_cockpit.config.folders import plan_folders
from incident_cockpit.errors import Refused


def incidents(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the numbers of the incidents, the newest first, with their titles."""
    with suppress(Refused), Library.of(os.environ) as library:
        if library.places.store.exists():
            rows = library.incidents()
            return [CompletionItem(str(one.number), help=one.title) for one in rows if _fits(one.number, incomplete)]
    return []


def verbs(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the actions that a command can do."""
    return [
        CompletionItem(name, help=action.about)
        for name, action in ACTIONS.items()
        if action.decide is not None and name.startswith(incomplete)
    ]


def plans(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the response plans by name."""
    from incident_cockpit.plan.read import list_plans

    with suppress(Refused), Library.of(os.environ) as library:
        return [
            CompletionItem(name) for name in list_plans(plan_folders(library.places)) if name.startswith(incomplete)
        ]
    return []


def _fits(number: int, incomplete: str) -> bool:
    return str(number).startswith(incomplete)
