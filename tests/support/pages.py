"""Pages of the project: their tables, the names in them, and their generated parts."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "incident_cockpit"
MANUAL = PACKAGE / "manual"
README, CONTRIBUTING, CHANGELOG = ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"\n```.*?\n```\n", "\n", text(page), flags=re.DOTALL)


def section(page: Path, heading: str) -> str:
    """Return the text below a heading such as "## Keys", up to the next of its level or above."""
    level = heading.partition(" ")[0]
    return re.split(rf"\n#{{1,{len(level)}}} ", f"\n{text(page)}".partition(f"\n{heading}\n")[2])[0]


def rows(page: Path, heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its header."""
    lines: list[str] = []
    for line in section(page, heading).splitlines():
        if line.startswith("|"):
            lines.append(line)
        elif lines:
            break
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines[2:]]


def named(cell: str) -> list[str]:
    """Return the names in backquotes."""
    return re.findall(r"`([^`\n]+)`", cell)


def table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    table_lines = [header, ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in table_lines)


def check_generated(page: Path, name: str, text_made: str) -> None:
    """Compare what is between a page's markers with the code; REWRITE=1 in the environment rewrites it."""
    content = text(page)
    between = re.search(rf"(<!-- {name} -->\n)(.*?)(<!-- end of {name} -->)", content, re.DOTALL)
    assert between, f"{page.name} has lost its markers for {name}"
    wanted = f"\n{text_made}\n\n"
    if os.environ.get("REWRITE"):
        page.write_text(content[: between.start(2)] + wanted + content[between.end(2) :], encoding="utf-8")
    else:
        assert between[2] == wanted, f"{page.name} is stale: REWRITE=1 pytest -n0 tests/manual"
