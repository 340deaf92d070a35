"""Incidents for tests, told as a story: the real actions and rules, counted ids, a clock that is set, and no disk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from incident_cockpit.actions.arguments.argument import Here
from incident_cockpit.actions.execute import invoke
from incident_cockpit.actions.registry import done
from incident_cockpit.clock import SetClock
from incident_cockpit.ids import CountedIds
from incident_cockpit.incident import codec
from incident_cockpit.incident.declare import NO_INPUTS, Declaration, RuleInputs, declare
from incident_cockpit.incident.event import Event, Moment, PendingFact, check_times
from incident_cockpit.incident.facts.attachments import AttachedFile
from incident_cockpit.incident.facts.clock import clock_went_back
from incident_cockpit.incident.facts.notes import CommandRun
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.state import Incident
from incident_cockpit.incident.triage import report
from incident_cockpit.journal.append import Circumstances, stamp
from incident_cockpit.plan.loader import load_plan
from incident_cockpit.plan.schema import Plan
from incident_cockpit.resources import shipped
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.runbook.reader import load_runbook, read_runbook
from incident_cockpit.service.plan_runbooks import read_all
from incident_cockpit.times.parse import parse_duration, parse_time
from support.deadlines import filled, plain

START = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
RUNBOOK = shipped("sample_data", "runbooks", "service-outage.md")
ZONE = ZoneInfo("UTC")


@cache
def default_plan() -> Plan:
    """Return the plan that is shipped."""
    return load_plan(shipped("sample_data", "plans", "default.toml"))


@cache
def plain_plan() -> Plan:
    """Return the shipped plan without anything but its updates, for tests that are about something else."""
    return plain(default_plan())


@cache
def full_plan() -> Plan:
    """Return the shipped plan with something of everything that a plan can ask for."""
    return filled(default_plan())


@cache
def runbook_at(path: Path) -> Runbook:
    """Return the runbook in the file."""
    return load_runbook(path)[0]


@cache
def newer_runbook(without: str = "", new: str = "- [ ] Breathe") -> Runbook:
    """Return the shipped runbook as a newer file: with a step in front, and without the lines that have these words."""
    lines = RUNBOOK.read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("- [ ]"))
    kept = [*lines[:place], new, *(line for line in lines[place:] if not without or without not in line)]
    return read_runbook("\n".join(kept).encode(), RUNBOOK.name)


def _shipped_runbook(name: str, rule: str | None) -> tuple[Runbook, bytes]:
    return load_runbook(shipped("sample_data", "runbooks", f"{name}.md"), rule)


class Story:
    """One incident, told action by action; `record` and `now` are where the story stands.

    story = Story()
    story.declare("Checkout returns 500", "SEV2", runbook=RUNBOOK)
    story.do("assign", role="scribe", who="Mio")                  # one minute later, by Ana
    story.do("note", by="Raj", after="30s", when="-5m", text="5xx at 8%")
    """

    def __init__(self, start: datetime = START, who: str = "Ana", zone: ZoneInfo = ZONE) -> None:
        """Begin before anything happened; `who` acts where nobody else is named."""
        self.clock = SetClock(start)
        self.who = who
        self.zone = zone
        # The names of channels that other incidents have.
        self.channels: frozenset[str] = frozenset()
        self._ids = CountedIds()
        self.record = Record(self._ids.new())

    @property
    def now(self) -> datetime:
        """Return the present of the story."""
        return self.clock.now()

    @property
    def incident(self) -> Incident:
        """Return the incident as it stands."""
        return self.record.incident

    def wait(self, span: str) -> Story:
        """Let time pass, such as "10m"; "" lets none pass."""
        if span:
            length = parse_duration(span)
            assert length is not None, f"{span!r} is no duration"
            self.clock.forward(seconds=length.total_seconds())
        return self

    def set_back(self, span: str) -> Story:
        """Set the clock back, by such as "3s"."""
        length = parse_duration(span)
        assert length is not None, f"{span!r} is no duration"
        self.clock.set_back(seconds=length.total_seconds())
        return self

    def declare(
        self,
        title: str = "Checkout returns 500 for EU cards",
        severity: str = "SEV2",
        *,
        runbook: Path | Runbook | None = None,
        number: int = 7,
        since: str = "",
        plan: Plan | None = None,
        said: Declaration | None = None,
        brought: RuleInputs = NO_INPUTS,
    ) -> Story:
        """Declare the incident; `since` is when the harm began, such as "-20m"."""
        began = parse_time(since, self.now, self.zone).at if since else self.now
        attached = runbook_at(runbook) if isinstance(runbook, Path) else runbook
        moment = Moment(self.who, self.now, began, 1)
        plan = plan or default_plan()
        drafts = declare(number, moment, title, severity, plan, attached, said=said, brought=brought)
        self._keep(drafts, self.who, self.now)
        return self

    def report(
        self, title: str = "Checkout is slow", *, number: int = 7, plan: Plan | None = None, when: str = "", **said: Any
    ) -> Story:
        """Take down a report, which is in triage from then on; `when` is when it was made, such as "-5m"."""
        at = parse_time(when, self.now, self.zone).at if when else self.now
        self._keep(report(number, Moment(self.who, self.now, at, 1), plan or full_plan(), title, **said), self.who, at)
        return self

    def do(
        self, action: str, /, *, by: str | None = None, after: str = "1m", when: str | datetime = "", **values: Any
    ) -> tuple[Event, ...]:
        """Do an action of the registry `after` some time and return its events.

        `by` is who acts, `when` the time it happened where that was not now ("-5m", "14:05", a datetime); everything
        else is a value of the action, so that `who=` and `at=` are the action's own.
        """
        self.wait(after)
        who = by or self.who
        happened = parse_time(when, self.now, self.zone).at if isinstance(when, str) and when else when or self.now
        assert isinstance(happened, datetime)
        moment = Moment(who, self.now, happened, self.record.seq + 1)
        chosen = done(action)
        check_times(moment, self.incident.started, f"{happened:%Y-%m-%d %H:%M}", early=chosen.early)
        wanted = chosen.brings(self.incident, values) if chosen.brings else ()
        brought = RuleInputs(read_all(wanted, _shipped_runbook).runbooks, self.channels)
        drafts = invoke(chosen, self.record, moment, Here(self.now, self.zone), values, brought)
        return self._keep(drafts, who, happened)

    def _keep(self, drafts: Sequence[PendingFact], who: str, happened: datetime) -> tuple[Event, ...]:
        """Take the facts into the record by way of their stored bytes, as the journal would."""
        back = clock_went_back(self.record.events[-1], self.now) if drafts and self.record.events else ()
        stamped = stamp(self.record, (*drafts, *back), Circumstances(who, self.now, happened), self._ids)
        events = tuple(codec.decode(codec.encode(event)) for event in stamped)
        self.record.extend(events)
        return events


def busy_story(plan: Plan | None = None) -> Story:
    """Return a SEV1 in the thick of it: every kind of fact is in it, some late, some taken back, some hostile."""
    story = Story()
    do = story.do
    story.declare("Checkout returns 500 for EU cards", "SEV2", runbook=RUNBOOK, since="-12m", plan=plan)
    do("milestone", name="detected", at="-9m")
    do("tick", step="s1", after="30s")
    do("tick", step="s2", after="30s")
    do("assign", role="tech", who="Raj")
    do("impact", impact="8% of EU card payments fail")
    do("note", by="Raj", text="5xx at 8%, EU only", when="-5m")
    do("sent", audience="internal", route="xclip", text="*SEV2 INC-7*: we are looking", after="3m")
    do("severity", severity="SEV1", reason="All EU card payments fail now")
    do("impact", impact="Every EU card payment fails; @here wallets | vouchers <work>")
    do("ask", who="Raj", within="10m", text="Is the replica behind?")
    do("hypothesis", by="Raj", text="Bad deploy 4512")
    do("test", by="Raj", hypothesis="Bad deploy")
    do("hypothesis", text="DNS")
    do("rule-out", by="Mio", hypothesis="DNS", evidence="resolves from three networks")
    do("assign", role="scribe", who="Mio")
    do("skip", step="s5", reason="the call was open already")
    do("assign-step", after="", step="s6", who="@comms")
    do("add-step", after="", step="s6", text="Tell the shops @here | <b>now</b>")
    do("branch", after="", gate="g1", choice="Assessment")
    do("answer-step", after="", by="Raj", step="What can users not do now?", answer="Pay by card in the EU")
    do("timebox", after="", step="Find out what changed", within="2h")
    do("escalate", after="", who="Kim", reason="the card gateway is beyond us")
    do("note", by="Mio", text="Traceback (most recent call last):\n  File \"pay.py\", line 3\n```\nKeyError: 'iban'")
    do("decision", text="Roll back 4512 before the EU peak")
    do("action", by="Raj", text="Rollback started", when="-2m")
    do("note", text="typed into the wrong window")
    do("undo", after="10s")
    do("answer", ask="Raj", answer="3 s, normal", after="5m")
    do("ask", who="Lee", within="5m", text="Tell the support team")
    do("ask", who="Kim", within="20m", text="Graphs of the last hour")
    do("timer", within="15m", text="check the rollback")
    do("sent", audience="external", route="osc52", text="We are looking into it", after="20m")
    do("finding", by="Raj", text="Rollback done, 5xx falls from 8% to 3%")
    do("follow-up", text="Alert on the card error rate by region")
    do("assign", role="ic", who="Bo", after="8m")
    return story


def resolved_story(plan: Plan | None = None) -> Story:
    """Return the busy story brought to its end."""
    story = busy_story(plan)
    do = story.do
    do("sent", audience="internal", route="xclip", text="*SEV1 INC-7*: falling", after="12m")
    do("confirm", by="Raj", hypothesis="Bad deploy", evidence="4512 dropped the IBAN field; gone since the rollback")
    do("phase", phase="monitoring", after="2m")
    do("drop", ask="Kim", reason="not needed any more")
    do("tick", step="s3")
    do("follow-up", text="Contract test for the payment payload")
    do("follow-up-done", follow_up="Alert on")
    do("resolve", by="Bo", verified="5xx at baseline for 15 minutes", after="40m")
    return story


def loop_story() -> Story:
    """Return an incident in which command is offered and taken, and asks, causes and decisions take every turn."""
    story = Story().declare()
    story.do("ask", who="Raj, Mio", within="10m", text="replica lag?")
    story.do("ack", ask="Raj")
    story.do("extend", ask="Raj", within="5m")
    story.do("reassign", ask="Raj", who="Kim")
    story.do("hypothesis", text="bad deploy 4512")
    story.do("supports", hypothesis="deploy", text="errors begin with it")
    story.do("decide", text="Roll back", why="errors", revisit="30m")
    story.do("action", text="Rolled back")
    story.do("effect", action="Rolled", outcome="helped", evidence="8% to 1%")
    story.do("need", text="the vendor on the line")
    story.do("system", system="checkout", health="degraded")
    story.do("ran", run=CommandRun("uptime", 0, 0.1, "up 3 days", "INC-7.txt", 9))
    story.do("pin", after="", link="https://graphs.example/d/5xx?from=now-1h&token=abcd1234", entry="Rolled back")
    story.do("pin", after="", link=AttachedFile("5xx | graph.png", 14_400, "ab" * 32, "INC-7-abababababababab.png"))
    story.do("handoff", who="Kim")
    story.do("keep-command")
    story.do("handoff", who="Kim")
    story.do("read-back", by="Kim", point="impact", words="8% of payments fail")
    story.do("take-command", by="Kim", reason="Ana has to leave")
    return story


def breach_story() -> Story:
    """Return a report that turned out to be a breach of personal data: triage, verdict, and what the law asks for."""
    story = Story()
    do = story.do
    story.report("A stranger lists our customers", who="Jo", sort="customer", via="support desk", when="-4m")
    do("answered", text="we look into it")
    do("investigate", who="Raj", within="20m")
    do("declare", severity="SEV1", why="addresses of all customers are public", after="6m")
    do("type", type="breach")
    do("detected-by", detection="report")
    do("restrict", codename="Kestrel")
    do("call", link="https://meet.example/kestrel")
    do("risk", text="the list may be used to cheat customers")
    do("breach", field="people", text="about 4,000 customers in the EU")
    do("breach", field="data", text="names and addresses")
    do("evidence", text="access log of the gateway", where="vault 12")
    do("evidence-handed", evidence="access log", who="Lee")
    do("complete", item="Tell the CTO", note="by telephone")
    do("solo")
    return story
