"""Filling in the templates of a plan: a small part of Jinja, in a sandbox, bounded in what it can do and write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from incident_cockpit.errors import Refused
from incident_cockpit.plan.templates import environment, template_errors

if TYPE_CHECKING:
    from types import TracebackType

    from jinja2 import Template

Value = str | int | Sequence["Value"] | Mapping[str, "Value"]


class Named(str):
    """A word of a list that has more to say of itself: a template joins it with others, or asks for its status."""

    __slots__ = ("status",)
    status: str

    def __new__(cls, name: str, status: str) -> Named:
        """Make the word with its status."""
        made = super().__new__(cls, name)
        made.status = status
        return made


LONGEST_TEXT = 40_000  # above it Slack cuts a message off, and no reader gets that far


def render(text: str, variables: Mapping[str, Value], source: str, escape: Callable[[str], str] = str) -> str:
    """Return the template filled in, each text among the variables passed through `escape` on the way.

    `source` names the template in what is refused. Raises Refused, with the line, for a template that is broken,
    reaches for what the sandbox does not give, or writes more than anybody reads.
    """
    template = _prepared(text, source)
    written, parts = 0, []
    try:
        for part in template.generate(_escaped(variables, escape)):
            written += len(part)
            if written > LONGEST_TEXT:
                raise _refused(source, f"it writes more than {LONGEST_TEXT:,} characters")
            parts.append(part)
    except Refused:
        raise
    except Exception as error:  # a template can fail in as many ways as a program
        raise _refused(source, str(error) or type(error).__name__, _line_of(error.__traceback__)) from error
    return "".join(parts).strip("\n")


def _escaped(value: Mapping[str, Value], escape: Callable[[str], str]) -> dict[str, Value]:
    return {name: _escape_one(one, escape) for name, one in value.items()}


def _escape_one(value: Value, escape: Callable[[str], str]) -> Value:
    if isinstance(value, Named):
        return Named(escape(value), escape(value.status))
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return _escaped(value, escape)
    return [_escape_one(one, escape) for one in value] if isinstance(value, Sequence) else value


@cache
def _prepared(text: str, source: str) -> Template:
    from jinja2 import StrictUndefined

    for wrong in template_errors(text):
        raise _refused(source, wrong)
    return environment().overlay(undefined=StrictUndefined).from_string(text)


def _line_of(trace: TracebackType | None) -> int | None:
    """Return the last line of the template in the trace; Jinja writes its own numbers into it."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _refused(source: str, why: str, line: int | None = None) -> Refused:
    at = f"line {line}: " if line is not None else ""
    return Refused(f"The {source} cannot be filled in: {at}{why}", "mend it in the plan, or write the text by hand")
