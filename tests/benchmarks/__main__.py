"""How fast it is here, as ratios to the least that could do the same: `.venv/bin/python tests/benchmarks`.

Ours and the floor take turns, so that whatever else the machine does in that minute hurts both alike.
"""

from __future__ import annotations

import argparse
import compileall
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measures import Pair, pairs, set_up

import incident_cockpit


def main(argv: Sequence[str]) -> None:
    """Measure what is asked for and print one table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured; medians are shown")
    parser.add_argument("--only", default="", help="measure only what has this text in its name")
    asked = parser.parse_args(argv)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # Parsing the sources is the cost of a first run, not of every run.
    compileall.compile_dir(Path(incident_cockpit.__file__).parent, quiet=2)
    with tempfile.TemporaryDirectory(prefix="incident-benchmarks-") as folder:
        print(_table([_row(pair, asked.rounds) for pair in pairs(set_up(Path(folder))) if asked.only in pair.what]))


def _row(pair: Pair, rounds: int) -> tuple[str, ...]:
    ours, floor = [], []
    for _ in range(rounds):
        floor.append(pair.floor())
        ours.append(pair.ours())
    middle, least = statistics.median(ours), statistics.median(floor)
    spread = f"{_ms(min(ours))} to {_ms(max(ours))}"
    return pair.what, _ms(middle), spread, pair.floor_is, _ms(least), f"{middle / least:.1f}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.{1 if seconds >= 0.01 else 2}f}"


def _table(rows: list[tuple[str, ...]]) -> str:
    header = ("what", "ms", "min to max", "floor", "ms", "ratio")
    everything = [header, *rows]
    widths = [max(len(row[column]) for row in everything) for column in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in everything]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


if __name__ == "__main__":
    main(sys.argv[1:])
