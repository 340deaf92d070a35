"""Commands to set the program up: `demo`, `init` and `completion`."""

from __future__ import annotations

import getpass
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.cli import output
from incident_cockpit.cli.context import Call
from incident_cockpit.cli.options import common
from incident_cockpit.config.paths import Paths, make_private, paths, plan_folders
from incident_cockpit.config.settings import Settings, load_settings, write_config
from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.files import is_there
from incident_cockpit.resources import shipped
from incident_cockpit.service.crash_log import CRASH_LOG
from incident_cockpit.service.identity import known_speaker
from incident_cockpit.service.store import Store
from incident_cockpit.text.sanitize import clean_line
from incident_cockpit.times.parse import parse_zone


@click.command()
@click.option("--keep", metavar="DIR", help="Keep its store in this folder.")
@common(json=False, incident=False)
def demo(call: Call, keep: str | None) -> int:
    """Open the cockpit on a sample incident.

    It has a temporary store of its own; your incidents are not touched.
    """
    from incident_cockpit.cli.terminal import show as open_cockpit
    from incident_cockpit.integrations.terminal import need_terminal

    need_terminal(call.env)
    with demo_store(call.env, Path(keep) if keep is not None else None) as env:
        with replace(call, env=env).store() as store:
            code = open_cockpit(store, import_sample(store))
        if keep is not None:
            output.say(f"sample saved; to open it again: INCIDENT_HOME={env['INCIDENT_HOME']} incident")
    return code


@click.command()
@click.option("--defaults", "without_asking", is_flag=True, help="Write the defaults without asking.")
@common(json=False, incident=False)
def init(call: Call, without_asking: bool) -> int:
    """Ask six questions and write a config file.

    The program also works without one. Answers may be piped in, one a line; an empty line takes the default.
    """
    places = paths(call.env)
    if places.warning:
        output.warn(places.warning)
    settings = _settings(places)
    answers = InitAnswers(settings) if without_asking else ask_questions(call.env, places, settings)
    before = is_there(places.config_file)
    write_config(places.config_file, answers.settings)
    if before:
        output.say(f"previous settings saved in {places.config_file}.bak")
    output.say("Saved, with a comment on every setting:")
    output.text(str(places.config_file))
    if answers.check_clipboard:
        _check_clipboard(call, places)
    if answers.tmux:
        output.say("for ~/.tmux.conf:")
        output.text(TMUX_LINE)
    output.say("next: incident demo, or: incident new TITLE")
    return ExitCode.OK


def _settings(places: Paths) -> Settings:
    """Return the present settings as the defaults, or the built-in ones where the file is invalid."""
    try:
        return load_settings(places.config_file)
    except Refused as refused:
        output.say(f"{refused.why}; using the built-in defaults")
        return Settings()


