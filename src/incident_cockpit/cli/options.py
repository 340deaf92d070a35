"""Options and arguments that many commands share, and the class of commands whose text may start with a minus."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from incident_cockpit.actions.aliases import COMMAND_ALIASES
from incident_cockpit.cli import completion
from incident_cockpit.cli.context import with_shared_options
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.text.suggest import nearest

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

incident_argument = click.argument("incident_id", metavar="[ID]", required=False, shell_complete=completion.incidents)
plan_option = click.option(
    "--plan", "plan_name", metavar="PLAN", shell_complete=completion.plans, help="Response plan: a name or a file."
)
type_option = click.option(
    "--type", "types", metavar="TYPE", multiple=True, shell_complete=completion.types,
    help="Incident type; may be repeated.",
)  # fmt: skip
runbook_option = click.option(
    "--runbook", metavar="RUNBOOK", help="Runbook: a name or a Markdown file. [default: from the plan]"
)
at_option = click.option(
    "--at", metavar="TIME", help="When it happened, if not now: -7m, 14:05, 14:05Z, 'yesterday 23:50'."
)
force_option = click.option("--force", is_flag=True, help="Overwrite an existing file.")


def file_option(metavar: str = "FILE") -> Decorator:
    """Return the option that writes to a file instead of standard output."""
    return click.option("-o", "--output", "file", metavar=metavar, help="Write to a file instead of standard output.")


def common(*, json: bool = True, incident: bool = True) -> Decorator:
    """Add the shared options to a command and pass it a Call with their values, which override those of `incident`.

    `incident` is left out where a command is about all incidents or none, `json` where there is nothing to read.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.pass_context
        @wraps(function)
        def command(ctx: click.Context, /, **values: Any) -> Any:
            call = with_shared_options(ctx.obj, values)
            return function(call=call, **values)

        decorated: Callable[..., Any] = click.option(
            "--as", "speaker", metavar="NAME", help="Your name. [default: INCIDENT_USER, config, your login]"
        )(command)
        if incident:
            decorated = click.option(
                "--incident",
                "named_incident",
                metavar="ID",
                shell_complete=completion.incidents,
                help="Incident: its number, the start of its id, or part of its title. "
                "[default: INCIDENT, `incident use`, the only one that is not closed]",
            )(decorated)
        if json:
            decorated = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(decorated)
        return decorated

    return decorate


def check_exclusive(*options: tuple[str, object], why: str = "") -> None:
    """Raise Refused where more than one of these options is set; `why` explains that."""
    names = [name for name, value in options if value]
    if len(names) > 1:
        hint = f"use only one{f': {why}' if why else ''}"
        raise Refused(f"{' and '.join(names)} cannot be combined", hint, ExitCode.USAGE, about=names[-1])


class AliasedGroup(click.Group):
    """A group whose commands are also found by their former names, which help does not list."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name or a former one, None where there is none."""
        former = COMMAND_ALIASES.get(f"{self.name} {cmd_name}", "")
        return super().get_command(ctx, former.removeprefix(f"{self.name} ") or cmd_name)


class FreeTextCommand(click.Command):
    """A command whose text may start with a minus, as -7m and -5% do; mistyped long options are still refused."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Have click pass on options that it does not know."""
        settings["context_settings"] = {"ignore_unknown_options": True, **(settings.get("context_settings") or {})}
        super().__init__(*args, **settings)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse unknown long options before `--`, which would be logged as text unnoticed."""
        known = [name for param in self.get_params(ctx) for name in param.opts]
        for word in args[: args.index("--")] if "--" in args else args:
            name = word.partition("=")[0]
            if name.startswith("--") and name[2:3].isalpha() and " " not in word and name not in known:
                raise click.NoSuchOption(name, possibilities=nearest(name, known, 3), ctx=ctx)
        return super().parse_args(ctx, args)
