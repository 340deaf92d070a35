"""Reads response plans from TOML files: a plan that is not right is refused whole, with every reason."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.plan.compile import compile_plan
from incident_cockpit.plan.model import Plan
from incident_cockpit.text.count import counted

_LARGEST = 1_000_000


class PlanErrors(Refused):
    """A plan that cannot be adopted; `lines` holds one sentence for each thing that is wrong."""

    def __init__(self, source: str, lines: tuple[str, ...]) -> None:
        """Say how many errors the file has and list them."""
        self.lines = tuple(f"{source}: {line}" for line in lines)
        count = counted(len(lines), "error")
        super().__init__(f"The plan {source} has {count}", "\n".join(self.lines))


def read_plan(text: str, source: str) -> Plan:
    """Return the plan a TOML text holds; `source` names it in errors; raises PlanErrors with every one."""
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise PlanErrors(source, (f"is not TOML: {error}",)) from error
    # Late: pydantic and jinja2 are slow to load and needed only when a plan is checked or adopted.
    from incident_cockpit.plan.checks import plan_errors

    if lines := plan_errors(raw):
        raise PlanErrors(source, lines)
    return compile_plan(raw)


def load_plan(path: Path) -> Plan:
    """Return the plan in a file; raises NotFound, Refused where it cannot be read, PlanErrors where it is wrong."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"There is no plan file {path}", "name an existing one") from error
    except OSError as error:
        raise Refused(f"The plan file {path} cannot be read", str(error.strerror)) from error
    if len(data) > _LARGEST:
        raise Refused(f"The plan file {path} is too large", f"a plan is at most {_LARGEST} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"The plan file {path} is not text", "a plan is a TOML file in UTF-8") from error
    return read_plan(text, str(path))


def list_plans(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the plan files of the folders by name, sorted; the first folder that has a name keeps it."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in folder.glob("*.toml"):
            found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def find_plan(name: str, folders: Iterable[Path]) -> Path:
    """Return the file a plan's name or path means; raises NotFound with the plans there are."""
    if name.endswith(".toml"):
        return Path(name).expanduser()
    known = list_plans(folders)
    if name in known:
        return known[name]
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise NotFound(f"There is no plan {name!r}", f"{hint}there are: {', '.join(known) or 'none'}")