def _check_clipboard(call: Call, places: Paths) -> None:
    from incident_cockpit.integrations.clipboard import copy

    word = "incident-cockpit"
    write = output.raw_error if sys.stderr.isatty() else None
    copied = copy(word, last_copy=places.last_copy, env=call.env, write_terminal=write)
    output.say(f"clipboard: {copied.words}")
    if copied.route == "terminal":
        output.say(f'  paste it somewhere: "{word}" means that it works')


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the completion script for a shell.

    \b
    bash: eval "$(incident completion bash)"          in ~/.bashrc
    zsh:  eval "$(incident completion zsh)"           in ~/.zshrc, after compinit
    fish: incident completion fish | source           in ~/.config/fish/config.fish
    """
    from click.shell_completion import ShellComplete, get_completion_class

    from incident_cockpit.cli.main import COMPLETION
    from incident_cockpit.cli.tree import PROGRAM, root

    complete = get_completion_class(shell)
    if complete is None:
        raise Refused(f"no completion for {shell}", "use one of: bash, zsh, fish")
    # The base class's own: the one for bash starts a bash to ask for its version, and prints when there is none.
    output.text(ShellComplete.source(complete(root, {}, PROGRAM, COMPLETION)))
    return ExitCode.OK


# -- The sample incident, moved so that it is in progress now

SAMPLE = ("sample_data", "sample-incident.jsonl")


@contextmanager
def demo_store(env: Mapping[str, str], keep: Path | None) -> Iterator[Mapping[str, str]]:
    """Yield an environment with a temporary store, or with one in the folder `keep`.

    Settings, plans and themes of the user are not read, so that the demonstration looks the same everywhere.
    """
    if keep is not None:
        try:
            folder = keep.expanduser().absolute()
        except (OSError, RuntimeError) as error:
            raise Refused(f"cannot find the folder {keep} ({error})", "use a full path") from error
        yield {**env, "INCIDENT_HOME": str(make_private(folder)), "INCIDENT": ""}
        return
    temporary = Path(tempfile.mkdtemp(prefix="incident-demo-"))
    try:
        yield {**env, "INCIDENT_HOME": str(temporary), "INCIDENT": ""}
    finally:
        # After a crash its log stays, because the message on the terminal names it.
        with suppress(OSError):
            for entry in temporary.iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry, ignore_errors=True)
                elif entry.name != CRASH_LOG:
                    entry.unlink(missing_ok=True)
            temporary.rmdir()


def import_sample(store: Store) -> str:
    """Import the sample incident, unless the store has it, and return its id."""
    from incident_cockpit.journal.transfer import import_lines

    path = shipped(*SAMPLE)
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise Refused(f"cannot read the sample incident {path} ({error.strerror})", "reinstall the program") from error
    incident_id = str(json.loads(lines[0])["incident"])
    if any(row.id == incident_id for row in store.incidents()):
        return incident_id
    events = map(json.loads, lines)
    newest = max(datetime.fromisoformat(event["recorded"]) for event in events if "recorded" in event)
    return import_lines(store.journal, lines, shift=store.clock.now().replace(microsecond=0) - newest).id


# -- The six questions of `incident init`, answered on a terminal or by a pipe, one line each

TMUX_LINE = "set -g status-right '#(incident status --line)'"
_YES = frozenset(("y", "yes"))
_NO = frozenset(("n", "no", ""))


class InitAnswers(Struct, frozen=True):
    """The settings that were chosen, whether to check the clipboard, and whether to print the tmux line."""

    settings: Settings
    check_clipboard: bool = False
    tmux: bool = False


def ask_questions(env: Mapping[str, str], places: Paths, settings: Settings) -> InitAnswers:
    """Ask the six questions; an empty line and the end of a pipe take the default.

    On a terminal an invalid answer is asked for again; from a pipe it raises Refused, and nothing is written.
    """

    def check_plan(name: str) -> str:
        from incident_cockpit.plan.loader import find_plan, load_plan

        folders = plan_folders(places)
        load_plan(find_plan(name, folders), folders)
        return ""

    def check_zone(name: str) -> str:
        parse_zone(name)
        return ""

    def check_webhook(url: str) -> str:
        return "" if not url or url.startswith("https://") else "must start with https://"

    def check_name(name: str) -> str:
        return "" if clean_line(name) == name else "contains a control character"

    name = _ask("1/6 Your name", known_speaker(env, settings), check_name)
    plan = _ask("2/6 Response plan", settings.plan, check_plan)
    zone = _ask("3/6 Time zone", settings.zone, check_zone)
    clipboard = _ask_yes_or_no("4/6 Check the clipboard by copying a word (y/n)")
    webhook = _ask("5/6 Slack incoming webhook (optional)", settings.slack_webhook or "", check_webhook, hidden=True)
    tmux = _ask_yes_or_no("6/6 Print a line for the tmux status bar (y/n)")
    chosen = replace(settings, user=name or None, plan=plan, zone=zone, slack_webhook=webhook or None)
    return InitAnswers(chosen, clipboard, tmux)


def _ask_yes_or_no(question: str) -> bool:
    answer = _ask(question, "n", lambda answer: "" if answer.casefold() in _YES | _NO else "must be y or n")
    return answer.casefold() in _YES


def _ask(question: str, default: str, check: Callable[[str], str], *, hidden: bool = False) -> str:
    """Return a valid answer; a hidden one is not shown, neither as it is typed nor as the default."""
    shown = ("set" if default else "none") if hidden else default
    while True:
        answer = _read_answer(f"{question} [{shown}]: ", hidden).strip() or default
        try:
            error = check(answer)
        except Refused as refused:
            error = str(refused)
        if not error:
            return answer
        # An error of a lookup quotes the answer itself.
        quoted = "" if hidden or f'"{answer}"' in error else f'"{answer}" '
        problem = f"{question.split(maxsplit=1)[1]}: {quoted}{error}"
        if not sys.stdin.isatty():
            raise Refused(problem, "nothing was written; correct this answer")
        output.say(f"  {problem}")


def _read_answer(prompt: str, hidden: bool) -> str:
    if hidden and sys.stdin.isatty():
        return getpass.getpass(prompt)
    output.ask(prompt)
    line = output.read_line()
    if not sys.stdin.isatty():
        output.say("" if hidden else line.strip())
    return line
