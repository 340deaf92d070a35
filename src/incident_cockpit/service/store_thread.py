"""Thread of the store, so that a busy store never blocks the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from incident_cockpit.service.store import Store

Result = TypeVar("Result")


class StoreThread:
    """Runs work in order on the one thread that may use the store."""

    def __init__(self, store: Store) -> None:
        """Take the store, which is used through `call` alone from here on."""
        self._library = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    async def call(self, work: Callable[[Store], Result]) -> Result:
        """Run the work on the thread of the store and return its result; raises what it raises.

        Cancelling the caller does not stop work that has started.
        """
        return await asyncio.shield(asyncio.wrap_future(self._thread.submit(work, self._library)))

    def close(self) -> None:
        """Finish all work, then close the store."""
        self._thread.submit(self._library.close)
        self._thread.shutdown(wait=True)
