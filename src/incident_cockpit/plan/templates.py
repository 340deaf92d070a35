"""The language of update templates: which variables there are and how a template is set up and checked."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import nodes
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
    "highest": "how large the harm was at its worst and when, empty while it is not over the worst",
    "changes": "what changed since the last update to these readers, oldest first: each has time, text and kind, which "
    "is severity, phase, impact, system, cause, effect, decision, gate, ask, need, command or done",
    "actions": "what was done, oldest first: each has time, text and effect, which is empty until somebody has seen it",
    "decisions": "what was decided and still holds, oldest first: each has time, text, why and risk",
    "next_steps": "what is being done now: what was asked of whom, which cause is looked into, what is looked at again",
    "hypotheses": "possible causes: each has status, text and found, which is what showed it",
    "needs": "what is still needed, one text each",
    "channel": "the incident's channel, empty if there is none",
    "call": "the link of the call, empty if there is none",
    "risks": "immediate risks, oldest first: each has time and text",
    "findings": "what was found so far, oldest first: each has time and text",
    "workaround": "what users can do meanwhile, empty while nothing is known",
    "cause": "the confirmed cause, empty while it is not known",
    "why": "why the severity is what it is, empty if nobody said",
    "reason": "the reason given for what the message tells: a dismissal, an escalation",
    "reporter": "who reported it, empty if nobody is named",
    "reported_via": "by which channel it was reported, empty if that is not known",
    "ping": "whom to call in, one @name each, which calls nobody when pasted",
    "join": "who has to join, one @name each, which calls nobody when pasted",
    "types": "the sorts of incident it is, one name each",
    "systems": "the systems that are affected, one name each; each has a status too, empty where nobody said it",
    "codename": "the codename of a restricted incident, empty for any other",
    "verified": "what verified that it is resolved, empty while it is not",
    "review_at": "when the review is held, with its zone; empty if none is scheduled",
    "follow_ups": "what is left to do afterwards: each has text, owner, priority and due",
    "sections": "what the postmortem answers, one heading each",
    "same_as": "which incident a duplicate belongs to, empty for any other",
    "detected_by": "how it was found, empty if nobody said",
    "passed_over": "what was not done when it was closed, waived legal duties too: each has text and reason",
    "to": "whom a rung or a notice tells, empty for any other text",
    "asked": "what is asked of whom it is told, one text each",
    "contains": "what a notice has to say: each has heading and text, the text empty while it is not known",
    "speaker": "who reads a script aloud, empty for any other text",
    "roles": "who holds which role: each has role and who",
    "vacant": "the required roles that nobody holds, one name each",
    "asks": "who was asked for what and has not answered: each has who, text and time",
    "lacking": "what the response lacks, one text each",
    "proposal": "the decision on which nobody has spoken up yet: it has text, why, risk and who; empty if none",
    "incoming": "who takes over command, empty unless it is offered",
    "outgoing": "who hands over command or has handed it over, empty if nobody did",
}

# The moments at which there is a text to copy, and what each is. A plan may word them itself, and add its own.
MOMENTS = {
    "declared": "the first message of a new incident",
    "invite": "who has to join, and where",
    "dismissed": "that a report was a false alarm, and why",
    "duplicate": "that a report belongs to another incident",
    "ticket": "what is real but not urgent, for the tracker",
    "status": "that the incident's status changed",
    "all-clear": "that it is over, for everybody who was told",
    "postmortem": "what was learned, in short",
    "escalation": "what somebody needs to know who is called in",
    "notice": "what an authority or the affected people are told",
}

# What is read aloud. A plan may word each in a message with this id.
SCRIPTS = {
    "say-opening": "who is in command, what is wrong, who does what, when the next update comes",
    "say-size-up": "what you ask whoever looks into it: what they see, what they think, what they need",
    "say-objections": "a decision put to everybody, with the time to speak up",
    "say-swoop": "what you say to somebody senior who starts to give orders",
    "say-transfer": "that command changes hands, and from when on",
    "say-all-clear": "that it is over, who stays, and what comes next",
}
SCRIPT = "say-"

LONGEST_TEMPLATE = 20_000
DEEPEST_LOOPS = 2

# Jinja's sandbox keeps a template away from the machine, not from its memory and its time: calls, macros, assignments
# and multiplication can grow without end, so only what grows with the facts is let in.
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
    """Return the sandbox in which every update template is checked and filled in.

    A line that holds nothing but a block tag leaves no trace in the text.
    """
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # What is written goes to a chat or a status page, never into HTML: escaping is the exporter's, one for each target.
    # Not optimized: checking a template must not work out what it holds, such as 9**9**9.
    return ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, autoescape=False, optimized=False)


@lru_cache(maxsize=256)
def template_errors(text: str) -> tuple[str, ...]:
    """Return what is wrong with a template, a line each: bad syntax, what could grow without end, unknown variables."""
    from jinja2 import TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables

    if len(text) > LONGEST_TEMPLATE:
        return (f"it is longer than {LONGEST_TEMPLATE:,} characters",)
    try:
        tree = environment().parse(text)
        # Before it is compiled, because compiling works out constants: 'x' * 9999999999 would take all memory.
        refused = tuple(dict.fromkeys(_refused(tree, 0, joined=False)))
        if refused:
            return refused
        environment().compile(text)
        used = find_undeclared_variables(tree)
    except TemplateSyntaxError as error:
        return (f"line {error.lineno}: {error.message or 'it is no template'}",)
    except RecursionError:
        return ("it is nested too deeply to be read",)
    return tuple(_unknown(name) for name in sorted(used - VARIABLES.keys()))


@lru_cache(maxsize=256)
def named_in(text: str) -> frozenset[str]:
    """Return the variables that a template names; none where it is broken."""
    from jinja2.meta import find_undeclared_variables

    return frozenset() if template_errors(text) else frozenset(find_undeclared_variables(environment().parse(text)))


def _refused(node: nodes.Node, loops: int, *, joined: bool) -> Iterator[str]:
    """Yield what could grow faster than the facts it is given."""
    from jinja2 import nodes

    kind = type(node).__name__
    if kind not in _ALLOWED:
        yield f"line {node.lineno}: '{kind.lower()}' cannot be used in a template"
        return
    if isinstance(node, nodes.For):
        loops += 1
        if node.recursive or loops > DEEPEST_LOOPS:
            yield f"line {node.lineno}: loops stand more than {DEEPEST_LOOPS} deep in each other"
            return
    if isinstance(node, nodes.Filter):
        if node.name not in _FILTERS:
            yield f"line {node.lineno}: there is no filter '{node.name}'; use {', '.join(sorted(_FILTERS))}"
        if node.name == "join" and joined:
            yield f"line {node.lineno}: a 'join' stands in another"
        joined = joined or node.name == "join"
    for child in node.iter_child_nodes():
        yield from _refused(child, loops, joined=joined)


def _unknown(name: str) -> str:
    near = get_close_matches(name, VARIABLES, 1)
    return f"there is no variable {name!r}" + (
        f", did you mean {near[0]!r}?" if near else f"; there are {', '.join(VARIABLES)}"
    )
