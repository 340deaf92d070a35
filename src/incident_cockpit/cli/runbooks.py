"""Commands about runbook files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from incident_cockpit.cli import diagnostics, output, shapes
from incident_cockpit.cli import writing as write
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.options import common
from incident_cockpit.cli.runbooks_out import export, merge, redline
from incident_cockpit.cockpit.library import Library
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.runbook.document import SUFFIXES, rules_of
from incident_cockpit.runbook.model import RuleFound
from incident_cockpit.runbook.rules import TASKS
from incident_cockpit.text.count import counted


@click.group()
def runbook() -> None:
    """Check runbooks, attach them, and give them back as done."""


for _command in (merge, export, redline):
    runbook.add_command(_command)


@runbook.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@common(incident=False)
def check(call: Call, files: tuple[str, ...]) -> int:
    """Say what is read of runbook files.

    By which rule, how many steps, and what could not be taken as it stood. FILE is a file, the name of a runbook,
    a folder or a pattern such as 'runbooks/*.md'. Exits with 1 when one of them cannot be used, with 3 when all that
    is wrong is that one is not there.
    """
    with call.library() as library:
        found = [_checked(library, file) for name in files for file in _meant(name)]
    if call.json:
        output.shape([one.shape for one in found])
    else:
        output.lines(line for one in found if one.wrong is None for line in _words(one))
    wrong = [one.wrong for one in found if one.wrong is not None]
    for one in found:
        if one.wrong is not None:
            diagnostics.say(f"{one.shape['file']}: {one.wrong}")
    if wrong and all(isinstance(refused, NotFound) for refused in wrong):
        return ExitCode.NOT_FOUND
    return ExitCode.REFUSED if wrong else ExitCode.OK


@runbook.command()
@click.argument("file")
@click.option("--rule", metavar="NAME", help="How its steps are found. [default: the first rule that finds any]")
@common()
def attach(call: Call, file: str, rule: str | None) -> int:
    """Attach a runbook to the incident.

    FILE is a Markdown file, or the name of one. `incident runbook check FILE` says which rules find steps in it.
    """
    with call.session(to_write=True) as session:
        write.keep(call, session, "attach", {"runbook": file, "rule": rule or ""})
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Checked:
    """What is said of one file: its figures, the other rules that find steps in it, or what is wrong with it."""

    shape: shapes.Shape
    title: str = ""
    others: tuple[RuleFound, ...] = ()
    wrong: Refused | None = None


def _meant(name: str) -> list[str]:
    """Return the files that a word on the command line means; a word that means none stays as it is."""
    found: list[Path] = []
    try:
        path = Path(name).expanduser()
        if path.is_dir():
            found = [file for file in path.iterdir() if file.suffix.lower() in SUFFIXES]
        elif any(sign in name for sign in "*?[") and not path.exists():
            root = Path(path.anchor)
            found = list(root.glob(str(path.relative_to(root))))
        return sorted(str(file) for file in found if file.is_file()) or [name]
    except (OSError, RuntimeError, ValueError):
        # No file can have such a name: whoever opens it says so.
        return [name]


def _checked(library: Library, file: str) -> _Checked:
    try:
        book, data = library.runbook(file)
        others = () if book.rule == TASKS else rules_of(data, book.name)
    except Refused as refused:
        return _Checked(shapes.runbook_refused(file, refused.why), wrong=refused)
    return _Checked(shapes.runbook_check(file, book), book.title, others)


def _words(one: _Checked) -> list[str]:
    shape = one.shape
    kinds = ", ".join(f"{count} {kind}" for kind, count in shape["steps_by_kind"].items() if count)
    others = ", ".join(f"{each.rule} ({each.steps})" for each in one.others if each.rule != shape["rule"])
    lines = [
        f"{shape['file']}: {one.title}",
        f"  {counted(shape['steps'], 'step')} ({kinds}) in {counted(shape['sections'], 'section')}, "
        f"{shape['checked']} ticked",
        f"  read by: {shape['rule']}" + (f"; other rules: {others}" if others else ""),
        f"  {counted(shape['code_blocks'], 'code block')}, {counted(shape['links'], 'link')}",
    ]
    return lines + [f"  line {warning['line']}: {warning['words']}" for warning in shape["warnings"]]
