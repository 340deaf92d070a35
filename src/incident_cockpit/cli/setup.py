"""Commands around the program itself: the demonstration, the first run, what works here, completion."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from incident_cockpit.cli import diagnostics, output
from incident_cockpit.cli.call import Call
from incident_cockpit.cli.options import common
from incident_cockpit.config.paths import Paths, paths
from incident_cockpit.config.settings import Settings, load_settings, write_config
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.files import is_there

_MARKS = {True: "ok", False: "wrong", None: "-"}


@click.command()
@click.option("--keep", metavar="DIR", help="Keep its store in this folder instead of throwing it away.")
@common(json=False, incident=False)
def demo(call: Call, keep: str | None) -> int:
    """Open the cockpit on a sample incident.

    It lies in a store of its own that is thrown away afterwards; your incidents are not touched.
    """
    from msgspec.structs import replace

    from incident_cockpit.cli import demo as sample
    from incident_cockpit.cli.terminal import show as open_cockpit
    from incident_cockpit.outside.terminal import need_terminal

    need_terminal(call.env)
    with sample.store(call.env, Path(keep) if keep is not None else None) as env:
        with replace(call, env=env).library() as library:
            code = open_cockpit(library, sample.fill(library))
        if keep is not None:
            diagnostics.say(f"the sample stays there; to come back: INCIDENT_HOME={env['INCIDENT_HOME']} incident")
    return code


@click.command()
@click.option("--defaults", "without_asking", is_flag=True, help="Ask nothing and write the defaults.")
@common(json=False, incident=False)
def init(call: Call, without_asking: bool) -> int:
    """Ask six questions and write a commented config.

    Everything works without it, too. Answers can also come from a pipe, one line each; an empty line takes the default.
    """
    from incident_cockpit.cli import asking

    places = paths(call.env)
    if places.warning:
        diagnostics.say(f"warning: {places.warning}")
    settings = _settings(places)
    answers = asking.defaults(settings) if without_asking else asking.questions(call.env, places, settings)
    before = is_there(places.config_file)
    write_config(places.config_file, answers.settings)
    if before:
        diagnostics.say(f"the settings that were there are kept in {places.config_file}.bak")
    diagnostics.say("written; every line in it has a comment:")
    output.text(str(places.config_file))
    if answers.check_clipboard:
        _check_clipboard(call, places)
    if answers.tmux:
        diagnostics.say("for ~/.tmux.conf:")
        output.text(asking.TMUX_LINE)
    diagnostics.say("next: incident demo, or: incident new TITLE")
    return ExitCode.OK


def _settings(places: Paths) -> Settings:
    """Return the settings there are as the defaults; broken ones are no reason not to write new ones."""
    try:
        return load_settings(places.config_file)
    except Refused as refused:
        diagnostics.say(f"{refused.why}; starting from the defaults")
        return Settings()


def _check_clipboard(call: Call, places: Paths) -> None:
    from incident_cockpit.outside.clipboard import copy

    word = "incident-cockpit"
    write = diagnostics.raw if sys.stderr.isatty() else None
    copied = copy(word, last_copy=places.last_copy, env=call.env, write_terminal=write)
    diagnostics.say(f"clipboard: {copied.words}")
    if copied.route == "terminal":
        diagnostics.say(f"  paste now: if '{word}' comes out, it works")


@click.command()
@common(incident=False)
def doctor(call: Call) -> int:
    """Say what works here and what does not.

    It looks at settings, store, plans, runbooks, themes, keys, terminal and clipboard, and exits with 4 when something
    is wrong.
    """
    from incident_cockpit.cli import looks
    from incident_cockpit.cli.doctor import examine, wrong

    findings = list(examine(call.env))
    if call.json:
        output.shape([{"name": one.name, "works": one.works, "words": one.words} for one in findings])
    else:
        output.lines(looks.columns([(_MARKS[one.works], one.name, one.words) for one in findings]))
    return ExitCode.STORE if wrong(findings) else ExitCode.OK


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the completion script of a shell.

    \b
    bash: eval "$(incident completion bash)"          in ~/.bashrc
    zsh:  eval "$(incident completion zsh)"           in ~/.zshrc, after compinit
    fish: incident completion fish | source           in ~/.config/fish/config.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    from incident_cockpit.cli.main import COMPLETION
    from incident_cockpit.cli.tree import PROGRAM, root

    found = get_completion_class(shell)
    if found is None:
        raise Refused(f"there is no completion for {shell}", "use one of: bash, zsh, fish")
    # The base class's own: the one for bash starts a bash to ask for its version, and prints when there is none.
    output.text(ShellComplete.source(found(root, {}, PROGRAM, COMPLETION)))
    return ExitCode.OK
