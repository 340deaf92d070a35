"""The tree of commands, each imported when it is called so that no command waits for the imports of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module

import click

from incident_cockpit import __version__
from incident_cockpit.actions.aliases import COMMAND_ALIASES
from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common
from incident_cockpit.errors import ExitCode, Refused

PROGRAM = "incident"
_PRINTED_BY_CLICK = {"--help", "--version"}

# The module and name of each command, in the order of help.
_COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("setup", "demo"),
    "new": ("incidents", "new"),
    "report": ("declare", "report"),
    "declare": ("declare", "declare"),
    "dismiss": ("declare", "dismiss"),
    "open": ("incidents", "open_"),
    "list": ("incidents", "list_"),
    "show": ("incidents", "show"),
    "status": ("incidents", "status"),
    "log": ("log", "log"),
    "do": ("log", "do"),
    "run": ("run", "run"),
    "watch": ("incidents", "watch"),
    "line": ("line", "line"),
    "use": ("incidents", "use"),
    "update": ("documents", "update"),
    "message": ("documents", "message"),
    "script": ("documents", "script"),
    "handoff": ("documents", "handoff"),
    "join": ("documents", "join"),
    "stand-down": ("documents", "stand_down"),
    "ticket": ("documents", "ticket"),
    "timeline": ("documents", "timeline"),
    "adherence": ("documents", "adherence"),
    "breach": ("documents", "breach"),
    "invite": ("documents", "invite"),
    "postmortem": ("documents", "postmortem"),
    "followups": ("documents", "followups"),
    "runbook": ("runbooks", "runbook"),
    "plan": ("plans", "plan"),
    "export": ("transfer", "export"),
    "import": ("transfer", "import_"),
    "verify": ("repair", "verify"),
    "put-back": ("repair", "put_back"),
    "restore": ("repair", "restore"),
    "remove": ("repair", "remove"),
    "init": ("setup", "init"),
    "doctor": ("doctor", "doctor"),
    "help": ("help", "help_"),
    "completion": ("setup", "completion"),
}


class Tree(click.Group):
    """A group whose commands are looked up by name and imported late."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table, not of the alphabet."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return a command by its name or a former one, None for an unknown name."""
        place = _COMMANDS.get(COMMAND_ALIASES.get(cmd_name, cmd_name))
        if place is None:
            return None
        module, name = place
        command: click.Command = getattr(import_module(f"incident_cockpit.cli.commands.{module}"), name)
        return command


@click.group(
    PROGRAM,
    cls=Tree,
    invoke_without_command=True,
    context_settings={"help_option_names": ["--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s", help="Show the version.")
@common(json=False)
@click.pass_context
def root(ctx: click.Context, call: Call) -> int | None:
    """Run an incident from the terminal.

    Without a command, open the cockpit on the current incident, or on the list.

    Standard output is data, standard error is for people. Exit codes: 0 done, 1 refused, 2 usage error, 3 not found,
    4 store error, 5 no terminal, 130 interrupted.
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = call
        return None
    from incident_cockpit.cli.terminal import cockpit

    return cockpit(call)


def run(argv: Sequence[str], call: Call) -> int:
    """Run the command line by click and return its exit code; raises Refused for a usage error."""
    try:
        code = root.main(list(argv), prog_name=PROGRAM, standalone_mode=False, obj=call)
    except click.exceptions.NoArgsIsHelpError as error:
        raise Refused("command required", error.format_message(), ExitCode.USAGE) from error
    except click.ClickException as error:
        raise _usage_error(error) from error
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except OSError as error:
        if not _PRINTED_BY_CLICK & set(argv):
            raise
        output.failed(error)
        return ExitCode.OK
    return code if isinstance(code, int) else ExitCode.OK


def _usage_error(error: click.ClickException) -> Refused:
    """Return click's error as a refusal, with the command to see for its usage."""
    message = error.format_message().strip().rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    return Refused(f"{message[:1].lower()}{message[1:]}", f"see: {path} --help", ExitCode.USAGE)
