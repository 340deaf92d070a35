"""The store on a thread of its own, so that a busy store never freezes the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from incident_cockpit.service.store import Store

Result = TypeVar("Result")


class StoreThread:
    """Hands work to the one thread that may use the store, in order, and gives back what came of it."""

    def __init__(self, store: Store) -> None:
        """Take the store; from here on it is used through `call` alone."""
        self._library = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    async def call(self, work: Callable[[Store], Result]) -> Result:
        """Do the work on the store's thread; raises what it raises.

        A caller that is cancelled does not stop the work: what was begun is written.
        """
        return await asyncio.shield(asyncio.wrap_future(self._thread.submit(work, self._library)))

    def close(self) -> None:
        """Finish what was handed in, then close the store."""
        self._thread.submit(self._library.close)
        self._thread.shutdown(wait=True)
