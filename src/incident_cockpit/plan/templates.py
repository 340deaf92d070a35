"""The language of update templates: which variables there are and how a template is set up and checked."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

VARIABLES = {
    "title": "what is wrong, in the incident's own words",
    "id": "the incident's short id, such as INC-7",
    "severity": "the severity's id",
    "severity_means": "what the severity means",
    "phase": "the phase's name",
    "public": "the status word for the public",
    "impact": "who is affected and how, empty while not known",
    "started": "when it started, with its zone",
    "elapsed": "how long it has been going on",
    "commander": "who is in command, empty if nobody",
    "number": "the number of this update for its audience, from 1",
    "next_time": "when the next update comes, with its zone; empty if none is promised",
    "steps_done": "how far the runbooks are, such as 7/19",
    "actions": "what was done, oldest first: each has time and text",
    "decisions": "what was decided, oldest first: each has time and text",
    "hypotheses": "possible causes: each has status and text",
    "needs": "what is still needed, one text each",
}


@cache
def environment() -> SandboxedEnvironment:
    """Return the sandbox in which every update template is checked and filled in.

    A line that holds nothing but a block tag leaves no trace in the text.
    """
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # What is written goes to a chat or a status page, never into HTML: escaping is the exporter's, one for each target.
    # Not optimized: checking a template must not work out what it holds, such as 9**9**9.
    return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, autoescape=False, optimized=False)


def template_errors(text: str) -> tuple[str, ...]:
    """Return what is wrong with a template, one line each: bad syntax, or a variable there is none of."""
    from jinja2 import TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables

    try:
        environment().compile(text)
        used = find_undeclared_variables(environment().parse(text))
    except TemplateSyntaxError as error:
        return (f"line {error.lineno}: {error.message}",)
    except RecursionError:
        return ("it is nested too deeply to be read",)
    return tuple(_unknown(name) for name in sorted(used - VARIABLES.keys()))


def _unknown(name: str) -> str:
    near = get_close_matches(name, VARIABLES, 1)
    return f"there is no variable {name!r}" + (
        f", did you mean {near[0]!r}?" if near else f"; there are {', '.join(VARIABLES)}"
    )
