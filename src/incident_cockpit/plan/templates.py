"""The language of templates: their variables, their sandbox and their checks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from incident_cockpit.text.suggest import did_you_mean

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import SandboxedEnvironment

VARIABLES = {
    "title": "title of the incident",
    "id": "short ID of the incident, such as INC-7",
    "severity": "ID of the severity",
    "severity_means": "definition of the severity",
    "phase": "name of the phase",
    "public": "public status",
    "impact": "customer impact, empty while unknown",
    "started": "start of the impact, with its time zone",
    "elapsed": "duration so far",
    "commander": "incident commander, empty if unassigned",
    "number": "number of this update for its audience, from 1",
    "next_time": "time of the next update, with its time zone; empty if none is promised",
    "steps_done": "progress of the runbooks, such as 7/19",
    "highest": "peak of the impact and its time, empty until the impact declines",
    "changes": "changes since the last update to these readers, oldest first: each has time, text and kind, which is "
    "severity, phase, impact, system, cause, effect, decision, gate, ask, need, command or done",
    "actions": "actions, oldest first: each has time, text and effect, which is empty while the outcome is unknown",
    "decisions": "decisions that are still valid, oldest first: each has time, text, why and risk",
    "next_steps": "current work: open asks, hypotheses being tested, decisions to review",
    "hypotheses": "possible causes: each has status, text and found, the evidence for it",
    "needs": "what is needed: logged needs, open asks and vacant roles, one text each",
    "channel": "channel of the incident, empty if there is none",
    "call": "address of the call, empty if there is none",
    "risks": "immediate risks, oldest first: each has time and text",
    "findings": "findings so far, oldest first: each has time and text",
    "workaround": "workaround for users, empty while unknown",
    "cause": "confirmed cause, empty while unknown",
    "why": "evidence for the severity, empty if none was given",
    "reason": "reason given for a dismissal or an escalation",
    "reporter": "reporter, empty if none is recorded",
    "reported_via": "channel of the report, empty if none is recorded",
    "ping": "who is paged, one @name each; pasting it notifies no one",
    "join": "who must join, one @name each; pasting it notifies no one",
    "types": "incident types, one name each",
    "systems": "affected systems, one name each; each has a status, empty if none is recorded",
    "codename": "codename, empty unless the incident is restricted",
    "verified": "how recovery was verified, empty until resolved",
    "review_at": "time of the review, with its time zone; empty if none is scheduled",
    "follow_ups": "open follow-ups: each has text, owner, priority and due",
    "sections": "headings of the postmortem",
    "same_as": "incident that this one duplicates, empty if none",
    "detected_by": "detection, empty if none is recorded",
    "passed_over": "items not done at closing, including waived legal duties: each has text and reason",
    "to": "recipients of an escalation or a notification, empty in other texts",
    "asked": "requests to those recipients, one text each",
    "contains": "what a notification must include: each has heading and text, which is empty while unknown",
    "speaker": "who reads a script aloud, empty in other texts",
    "roles": "assigned roles: each has role and who",
    "vacant": "required roles that are unassigned, one name each",
    "asks": "open asks: each has who, text and time",
    "lacking": "needs that were logged, one text each",
    "proposal": "decision that is still open to objections: it has text, why, risk and who; empty if none",
    "incoming": "next commander, empty unless command is offered",
    "outgoing": "previous commander, empty unless command is handed off",
}

# The moments that have a text to copy. A plan may replace each text, and add its own.
MOMENTS = {
    "declared": "first message of an incident",
    "invite": "who must join, and where",
    "dismissed": "a false alarm, with its reason",
    "duplicate": "a duplicate of another incident",
    "ticket": "a ticket for what is not urgent",
    "status": "a change of status",
    "all-clear": "the all-clear, to everyone who was notified",
    "postmortem": "summary of the postmortem",
    "escalation": "facts for someone who is paged",
    "notice": "a notification of an authority or of affected people",
}

# The scripts to read aloud. A plan may replace each with a message of this ID.
SCRIPTS = {
    "say-opening": "commander, problem, roles, time of the next update",
    "say-size-up": "questions to a responder: findings, hypothesis, needs",
    "say-objections": "a decision, with time for objections",
    "say-swoop": "reply to an executive who starts to give orders",
    "say-transfer": "the handoff of command, with its time",
    "say-all-clear": "the all-clear, who stays, what comes next",
}
SCRIPT = "say-"

LONGEST_TEMPLATE = 20_000
DEEPEST_LOOPS = 2

# Jinja's sandbox protects the machine, not its memory and time: calls, macros, assignments and multiplication can grow
# without limit, so only what grows with the facts is allowed.
_ALLOWED = frozenset({
    "Template", "Output", "TemplateData", "If", "For", "Name", "Const", "Getattr", "Getitem", "Slice", "Filter",
    "Test", "Compare", "Operand", "And", "Or", "Not", "CondExpr", "Concat", "List", "Tuple", "Add", "Sub", "Neg",
    "Keyword",
})  # fmt: skip
_FILTERS = frozenset({
    "upper", "lower", "title", "capitalize", "trim", "first", "last", "length", "count", "join", "default", "d",
    "reverse", "list", "sort", "unique", "truncate", "select", "selectattr", "reject", "rejectattr", "map",
    "string", "int", "wordcount",
})  # fmt: skip


@cache
def environment() -> SandboxedEnvironment:
    """Return the sandbox in which templates are checked and filled in.

    A line with only a block tag leaves no empty line.
    """
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # The text goes to a chat or a status page, never into HTML: each format escapes for its own target.
    # Not optimized: a check of a template must not evaluate its constants, such as 9**9**9.
    return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, autoescape=False, optimized=False)


@lru_cache(maxsize=256)
def template_errors(text: str) -> tuple[str, ...]:
    """Return the errors of a template, a line each: syntax, unlimited expressions, unknown variables."""
    from jinja2 import TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables

    if len(text) > LONGEST_TEMPLATE:
        return (f"is too long, at most {LONGEST_TEMPLATE:,} characters",)
    try:
        tree = environment().parse(text)
        # Before it is compiled, because compiling evaluates constants: 'x' * 9999999999 would take all memory.
        refused = tuple(dict.fromkeys(_refused(tree, 0, joined=False)))
        if refused:
            return refused
        environment().compile(text)
        used = find_undeclared_variables(tree)
    except TemplateSyntaxError as error:
        return (f"line {error.lineno}: {error.message or 'not a template'}",)
    except RecursionError:
        return ("is nested too deeply",)
    unknown = {name: did_you_mean(name, VARIABLES) for name in sorted(used - VARIABLES.keys())}
    allowed = f"allowed: {', '.join(VARIABLES)}"
    return tuple(f"no variable {name!r}" + (f", {hint}" if hint else f"; {allowed}") for name, hint in unknown.items())


@lru_cache(maxsize=256)
def named_in(text: str) -> frozenset[str]:
    """Return the variables of a template; none if it has errors."""
    from jinja2.meta import find_undeclared_variables

    return frozenset() if template_errors(text) else frozenset(find_undeclared_variables(environment().parse(text)))


def _refused(node: nodes.Node, loops: int, *, joined: bool) -> Iterator[str]:
    """Yield expressions that could grow faster than the facts."""
    from jinja2 import nodes

    kind = type(node).__name__
    if kind not in _ALLOWED:
        yield f"line {node.lineno}: '{kind.lower()}' is not allowed in a template"
        return
    if isinstance(node, nodes.For):
        loops += 1
        if node.recursive or loops > DEEPEST_LOOPS:
            yield f"line {node.lineno}: loops are nested more than {DEEPEST_LOOPS} deep"
            return
    if isinstance(node, nodes.Filter):
        if node.name not in _FILTERS:
            yield f"line {node.lineno}: no filter '{node.name}'; allowed: {', '.join(sorted(_FILTERS))}"
        if node.name == "join" and joined:
            yield f"line {node.lineno}: a 'join' within another"
        joined = joined or node.name == "join"
    for child in node.iter_child_nodes():
        yield from _refused(child, loops, joined=joined)
