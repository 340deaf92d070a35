"""Commands around the program itself: the demonstration, the first run, what works here, completion."""

from __future__ import annotations

import getpass
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.cli import (
    output,
    streams,
)
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common
from incident_cockpit.config.paths import Paths, make_private, paths, plan_folders
from incident_cockpit.config.settings import Settings, load_settings, write_config
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.files import is_there
from incident_cockpit.resources import shipped
from incident_cockpit.service.identity import known_speaker
from incident_cockpit.service.store import Store
from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.times.parse import parse_zone

_MARKS = {True: "ok", False: "wrong", None: "-"}


@click.command()
@click.option("--keep", metavar="DIR", help="Keep its store in this folder instead of throwing it away.")
@common(json=False, incident=False)
def demo(call: Call, keep: str | None) -> int:
    """Open the cockpit on a sample incident.

    It lies in a store of its own that is thrown away afterwards; your incidents are not touched.
    """
    from msgspec.structs import replace

    from incident_cockpit.cli.terminal import show as open_cockpit
    from incident_cockpit.integrations.terminal import need_terminal

    need_terminal(call.env)
    with demo_store(call.env, Path(keep) if keep is not None else None) as env:
        with replace(call, env=env).store() as store:
            code = open_cockpit(store, fill(store))
        if keep is not None:
            output.say(f"the sample stays there; to come back: INCIDENT_HOME={env['INCIDENT_HOME']} incident")
    return code


@click.command()
@click.option("--defaults", "without_asking", is_flag=True, help="Ask nothing and write the defaults.")
@common(json=False, incident=False)
def init(call: Call, without_asking: bool) -> int:
    """Ask six questions and write a commented config.

    Everything works without it, too. Answers can also come from a pipe, one line each; an empty line takes the default.
    """

    places = paths(call.env)
    if places.warning:
        output.say(f"warning: {places.warning}")
    settings = _settings(places)
    answers = defaults(settings) if without_asking else questions(call.env, places, settings)
    before = is_there(places.config_file)
    write_config(places.config_file, answers.settings)
    if before:
        output.say(f"the settings that were there are kept in {places.config_file}.bak")
    output.say("written; every line in it has a comment:")
    output.text(str(places.config_file))
    if answers.check_clipboard:
        _check_clipboard(call, places)
    if answers.tmux:
        output.say("for ~/.tmux.conf:")
        output.text(TMUX_LINE)
    output.say("next: incident demo, or: incident new TITLE")
    return ExitCode.OK


def _settings(places: Paths) -> Settings:
    """Return the settings there are as the defaults; broken ones are no reason not to write new ones."""
    try:
        return load_settings(places.config_file)
    except Refused as refused:
        output.say(f"{refused.why}; starting from the defaults")
        return Settings()


def _check_clipboard(call: Call, places: Paths) -> None:
    from incident_cockpit.integrations.clipboard import copy

    word = "incident-cockpit"
    write = output.raw_error if sys.stderr.isatty() else None
    copied = copy(word, last_copy=places.last_copy, env=call.env, write_terminal=write)
    output.say(f"clipboard: {copied.words}")
    if copied.route == "terminal":
        output.say(f"  paste now: if '{word}' comes out, it works")


@click.command()
@common(incident=False)
def doctor(call: Call) -> int:
    """Say what works here and what does not.

    It looks at settings, store, plans, runbooks, themes, keys, terminal and clipboard, and exits with 4 when something
    is wrong.
    """
    from incident_cockpit.cli.commands.doctor import examine, wrong
    from incident_cockpit.cli.views import text

    findings = list(examine(call.env))
    if call.json:
        output.shape([{"name": one.name, "works": one.works, "words": one.words} for one in findings])
    else:
        output.lines(text.columns([(_MARKS[one.works], one.name, one.words) for one in findings]))
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


# -- demo: A sample incident in a store of its own, laid so that it is in the middle of things now.

SAMPLE = ("sample_data", "sample-incident.jsonl")


@contextmanager
def demo_store(env: Mapping[str, str], keep: Path | None) -> Iterator[Mapping[str, str]]:
    """Yield an environment whose store is thrown away afterwards, or stands in the folder `keep`.

    Settings, plans and themes of the user are not read: the demonstration looks the same everywhere.
    """
    if keep is not None:
        try:
            kept = keep.expanduser().absolute()
        except (OSError, RuntimeError) as error:
            raise Refused(f"the folder {keep} cannot be found ({error})", "give a full path") from error
        yield {**env, "INCIDENT_HOME": str(make_private(kept)), "INCIDENT": ""}
        return
    with tempfile.TemporaryDirectory(prefix="incident-demo-", ignore_cleanup_errors=True) as folder:
        yield {**env, "INCIDENT_HOME": folder, "INCIDENT": ""}


