"""The desk: one thread for the store, work in order, and what was draft is finished."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from incident_cockpit.clock import SetClock
from incident_cockpit.config.paths import Paths
from incident_cockpit.config.settings import Settings
from incident_cockpit.errors import Refused
from incident_cockpit.ids import CountedIds
from incident_cockpit.service.store import Store
from incident_cockpit.service.store_thread import StoreThread
from support.patience import patience


@pytest.fixture
def store(tmp_path: Path) -> Store:
    places = Paths(tmp_path / "data", tmp_path / "config")
    clock = SetClock(datetime(2026, 11, 20, 14, 0, tzinfo=UTC))
    return Store(places, Settings(zone="UTC"), clock, CountedIds(), {"INCIDENT_USER": "Ana"})


async def test_work_is_done_in_order_on_one_other_thread(store: Store) -> None:
    desk, order = StoreThread(store), list[int]()

    def work(number: int, _: Store) -> int:
        order.append(number)
        return threading.get_ident()

    threads = await asyncio.gather(*(desk.call(partial(work, number)) for number in range(20)))
    assert order == list(range(20))
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()
    desk.close()


async def test_a_refusal_comes_back_as_it_was_raised(store: Store) -> None:
    desk = StoreThread(store)
    with pytest.raises(Refused, match=r"[Tt]itle"):
        await desk.call(lambda it: it.declare("", "SEV1"))
    assert await desk.call(lambda it: it.incidents()) == []
    desk.close()


async def test_a_caller_that_goes_away_does_not_stop_what_was_begun(store: Store) -> None:
    desk, draft, go_on = StoreThread(store), threading.Event(), threading.Event()

    def slow(it: Store) -> str:
        draft.set()
        assert go_on.wait(patience())
        return it.declare("Checkout fails", "SEV2").record.id

    caller = asyncio.create_task(desk.call(slow))
    await asyncio.to_thread(draft.wait, patience())
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    listed = await desk.call(lambda it: it.incidents())
    assert [one.title for one in listed] == ["Checkout fails"]
    desk.close()


async def test_closing_finishes_what_was_handed_in_and_takes_no_more(store: Store) -> None:
    desk, draft, go_on = StoreThread(store), threading.Event(), threading.Event()

    def first(_: Store) -> bool:
        draft.set()
        return go_on.wait(patience())

    handed_in = asyncio.gather(desk.call(first), desk.call(lambda it: it.declare("x", "SEV2").record.incident.name))
    await asyncio.to_thread(draft.wait, patience())
    go_on.set()
    desk.close()
    assert [*await handed_in] == [True, "INC-1"]
    with pytest.raises(RuntimeError):
        await desk.call(lambda it: it.incidents())
