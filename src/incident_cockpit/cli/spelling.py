"""Hints in the words of a shell: the rules name an action as the entry line takes it, ":severity SEV1 all of EU"."""

from __future__ import annotations

import re

# What belongs to the screen, and the command that does the like.
INSTEAD = {
    "update": "incident update --for AUDIENCE",
    "postmortem": "incident postmortem",
    "new": "incident new TITLE",
    "triage": "incident declare, or incident dismiss",
    "copy-message": "incident message MESSAGE",
    "plan": "incident plan show",
    "copy-situation": "incident show",
    "say": "incident say",
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
_REST = re.compile(r" [^;\n]+")


def in_commands(hint: str) -> str:
    """Return a hint with every action as a command: "incident do severity SEV1 all of EU"."""
    # Late: only what went wrong needs it.
    from incident_cockpit.actions.registry import ACTIONS

    made, rest = "", hint
    while found := _TYPED.search(rest):
        verb = found[1]
        made, rest = made + rest[: found.start()], rest[found.end() :]
        if verb in _OWN and (words := _REST.match(rest)):
            made, rest = f"{made}{_OWN[verb]} {_one_word(words[0].strip())}", rest[words.end() :]
        elif verb in INSTEAD:
            made += INSTEAD[verb]
        elif verb in ACTIONS and ACTIONS[verb].decide is not None:
            made += f"incident do {verb}"
        else:
            made += found[0]
    return made + rest


def _one_word(words: str) -> str:
    return f'"{words}"' if " " in words else words
