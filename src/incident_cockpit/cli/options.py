"""The options that many commands share, and the kind of command whose words may begin with a minus."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from functools import wraps
from typing import Any, TypeVar

import click
from msgspec.structs import replace

from incident_cockpit.cli.context import Call

Function = TypeVar("Function", bound=Callable[..., Any])


def common(*, json: bool = True, incident: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the shared options and hand it a Call with what they say, over what the program was given.

    `incident` is left out where a command is about all incidents or none, `json` where there is nothing to read.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @click.pass_context
        @wraps(function)
        def called(ctx: click.Context, /, **values: Any) -> Any:
            before: Call = ctx.obj
            call = replace(
                before,
                incident=_or(values.pop("named_incident", None), before.incident),
                who=_or(values.pop("speaker", None), before.who),
                json=values.pop("as_json", False),
            )
            return function(call=call, **values)

        command: Callable[..., Any] = click.option(
            "--as", "speaker", metavar="NAME", help="Who is speaking. [default: INCIDENT_USER, config, your login]"
        )(called)
        if incident:
            command = click.option(
                "--incident",
                "named_incident",
                metavar="ID",
                shell_complete=_incidents,
                help="Which incident: its number, the start of its id, or part of its title. "
                "[default: INCIDENT, `incident use`, the only one that is not closed]",
            )(command)
        if json:
            command = click.option("--json", "as_json", is_flag=True, help="Answer with JSON on standard output.")(
                command
            )
        return command

    return decorate


def _or(given: str | None, before: str | None) -> str | None:
    return before if given is None else given


class Spoken(click.Command):
    """A command whose words may begin with a minus, as -7m and -5% do; mistyped long options are still refused."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        """Let click pass on what it does not know."""
        settings["context_settings"] = {"ignore_unknown_options": True, **(settings.get("context_settings") or {})}
        super().__init__(*args, **settings)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse unknown long options before `--`: logged as text they would be a mistake nobody sees."""
        known = [name for param in self.get_params(ctx) for name in param.opts]
        own = args[: args.index("--")] if "--" in args else args
        for word in own:
            name = word.partition("=")[0]
            if name.startswith("--") and name[2:3].isalpha() and " " not in word and name not in known:
                near = get_close_matches(name, known)
                raise click.NoSuchOption(name, possibilities=near, ctx=ctx)
        return super().parse_args(ctx, args)


def _incidents(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    from incident_cockpit.cli.completion import incidents

    return incidents(ctx, param, incomplete)
