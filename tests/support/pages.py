"""The pages of the project as tests read them: their tables, what they name, and the parts that are made."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "incident_cockpit"
README, CONTRIBUTING, CHANGELOG = ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"\n```.*?\n```\n", "\n", text(page), flags=re.DOTALL)


def section(page: Path, heading: str) -> str:
    """Return what stands under a heading such as "## Keys", up to the next of its level or above."""
    level = heading.partition(" ")[0]
    return re.split(rf"\n#{{1,{len(level)}}} ", text(page).partition(f"\n{heading}\n")[2])[0]


def rows(page: Path, heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its header."""
    found: list[str] = []
    for line in section(page, heading).splitlines():
        if line.startswith("|"):
            found.append(line)
        elif found:
            break
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in found[2:]]


def named(cell: str) -> list[str]:
    """Return what a cell has in backquotes."""
    return re.findall(r"`([^`\n]+)`", cell)


def table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    made = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in made)


def check(name: str, made: str) -> None:
    """Compare what stands between the README's markers; REWRITE=1 in the environment writes it anew."""
    page = text(README)
    found = re.search(rf"(<!-- {name}: [^\n]*-->\n)(.*?)(<!-- end of {name} -->)", page, re.DOTALL)
    assert found, f"the README has lost its markers for {name}"
    wanted = f"\n{made}\n\n"
    if os.environ.get("REWRITE"):
        README.write_text(page[: found.start(2)] + wanted + page[found.end(2) :], encoding="utf-8")
    else:
        assert found[2] == wanted, f"the table of {name} is stale: REWRITE=1 pytest -n0 tests/test_docs.py"
