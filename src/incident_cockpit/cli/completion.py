"""What the shell offers when tab is pressed; whatever goes wrong, it offers nothing and says nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from click import Context, Parameter
from click.shell_completion import CompletionItem

from incident_cockpit.actions.registry import ACTIONS
from incident_cockpit.config.paths import plan_folders
from incident_cockpit.errors import Refused
from incident_cockpit.files import is_there
from incident_cockpit.service.store import Store

if TYPE_CHECKING:
    from incident_cockpit.journal.read import Listed
    from incident_cockpit.plan.schema import Plan


def incidents(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the numbers of the incidents with their titles: those that are not closed before the closed ones."""
    with suppress(Refused), Store.of(os.environ) as store:
        if is_there(store.places.store):
            rows = [(one, store.journal.closed_at(one)) for one in store.incidents()]
            ordered = sorted(rows, key=lambda row: (not row[0].live, row[1] is not None))
            return [
                CompletionItem(str(one.number), help=_told(one, closed))
                for one, closed in ordered
                if _fits(one.number, incomplete)
            ]
    return []


def _told(one: Listed, closed: datetime | None) -> str:
    standing = "" if one.live else "resolved, not closed: " if closed is None else "closed: "
    return f"{standing}{one.title}"


def verbs(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the actions that a command can do."""
    return [
        CompletionItem(name, help=action.description)
        for name, action in ACTIONS.items()
        if action.decide is not None and name.startswith(incomplete)
    ]


def messages(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the texts that there is a moment for in the incident that is meant."""
    from incident_cockpit.documents.messages import available_messages as known

    with suppress(Refused), Store.of(os.environ) as store:
        if is_there(store.places.store):
            record = store.record(store.select().id)
            return [CompletionItem(word, help=name) for word, name in known(record) if word.startswith(incomplete)]
    return []


def plans(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the response plans by name."""
    from incident_cockpit.plan.loader import list_plans

    with suppress(Refused), Store.of(os.environ) as store:
        return [CompletionItem(name) for name in list_plans(plan_folders(store.places)) if name.startswith(incomplete)]
    return []


def plan_tables(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the tables of a plan file."""
    from incident_cockpit.cli.commands.plans import table_names

    return [CompletionItem(name) for name in table_names() if name.startswith(incomplete)]


def types(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the types of incidents of the plan that is named, else of the chosen one."""
    return _of_plan(ctx, incomplete, lambda plan: [(one.id, one.name) for one in plan.types])


def detections(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the plan's ways of detection."""
    return _of_plan(ctx, incomplete, lambda plan: [(one.id, one.name) for one in plan.detections])


def reporters(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the plan's sorts of people who report."""
    return _of_plan(ctx, incomplete, lambda plan: [(one.id, one.name) for one in plan.reporters])


def severities(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the plan's severities."""
    return _of_plan(ctx, incomplete, lambda plan: [(one.id, one.name) for one in plan.severities])


def _of_plan(ctx: Context, incomplete: str, names: Callable[[Plan], Iterable[tuple[str, str]]]) -> list[CompletionItem]:
    with suppress(Refused), Store.of(os.environ) as store:
        found = names(store.plan(ctx.params.get("plan_name")))
        return [CompletionItem(word, help=name) for word, name in found if word.startswith(incomplete)]
    return []


def _fits(number: int, incomplete: str) -> bool:
    return str(number).startswith(incomplete)
