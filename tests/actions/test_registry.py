"""The registry: names, keys, labels and arguments of every action, and its rule."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from inspect import Parameter, signature
from itertools import pairwise
from typing import Any

import pytest

from incident_cockpit.actions.action import Action, Scope
from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.arguments.texts import TextArg
from incident_cockpit.actions.arguments.times import DurationArg
from incident_cockpit.actions.execute import invoke
from incident_cockpit.actions.registry import ACTIONS, GROUPS, done, find
from incident_cockpit.config.keymap import check_keymap
from incident_cockpit.errors import Refused
from incident_cockpit.incident.declare import RuleInputs
from incident_cockpit.incident.event import Moment
from incident_cockpit.incident.facts.notes import CommandRun
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.plan.schema import Plan
from incident_cockpit.runbook.model import Runbook
from support.builders import RUNBOOK, Story, default_plan, full_plan, newer_runbook, runbook_at
from support.refusals import refuses

# Types that the modules of rules import for type checking only.
TYPES = {"Incident": Incident, "Record": Record, "Runbook": Runbook, "Plan": Plan}
EVERY = [action for group in GROUPS for action in group.ACTIONS]

# One way to do each action in the story below; a new action needs a line here.
WAYS: dict[str, dict[str, Any]] = {
    "note": {"text": "5xx at 8%"},
    "action": {"text": "rolled back"},
    "decision": {"text": "roll back"},
    "finding": {"text": "4512 is bad"},
    "undo": {},
    "redo": {},
    "tick": {"step": "s2"},
    "skip": {"step": "2", "reason": "not here"},
    "start-step": {"step": "Reproduce the failure"},
    "tick-off": {"step": "r1.s2"},
    "reopen-step": {"step": "s1"},
    "assign-step": {"step": "s2", "who": "raj"},
    "answer-step": {"step": "What can users not do", "answer": "pay by card"},
    "tick-all": {"step": "Size the impact"},
    "timebox": {"step": "s2", "within": "10m"},
    "add-step": {"step": "s2", "text": "Ask the shops"},
    "branch": {"gate": "1", "choice": "2"},
    "attach": {"runbook": runbook_at(RUNBOOK)},
    "update-runbook": {"runbook": "service-outage", "newer": newer_runbook()},
    "severity": {"severity": "1", "reason": "all of EU"},
    "phase": {"phase": "monitoring"},
    "resolve": {"verified": "5xx at baseline"},
    "close": {},
    "impact": {"impact": "8% of payments"},
    "title": {"title": "Checkout fails"},
    "mark": {"name": "mitigated"},
    "milestone": {"name": "detected", "at": "-10m"},
    "answered": {"text": "we look into it"},
    "investigate": {"who": "Raj", "within": "20m"},
    "declare": {"severity": "2", "why": "a third of the shops"},
    "dismiss": {"reason": "a load test"},
    "duplicate": {"of": "INC-3", "reason": "the same trace"},
    "not-urgent": {"reason": "one export is slow"},
    "type": {"type": "breach"},
    "remove-type": {"type": "security", "reason": "nobody was inside"},
    "detected-by": {"detection": "alert"},
    "channel": {"name": "#inc-7-checkout"},
    "call": {"link": "https://meet.example/inc-7"},
    "risk": {"text": "vouchers may be paid twice"},
    "restrict": {"codename": "Bluebird"},
    "unrestrict": {},
    "breach": {"field": "people", "text": "about 200 customers"},
    "evidence": {"text": "disk image of web-3", "where": "vault 12"},
    "evidence-handed": {"evidence": "access log", "who": "Lee"},
    "assign": {"role": "scribe", "who": "Mio"},
    "ack": {"ask": "replica"},
    "extend": {"ask": "Raj", "within": "5m"},
    "reassign": {"ask": "Raj", "who": "Kim"},
    "need": {"text": "somebody with access to the gateway"},
    "need-met": {"need": "vendor", "who": "Kim"},
    "handoff": {"who": "Kim"},
    "read-back": {"point": "impact", "words": "8% of payments fail"},
    "take-command": {"reason": "Ana has to leave"},
    "keep-command": {},
    "system": {"system": "checkout", "health": "degraded"},
    "decide": {"text": "Roll back", "why": "errors", "risk": "cold caches", "who": "raj", "revisit": "30m"},
    "objection": {"decision": "Stay", "objection": "Kim: it lacks the fix"},
    "revisit": {"decision": "Stay", "within": "20m"},
    "reverse": {"decision": "Stay", "reason": "the fix is out"},
    "effect": {"action": "Drained", "outcome": "helped"},
    "ran": {"run": CommandRun("uptime", 0, 0.1, "up 3 days", "INC-7.txt", 9)},
    "pin": {"link": "https://graphs.example/5xx", "entry": "Drained"},
    "backfill": {"at": "13:30", "text": "deploy of 4512"},
    "chat": {"thread": "[13:50] Raj: errors"},
    "supports": {"hypothesis": "DNS", "text": "no answer from the resolver"},
    "contradicts": {"hypothesis": "DNS", "text": "dig answers"},
    "release": {"role": "tech"},
    "ask": {"who": "Raj", "text": "lag?"},
    "escalate": {"who": "Kim", "reason": "the gateway is beyond us"},
    "answer": {"ask": "Raj", "answer": "3 s"},
    "drop": {"ask": "replica"},
    "trigger": {"trigger": "legal", "who": "Lou", "reason": "a lawyer wrote"},
    "solo": {},
    "complete": {"item": "Open the ticket", "note": "OPS-12"},
    "waive": {"item": "support desk", "reason": "they saw it first"},
    "adopt-plan": {"plan": default_plan()},
    "timer": {"within": "10m"},
    "done": {"timer": "rollback"},
    "cancel": {"timer": "check the"},
    "snooze": {"item": "internal"},
    "cadence": {"audience": "internal", "every": "off"},
    "hypothesis": {"text": "a full disk"},
    "test": {"hypothesis": "DNS"},
    "rule-out": {"hypothesis": "DNS", "evidence": "resolves"},
    "confirm": {"hypothesis": "dns", "evidence": "NXDOMAIN"},
    "reopen-hypothesis": {"hypothesis": "deploy"},
    "follow-up": {"text": "alert on lag"},
    "follow-up-done": {"follow_up": "runbook"},
    "follow-up-owner": {"follow_up": "runbook", "who": "raj"},
    "follow-up-priority": {"follow_up": "runbook", "priority": "high"},
    "follow-up-kind": {"follow_up": "runbook", "kind": "process"},
    "follow-up-due": {"follow_up": "runbook", "due": "fri"},
    "follow-up-success": {"follow_up": "runbook", "success": "nobody asks again"},
    "schedule-review": {"at": "mon 10:00", "minutes": "90m", "where": "Room 4"},
    "review-held": {"at": "-5m"},
    "sent": {"audience": "external", "route": "osc52", "text": "We are on it"},
}
# What stands in the way of some of them in that story, on purpose.
REFUSED = {"attach": "already attached", "close": "not resolved yet", "redo": "[Nn]othing to redo"}
# What is done to a report, before it is an incident.
TRIAGE = ("answered", "investigate", "declare", "dismiss", "duplicate", "not-urgent")

# What is done once command was offered.
HANDING_OVER = ("read-back", "take-command", "keep-command")


def story() -> Story:
    told = Story().declare(runbook=RUNBOOK, since="-20m", plan=full_plan())
    told.do("assign", role="tech", who="Raj")
    told.do("tick", step="s1")
    told.do("ask", who="Raj", within="20m", text="replica lag?")
    told.do("timer", within="15m", text="check the rollback")
    told.do("hypothesis", text="DNS")
    told.do("hypothesis", text="bad deploy")
    told.do("test", hypothesis="deploy", who="Raj")
    told.do("follow-up", text="mend the runbook")
    told.do("decision", text="Stay on the old version")
    told.do("action", text="Drained the pool")
    told.do("need", text="the vendor on the line")
    told.do("type", type="security")
    told.do("restrict", codename="Kestrel")
    told.do("evidence", text="access log of the gateway")
    return told


def test_names_are_unique() -> None:
    assert len(EVERY) == len({action.name for action in EVERY})


def test_keys_are_unique_within_a_scope() -> None:
    keys = {name: action.keys for name, action in ACTIONS.items()}
    scopes = {name: action.scope.value for name, action in ACTIONS.items()}
    checked = check_keymap({}, keys, scopes)
    assert checked == keys, "the registry names keys as the screen does"
    assert set(scopes.values()) <= {scope.value for scope in Scope}


def test_prefixes_are_unique() -> None:
    signs = [action.prefix for action in EVERY if action.prefix]
    assert sorted(signs) == sorted("?!=@")


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_action_has_a_name_labels_and_distinct_arguments(action: Action) -> None:
    assert action.name == action.name.casefold().strip()
    assert " " not in action.name
    for text in (action.description, action.title, *(arg.prompt for arg in action.args)):
        assert text[0].isupper()
        assert not text.endswith("."), "a label, no sentence"
    assert [arg.name for arg in action.args] == list(dict.fromkeys(arg.name for arg in action.args))
    required = [arg.required and not arg.default for arg in action.args]
    optional_before_required = any(not first and second for first, second in pairwise(required))
    assert not optional_before_required or any(isinstance(arg, DurationArg) for arg in action.args)
    assert find(action.name) is action


@pytest.mark.parametrize("name", [action.name for action in EVERY if action.decide])
def test_rule_runs_with_the_values_of_its_action(name: str) -> None:
    told = Story().report() if name in TRIAGE else story()
    if name in HANDING_OVER:
        told.do("handoff", who="Kim")
    if name in REFUSED:
        with pytest.raises(Refused, match=REFUSED[name]):
            told.do(name, **WAYS[name])
    else:
        assert told.do(name, **WAYS[name])
    assert set(WAYS[name]) <= {arg.name for arg in done(name).args}


def test_every_rule_is_run_by_these_tests() -> None:
    assert set(WAYS) == {action.name for action in EVERY if action.decide}


def test_screen_action_is_refused_without_a_screen() -> None:
    told = story()
    moment = Moment("Ana", told.now, told.now, told.record.seq + 1)
    with pytest.raises(Refused, match="cockpit"):
        invoke(find("help"), told.record, moment, Here(told.now, told.zone), {})


def test_hidden_action_is_not_found_by_name() -> None:
    hidden = [action.name for action in EVERY if action.hidden]
    assert hidden == ["ran"]
    assert not set(hidden) & set(ACTIONS)
    with refuses():
        find("ran")
    assert done("ran").decide


def test_usage_marks_optional_arguments() -> None:
    assert find("severity").usage == "severity SEVERITY REASON"
    assert find("release").usage == "release ROLE [WHO]"
    assert find("undo").usage == "undo"
    assert Action("x", "X.", "X", (TextArg("follow_up", "?"),)).usage == "x FOLLOW_UP"


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(Refused, match="severity"):
        find("severty")
    with pytest.raises(Refused, match="help"):
        find("zzzz")


@pytest.mark.parametrize("action", [action for action in EVERY if action.decide], ids=lambda action: action.name)
def test_rule_signature_matches_the_arguments(action: Action) -> None:
    """By name, with the type that the argument reads, and without a default where a value is required."""
    assert action.decide is not None
    of_incident, of_moment, *rest = signature(action.decide, eval_str=True, locals=TYPES).parameters.values()
    assert (of_incident.name, of_moment.name) in (("record", "moment"), ("incident", "moment"))
    assert {of_incident.kind, of_moment.kind} == {Parameter.POSITIONAL_OR_KEYWORD}
    fixed = _fixed(action.decide)
    taken = {parameter.name: parameter for parameter in rest if parameter.name not in fixed}
    brought = {"brought": RuleInputs} if action.brings is not None else {}
    assert set(taken) == {arg.name for arg in action.args} | set(brought)
    for arg in action.args:
        parameter = taken[arg.name]
        assert (parameter.default is Parameter.empty) == arg.required, arg.name
        optional = not arg.required and arg.empty is None
        assert parameter.annotation == (arg.value | None if optional else arg.value), arg.name
    for name, value in brought.items():
        assert (taken[name].annotation, taken[name].default) == (value, Parameter.empty)


def _fixed(decide: Callable[..., object]) -> set[str]:
    """Return the parameters that the registry itself gives a rule."""
    rule = inspect.unwrap(decide)
    return set(rule.keywords) if isinstance(rule, partial) else set()


def test_start_of_a_name_suggests_the_whole() -> None:
    with pytest.raises(Refused, match=":take-command,") as refused:
        find("take")
    assert ":help" not in str(refused.value)
    with pytest.raises(Refused, match=":severity"):
        find("severty")
    with pytest.raises(Refused, match=":help"):
        find("qqqqqq")
