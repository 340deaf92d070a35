"""Refusals by their type and the argument they are about, never by their wording."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from incident_cockpit.errors import Refused


@contextmanager
def refuses(about: str | None = None, kind: type[Refused] = Refused) -> Iterator[pytest.ExceptionInfo[Refused]]:
    """Expect a refusal of exactly this kind; `about` names the argument or plan key at fault, None takes any."""
    with pytest.raises(kind) as refusal:
        yield refusal
    assert refusal.type is kind
    assert refusal.value.why
    assert about is None or refusal.value.about == about, f"refused about {refusal.value.about!r}: {refusal.value}"
