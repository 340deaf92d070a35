"""Shell completion of incidents, actions, messages, plans and their ids; on any error it offers nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from click import Context, Parameter
from click.shell_completion import CompletionItem

from incident_cockpit.config.paths import plan_folders, plan_names, runbook_names
from incident_cockpit.errors import Refused
from incident_cockpit.files import is_there
from incident_cockpit.service.store import Store

if TYPE_CHECKING:
    from incident_cockpit.actions.arguments.argument import Choice
    from incident_cockpit.incident.record import Record
    from incident_cockpit.plan.schema import Plan


def incidents(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the numbers of incidents with their titles, closed incidents last."""
    with suppress(Refused), Store.of(os.environ) as store:
        if is_there(store.places.store):
            rows = [(row, store.journal.closed_at(row)) for row in store.incidents()]
            rows.sort(key=lambda row: (not row[0].live, row[1] is not None))
            return [
                CompletionItem(
                    str(row.number),
                    help=("" if row.live else "closed: " if closed else "resolved, not closed: ") + row.title,
                )
                for row, closed in rows
                if str(row.number).startswith(incomplete)
            ]
    return []


def verbs(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the actions that a command can do."""
    from incident_cockpit.actions.registry import ACTIONS

    return [
        CompletionItem(name, help=action.description)
        for name, action in ACTIONS.items()
        if action.decide is not None and name.startswith(incomplete)
    ]


class _Outside:
    """The names of runbooks, plans and other incidents that an argument can have."""

    def __init__(self, store: Store, record: Record) -> None:
        """Read them from this store, without the incident itself."""
        self._store = store
        self._record = record

    def runbooks(self) -> Sequence[str]:
        """Return the names of the runbooks that can be attached."""
        return runbook_names(self._store.places)

    def plans(self) -> Sequence[str]:
        """Return the names of the plans that can be adopted."""
        return plan_names(self._store.places)

    def incidents(self) -> Sequence[Choice]:
        """Return the other incidents."""
        from incident_cockpit.actions.arguments.argument import Choice

        return [Choice(row.name, row.title) for row in self._store.incidents() if row.id != self._record.id]


def arguments(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the choices of the argument that an action takes next."""
    from incident_cockpit.actions.registry import find

    with suppress(Refused), Store.of(os.environ) as store:
        args = find(ctx.params.get("verb") or "").args[len(ctx.params.get("words") or ()) :]
        if args and is_there(store.places.store):
            record = store.record(store.select().id)
            choices = args[0].complete(incomplete, record, _Outside(store, record))
            return [CompletionItem(choice.id, help=choice.words) for choice in choices]
    return []


def messages(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the messages that the current incident has an occasion for."""
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
    """Offer the plan's incident types."""
    return _ids_of_plan(ctx, incomplete, lambda plan: [(row.id, row.name) for row in plan.types])


def detections(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the plan's kinds of detection."""
    return _ids_of_plan(ctx, incomplete, lambda plan: [(row.id, row.name) for row in plan.detections])


def reporters(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the plan's kinds of reporters."""
    return _ids_of_plan(ctx, incomplete, lambda plan: [(row.id, row.name) for row in plan.reporters])


def severities(ctx: Context, param: Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001 - click's signature
    """Offer the plan's severities."""
    return _ids_of_plan(ctx, incomplete, lambda plan: [(row.id, row.name) for row in plan.severities])


def _ids_of_plan(
    ctx: Context, incomplete: str, ids: Callable[[Plan], Iterable[tuple[str, str]]]
) -> list[CompletionItem]:
    """Offer the ids of one table of the plan that --plan names, else of the default plan."""
    with suppress(Refused), Store.of(os.environ) as store:
        rows = ids(store.plan(ctx.params.get("plan_name")))
        return [CompletionItem(row_id, help=name) for row_id, name in rows if row_id.startswith(incomplete)]
    return []
