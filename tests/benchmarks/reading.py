"""Reading runbooks against markdown-it-py's own parse of the same text; run as a program, it shows every file.

A checklist in a code fence is one token to the parser alone, while reading it as a template parses what is inside.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from time import process_time

from markdown_it import MarkdownIt

from incident_cockpit.errors import Refused
from incident_cockpit.resources import shipped
from incident_cockpit.runbook.reader import read_runbook
from support.corpus import RUNBOOKS as CORPUS

STEPS = 1_200


@cache
def markdown() -> MarkdownIt:
    """Return the parser with everything on that a runbook needs, as its makers ship it."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


@cache
def generated() -> bytes:
    """Return a runbook of 150 KB, larger than any that people keep."""
    lines = ["# Generated\n"]
    for number in range(STEPS):
        if number % 20 == 0:
            lines.append(f"\n## Part {number // 20}\n\n")
        lines.append(f"- [ ] Check `service-{number}` and **note** what [it](https://a.example/{number}) says\n")
        lines.append("  > A healthy answer within a second.\n")
        if number % 10 == 0:
            lines.append(f"\n  ```sh\n  kubectl get pods -n team-{number}\n  ```\n\n")
    return "".join(lines).encode()


@cache
def collected() -> tuple[tuple[str, bytes], ...]:
    """Return the runbooks of others where they lie beside the repository, else the shipped ones."""
    folder = CORPUS if CORPUS.is_dir() else shipped("sample_data", "runbooks")
    return tuple((path.name, path.read_bytes()) for path in sorted(folder.glob("*.md")))


def ours(*files: bytes) -> float:
    """Return the processor seconds that reading files as runbooks takes; a refusal is an answer too."""
    return _seconds([partial(_read, data) for data in files])


def floor(*files: bytes) -> float:
    """Return the processor seconds that the parser alone takes."""
    return _seconds([partial(markdown().parse, data.decode(errors="replace")) for data in files])


def _read(data: bytes) -> None:
    try:
        read_runbook(data, "measured.md")
    except Refused:
        return


def _seconds(work: list[Callable[[], object]]) -> float:
    began = process_time()
    for each in work:
        each()
    return process_time() - began


def _rows(rounds: int) -> Iterator[tuple[float, int, str]]:
    for name, data in (*collected(), ("generated", generated())):
        pairs = [(ours(data), floor(data)) for _ in range(rounds)]
        yield min(mine for mine, _ in pairs) / min(least for _, least in pairs), len(data), name


if __name__ == "__main__":
    for ratio, size, file in sorted(_rows(int(sys.argv[1]) if len(sys.argv) > 1 else 9), reverse=True):
        print(f"{ratio:5.2f}  {size:7,}  {file}")
