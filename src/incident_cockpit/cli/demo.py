"""A sample incident in a store of its own, laid so that it is in the middle of things now."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from incident_cockpit.cockpit.library import Library
from incident_cockpit.config.paths import make_private
from incident_cockpit.errors import Refused
from incident_cockpit.resources import shipped

SAMPLE = ("sample_data", "sample-incident.jsonl")


@contextmanager
def store(env: Mapping[str, str], keep: Path | None) -> Iterator[Mapping[str, str]]:
    """Yield an environment whose store is thrown away afterwards, or stands in the folder `keep`.

    Settings, plans and themes of the user are not read: the demonstration looks the same everywhere.
    """
    if keep is not None:
        try:
            kept = keep.expanduser().absolute()
        except (OSError, RuntimeError) as error:
            raise Refused(f"the folder {keep} cannot be found ({error})", "give a full path") from error
        yield {**env, "INCIDENT_HOME": str(make_private(kept)), "INCIDENT": ""}
        return
    with tempfile.TemporaryDirectory(prefix="incident-demo-", ignore_cleanup_errors=True) as folder:
        yield {**env, "INCIDENT_HOME": folder, "INCIDENT": ""}


def fill(library: Library) -> str:
    """Read the sample incident into the store, moved to now, and return its id; one that is there already stays."""
    from incident_cockpit.journal.transfer import import_lines

    path = shipped(*SAMPLE)
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise Refused(f"the sample incident {path} cannot be read ({error.strerror})", "install it anew") from error
    known = [one.id for one in library.incidents() if one.id == json.loads(lines[0])["incident"]]
    if known:
        return known[0]
    # Its present is when its newest event was recorded.
    shift = library.clock.now().replace(microsecond=0) - _newest(lines)
    return import_lines(library.journal, lines, shift=shift).id


def _newest(lines: Sequence[bytes]) -> datetime:
    """Return when the sample's newest event was recorded."""
    events = (json.loads(line) for line in lines)
    return max(datetime.fromisoformat(event["recorded"]) for event in events if "recorded" in event)
