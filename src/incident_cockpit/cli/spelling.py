"""Hints in the words of a shell: the rules name an action as the entry line takes it, ":severity SEV1 all of EU"."""

from __future__ import annotations

import re

# What belongs to the screen, and the command that does the like; {} is where it names its incident.
INSTEAD = {
    "update": "incident update --for AUDIENCE{}",
    "postmortem": "incident postmortem{}",
    "new": "incident new TITLE",
    "triage": "incident declare{}, or incident dismiss{}",
    "copy-message": "incident message MESSAGE{}",
    "plan": "incident plan show",
    "copy-situation": "incident show{}",
    "say": "incident say{}",
    "help": "incident do",
    "put-back": "incident put-back",
}
# Actions with a command of their own, which takes what follows as one word.
_OWN = {
    "dismiss": "incident dismiss --reason",
    "not-urgent": "incident dismiss --not-urgent --reason",
    "duplicate": "incident dismiss --duplicate-of",
}
_TYPED = re.compile(r"(?<![\w:]):([a-z]+(?:-[a-z]+)*)(?![\w-])")
# Where the words of an action end and the sentence goes on.
_REST = re.compile(r" [^,;?\n]+")


def named(incident: int | str | None, who: str | None = None) -> str:
    """Return the options that name an incident and who speaks, to stand at the end of a command; "" for None."""
    # Late: most commands end without a hint.
    from shlex import quote

    given = (("incident", incident), ("as", who))
    return "".join(f" --{option} {quote(str(value))}" for option, value in given if value is not None)


def instead(verb: str, incident: int | str | None = None) -> str | None:
    """Return the command that does in a shell what an action does on the screen, None where there is none."""
    way = INSTEAD.get(verb)
    return way.replace("{}", named(incident)) if way is not None else None


def in_commands(hint: str, incident: int | str | None = None) -> str:
    """Return a hint with every action as a command: "incident do severity SEV1 all of EU --incident 7".

    A command that does not name its incident may go to another one by the time that it is typed.
    """
    # Late: only what went wrong needs it.
    from incident_cockpit.actions.registry import ACTIONS

    made, rest = "", hint
    while found := _TYPED.search(rest):
        verb, said = found[1], ""
        made, rest = made + rest[: found.start()], rest[found.end() :]
        if (verb in _OWN or (verb in ACTIONS and ACTIONS[verb].decide is not None)) and (words := _REST.match(rest)):
            said, rest = words[0].rstrip(), rest[len(words[0].rstrip()) :]
        if verb in _OWN and said:
            made += f"{_OWN[verb]} {_one_word(said.strip())}{named(incident)}"
        elif (way := instead(verb, incident)) is not None:
            made += way
        elif verb in ACTIONS and ACTIONS[verb].decide is not None:
            made += f"incident do {verb}{said}{named(incident)}"
        else:
            made += found[0]
    return made + rest


def _one_word(words: str) -> str:
    return f'"{words}"' if " " in words else words
