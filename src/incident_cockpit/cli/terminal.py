"""Opening of the cockpit and the wallboard: the one way from commands to the screen."""

from __future__ import annotations

import gc

from incident_cockpit.cli.context import Call
from incident_cockpit.integrations.terminal import need_terminal
from incident_cockpit.service.store import Store


def cockpit(call: Call) -> int:
    """Open the cockpit on the current incident, else on the list."""
    need_terminal(call.env)
    with call.store() as store:
        return show(store, _current(call, store))


def show(store: Store, incident_id: str | None) -> int:
    """Open the cockpit on this incident, or on the list."""
    from incident_cockpit.tui.app.app import run

    # The store belongs to the thread that opens it, and the cockpit has one of its own for that.
    store.close()
    # What is loaded stays: freezing it keeps a later collection from holding up a key.
    gc.freeze()
    gc.enable()
    return run(store, incident_id)


def show_wall(store: Store, incident_id: str) -> int:
    """Show the wallboard of this incident."""
    from incident_cockpit.tui.app.wall import watch

    store.close()
    return watch(store, incident_id)


def _current(call: Call, store: Store) -> str | None:
    """Return the current incident, None where there is none or several are open: then the list is shown."""
    reference = call.reference()
    if reference or call.env.get("INCIDENT") or store.journal.current():
        return store.select(reference).id
    unclosed = store.unclosed()
    return unclosed[0].id if len(unclosed) == 1 else None
