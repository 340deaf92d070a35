"""The tree of commands: each is imported when it is called, so that none waits for what another needs."""

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

# Where each command is defined: module and name within this package; in the order of help.
_WHERE: Mapping[str, tuple[str, str]] = {
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
    "verify": ("transfer", "verify"),
    "put-back": ("transfer", "put_back"),
    "restore": ("repair", "restore"),
    "remove": ("repair", "remove"),
    "init": ("setup", "init"),
    "doctor": ("setup", "doctor"),
    "help": ("help", "help_"),
    "completion": ("setup", "completion"),
}


class Tree(click.Group):
    """A group whose commands are looked up by name and imported late."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order in which they are needed, not by the alphabet."""
        return list(_WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and return a command, None for a name nobody knows."""
        place = _WHERE.get(COMMAND_ALIASES.get(cmd_name, cmd_name))
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

    Without a command, open the cockpit on the incident that is meant, else on the list.

    Standard output is data, standard error is for people. Exit codes: 0 done, 1 refused, 2 wrong usage, 3 not found,
    4 store, 5 no terminal, 130 interrupted.
    """
    if ctx.invoked_subcommand is not None:
        ctx.obj = call
        return None
    from incident_cockpit.cli.terminal import cockpit

    return cockpit(call)


def run(argv: Sequence[str], call: Call) -> int:
    """Run the command line by click and return its exit code; raises Refused for what is wrong with it."""
    try:
        code = root.main(list(argv), prog_name=PROGRAM, standalone_mode=False, obj=call)
    except click.exceptions.NoArgsIsHelpError as error:
        raise Refused("a command is missing", error.format_message(), ExitCode.USAGE) from error
    except click.ClickException as error:
        raise _in_our_words(error) from error
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except OSError as error:
        if not _PRINTED_BY_CLICK & set(argv):
            raise
        output.failed(error)
        return ExitCode.OK
    return code if isinstance(code, int) else ExitCode.OK


def _in_our_words(error: click.ClickException) -> Refused:
    said = error.format_message().strip().rstrip(".")
    words = said[:1].lower() + said[1:]
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else PROGRAM
    return Refused(words, f"see: {path} --help", ExitCode.USAGE)