def fill(store: Store) -> str:
    """Read the sample incident into the store, moved to now, and return its id; one that is there already stays."""
    from incident_cockpit.journal.transfer import import_lines

    path = shipped(*SAMPLE)
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise Refused(f"the sample incident {path} cannot be read ({error.strerror})", "install it anew") from error
    known = [one.id for one in store.incidents() if one.id == json.loads(lines[0])["incident"]]
    if known:
        return known[0]
    # Its present is when its newest event was recorded.
    shift = store.clock.now().replace(microsecond=0) - _newest(lines)
    return import_lines(store.journal, lines, shift=shift).id


def _newest(lines: Sequence[bytes]) -> datetime:
    """Return when the sample's newest event was recorded."""
    events = (json.loads(line) for line in lines)
    return max(datetime.fromisoformat(event["recorded"]) for event in events if "recorded" in event)


# -- asking: The six questions of `incident init`, asked on a terminal or answered by a pipe, one line each.

TMUX_LINE = "set -g status-right '#(incident status --line)'"
_YES = frozenset(("y", "yes"))
_NO = frozenset(("n", "no", ""))


class Answers(Struct, frozen=True):
    """The settings that were chosen, and whether the clipboard is to be checked and the tmux line shown."""

    settings: Settings
    check_clipboard: bool
    tmux: bool


def defaults(settings: Settings) -> Answers:
    """Return what is taken when nobody is asked."""
    return Answers(settings, check_clipboard=False, tmux=False)


def questions(env: Mapping[str, str], places: Paths, settings: Settings) -> Answers:
    """Ask the six questions; an empty line takes the default, and so does the end of a pipe.

    On a terminal a wrong answer is asked for again; from a pipe it raises Refused, and nothing was written.
    """
    who = _ask("1/6 Who are you", known_speaker(env, settings), _name)
    plan = _ask("2/6 Response plan", settings.plan, lambda said: _plan(places, said))
    zone = _ask("3/6 Time zone", settings.zone, _zone)
    clipboard = _yes("4/6 Check the clipboard by copying a word (y/n)")
    webhook = _ask(
        "5/6 Slack incoming webhook, empty for none",
        settings.slack_webhook or "",
        _webhook,
        hidden=True,
    )
    tmux = _yes("6/6 Show a line for the status bar of tmux (y/n)")
    chosen = replace(settings, user=who or None, plan=plan, zone=zone, slack_webhook=webhook or None)
    return Answers(chosen, clipboard, tmux)


def _name(said: str) -> str:
    return "" if clean_line(said) == said else "holds a control character"


def _webhook(said: str) -> str:
    return "" if not said or said.startswith("https://") else "must begin with https://"


def _plan(places: Paths, said: str) -> str:
    from incident_cockpit.plan.loader import find_plan, load_plan

    folders = plan_folders(places)
    load_plan(find_plan(said, folders), folders)
    return ""


def _zone(said: str) -> str:
    parse_zone(said)
    return ""


def _yes(question: str) -> bool:
    said = _ask(question, "n", lambda said: "" if said.casefold() in _YES | _NO else "must be y or n")
    return said.casefold() in _YES


def _ask(question: str, default: str, wrong: Callable[[str], str], *, hidden: bool = False) -> str:
    """Return an answer with which nothing is wrong; a hidden one is not shown, neither as typed nor as the default."""
    shown = ("set" if default else "none") if hidden else default
    while True:
        said = _line(f"{question} [{shown}]: ", hidden).strip() or default
        try:
            complaint = wrong(said)
        except Refused as refused:
            complaint = str(refused)
        if not complaint:
            return said
        problem = f"{question.split(maxsplit=1)[1]}: {complaint if hidden else f'{said!r} {complaint}'}"
        if not sys.stdin.isatty():
            raise Refused(problem, "nothing was written; give another answer")
        output.say(f"  {problem}")


def _line(prompt: str, hidden: bool) -> str:
    if hidden and sys.stdin.isatty():
        return getpass.getpass(prompt)
    output.ask(prompt)
    line = streams.line()
    if not sys.stdin.isatty():
        output.say("" if hidden else line.strip())
    return line
