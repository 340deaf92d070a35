"""The benchmarks run and tell something; how fast it is, a test on a busy machine cannot say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the processor time so finely")
BENCHMARKS = Path(__file__).parent / "benchmarks"


@pytest.mark.parametrize(
    ("only", "rows"),
    [
        ("start", ["start to usable"]),
        ("key", ["key to repaint"]),
        pytest.param("rest", ["a second at rest, processor"], marks=LINUX),
        ("event", ["append one event", "fold 10,000 events", "judge 10,000 events by the plan"]),
        ("read", ["read a runbook, 1,200 steps", "read runbooks of others"]),
        ("incident", ["incident log", "incident status --line", "incident timeline, 1,000 lines"]),
    ],
)
def test_the_table_has_a_ratio_for_each(only: str, rows: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, BENCHMARKS, "--rounds", "1", "--only", only], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    table = run.stdout.splitlines()[2:]
    assert [line.partition("  ")[0] for line in table] == rows
    assert all(float(line.split()[-1]) > 0 for line in table)
