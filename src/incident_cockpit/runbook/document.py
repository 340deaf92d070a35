"""Reads a Markdown file as a runbook, finds runbooks by name, and refuses what can be none in words."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.resources import shipped
from incident_cockpit.runbook.asides import asides, boxes, look_for_near_misses, outer_runs
from incident_cockpit.runbook.inline import Env, block_tokens, inline_tokens, plain
from incident_cockpit.runbook.items import Walk, Walker
from incident_cockpit.runbook.model import Runbook, Section
from incident_cockpit.runbook.rules import choose
from incident_cockpit.runbook.source import MAX_BYTES, NEEDED, Source, open_source
from incident_cockpit.runbook.steps import StepMaker
from incident_cockpit.text.clean import clean_line

if TYPE_CHECKING:
    from markdown_it.token import Token

SUFFIXES = (".md", ".markdown", ".txt")


def read(data: bytes, name: str) -> Runbook:
    """Return the runbook that a file's bytes say, every step with its place in them.

    Raises Refused, naming the file, for what is empty, too large, no text, or without a step.
    """
    name = clean_line(name) or "the runbook"
    source = open_source(data, name)
    tokens, env = block_tokens(source.text())
    walk = Walker(source, tokens).walk()
    _name_sections(walk, tokens, env)
    in_code = look_for_near_misses(source, walk, tokens)
    choice = choose(walk, tokens, env)
    if not choice.items:
        where = f" outside its code blocks ({boxes(in_code)} inside)" if in_code else ""
        raise Refused(f"{name} has no steps{where}", NEEDED)
    maker = StepMaker(source, tokens, env, choice)
    runs = outer_runs(source, walk, tokens, maker.outermost())
    first = min([choice.items[0].line, *(line for line, _ in runs[:1])])
    untitled = not walk.headings or first < walk.headings[0][1]
    steps = maker.steps(int(untitled))
    return Runbook(
        name=name,
        title=_title(source, walk, name),
        sha256=hashlib.sha256(data).hexdigest(),
        rule=choice.rule,
        sections=(*([Section("", 0, 1)] if untitled else []), *walk.sections),
        steps=steps,
        asides=asides(runs, walk, steps, int(untitled)),
        warnings=tuple(sorted(source.warnings, key=lambda warning: warning.line)),
    )


def load(path: Path) -> tuple[Runbook, bytes]:
    """Read a runbook file and return it with its bytes, which are what an incident keeps.

    Raises NotFound with near names, or Refused for what cannot be read or is no runbook.
    """
    if path.is_dir():
        raise Refused(f"{path.name or path} is a folder", "Give the Markdown file inside it.")
    if not path.exists():
        raise NotFound(f"there is no runbook {path}", _near(path.name, [path.parent]))
    if not path.is_file():
        raise Refused(f"{path.name} is no ordinary file", "Give a Markdown or text file.")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise Refused(f"{path.name} cannot be read ({problem.strerror})", "Check who may read it.") from problem
    return read(data, path.name), data


def find(name: str, folders: Sequence[Path]) -> Path:
    """Return the file that a person means by a path or a bare name; earlier folders win over later ones.

    Raises NotFound with near names.
    """
    direct = Path(name).expanduser()
    bare = direct.name == name
    try:
        if name and direct.is_file():
            return direct
        for folder in folders if bare else ():
            for suffix in ("", *SUFFIXES):
                path = folder / f"{name}{suffix}"
                if path.is_file():
                    return path
        if name and direct.exists():
            return direct
    except (OSError, ValueError):
        # Too long, or with characters that no file name can have: then there is none.
        pass
    raise NotFound(f"there is no runbook {clean_line(name) or 'without a name'}", _near(direct.name, list(folders)))


def _near(name: str, folders: list[Path]) -> str:
    """Return a sentence with the names nearest to one that is not there, the shipped ones among them."""
    names: dict[str, None] = {}
    for folder in (*folders, shipped("sample_data", "runbooks")):
        try:
            names.update({path.name: None for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES})
        except OSError:
            continue
    stems = {known.rpartition(".")[0].lower(): known for known in reversed(names)}
    wanted = name.lower()
    for suffix in SUFFIXES:
        wanted = wanted.removesuffix(suffix)
    near = [stems[stem] for stem in difflib.get_close_matches(wanted, list(stems), n=3, cutoff=0.5)]
    shown = near or list(names)[:5]
    if not shown:
        return "Give the path of a Markdown file."
    return ("Did you mean " if near else "There are ") + clean_line(", ".join(shown)) + ("?" if near else ".")


def _name_sections(walk: Walk, tokens: list[Token], env: Env) -> None:
    for number, line in walk.headings:
        title = plain(inline_tokens(tokens[number + 1].content, env))
        walk.sections.append(Section(title, int(tokens[number].tag[1:]), line + 1))


def _title(source: Source, walk: Walk, name: str) -> str:
    """Return the title: what the front matter says, else the first main heading, else the file's name in words."""
    told = clean_line(source.front.get("title", ""))
    heading = next((section.title for section in walk.sections if section.level == 1 and section.title), "")
    stem = Path(name).stem.replace("-", " ").replace("_", " ").strip()
    return told or heading or stem or name
