"""Opening the cockpit, where there is a terminal to open it in."""

from __future__ import annotations

import gc

from incident_cockpit.cli.context import Call
from incident_cockpit.integrations.terminal import need_terminal
from incident_cockpit.service.store import Store


def cockpit(call: Call) -> int:
    """Open the cockpit on the incident that is meant, else on the list."""
    need_terminal(call.env)
    with call.store() as store:
        return show(store, _meant(call, store))


def show(store: Store, incident_id: str | None) -> int:
    """Open the cockpit on this incident, or on the list."""
    from incident_cockpit.tui.app.app import run

    # The store belongs to the thread that opens it, and the cockpit has one of its own for that.
    store.close()
    # What is loaded stays: it is set apart, so that no later look for garbage makes a key wait for all of it.
    gc.freeze()
    gc.enable()
    return run(store, incident_id)


def show_wall(store: Store, incident_id: str) -> int:
    """Show this incident on a wall."""
    from incident_cockpit.tui.app.wall import watch

    store.close()
    return watch(store, incident_id)


def _meant(call: Call, store: Store) -> str | None:
    """Return the incident that is meant, None where none or several could be: then the list asks."""
    named = call.named()
    if named or call.env.get("INCIDENT") or store.journal.current():
        return store.select(named).id
    unclosed = store.unclosed()
    return unclosed[0].id if len(unclosed) == 1 else None
