"""A process that logs notes and says each one aloud once it is saved: the test reads along and kills it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from support.journal import created, journal_in, note


def write(folder: Path, incident: str, name: str, count: int) -> None:
    """Log `count` notes to the incident, "new" opens one of its own; each line of the output is a saved text."""
    with journal_in(folder) as journal:
        record = created(journal, name) if incident == "new" else journal.load(incident)
        os.write(1, f"{record.incident.name}\n".encode())
        for number in range(count):
            text = f"{name} {number}"
            note(journal, record, text, who=name)
            os.write(1, f"{text}\n".encode())


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
