"""Runs command lines in this process as a shell would: arguments and environment in, exit code and both streams out."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from incident_cockpit.cli.main import main


@dataclass(frozen=True)
class Ran:
    """What came of a command line."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Return standard output as JSON."""
        return json.loads(self.out)


@dataclass
class Shell:
    """A shell whose incidents live in a home of its own; keyword arguments of a call are its environment."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def __call__(self, *argv: str, stdin: bytes = b"", **env: str) -> Ran:
        """Run `incident` with these arguments."""
        given = {"PATH": os.environ["PATH"], "LOGNAME": "ana", "INCIDENT_HOME": str(self.home), **self.env, **env}
        with _streams(stdin) as (out, err):
            code = main(list(argv), given)
            sys.stdout.flush()
            return Ran(code, out.getvalue().decode(errors="replace"), err.getvalue().decode(errors="replace"))

    def good(self, *argv: str, stdin: bytes = b"", **env: str) -> Ran:
        """Run what must work."""
        ran = self(*argv, stdin=stdin, **env)
        assert ran.code == 0, ran
        return ran

    def events(self) -> int:
        """Return how many events are stored, 0 where there is no store."""
        store = self.home / "incidents.db"
        if not store.exists():
            return 0
        connection = sqlite3.connect(store)
        try:
            [(count,)] = connection.execute("SELECT count(*) FROM events").fetchall()
        finally:
            connection.close()
        return int(count)

    def timeline(self, incident: str = "1") -> list[Mapping[str, Any]]:
        """Return the lines of the timeline."""
        lines: list[Mapping[str, Any]] = self.good("timeline", incident, "--json").data
        return lines


@contextmanager
def _streams(stdin: bytes) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Stand in for the three streams of a process whose input is a pipe."""
    out, err = io.BytesIO(), io.BytesIO()
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8", errors="surrogateescape")
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8")
    sys.stderr = io.TextIOWrapper(err, encoding="utf-8", write_through=True)
    try:
        yield out, err
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
