"""The six questions of `incident init`, asked on a terminal or answered by a pipe, one line each."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.cli import diagnostics, input  # noqa: A004 - read as input.line()
from incident_cockpit.cockpit.who import known_speaker
from incident_cockpit.config.folders import plan_folders
from incident_cockpit.config.paths import Paths
from incident_cockpit.config.settings import Settings
from incident_cockpit.errors import Refused
from incident_cockpit.text.clean import clean_line
from incident_cockpit.timewords import zone_of

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
    from incident_cockpit.plan.read import find_plan, load_plan

    folders = plan_folders(places)
    load_plan(find_plan(said, folders), folders)
    return ""


def _zone(said: str) -> str:
    zone_of(said)
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
        diagnostics.say(f"  {problem}")


def _line(prompt: str, hidden: bool) -> str:
    if hidden and sys.stdin.isatty():
        return getpass.getpass(prompt)
    diagnostics.ask(prompt)
    line = input.line()
    if not sys.stdin.isatty():
        diagnostics.say("" if hidden else line.strip())
    return line
