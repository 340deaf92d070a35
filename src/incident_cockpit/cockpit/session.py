"""One incident, open: act on it, follow what others do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from incident_cockpit.actions.action import Action, Kind
from incident_cockpit.actions.invoke import invoke
from incident_cockpit.actions.refs import Here
from incident_cockpit.actions.registry import find
from incident_cockpit.clock import Clock
from incident_cockpit.errors import NotFound
from incident_cockpit.incident.envelope import Draft, Event, Moment, check_times
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.journal import Journal
from incident_cockpit.plan.model import Plan
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.timewords import zone_label

LoadRunbook = Callable[[str, str | None], tuple[Runbook, bytes]]
LoadPlan = Callable[[str], Plan]


class Done(Struct, frozen=True):
    """What an action led to: its own events, all that is new (others' included), and what went not quite well."""

    own: tuple[Event, ...]
    news: tuple[Event, ...]
    warning: str = ""


class Session:
    """One incident as one person works it; used from one thread, like the journal it stands on."""

    def __init__(
        self,
        journal: Journal,
        record: Record,
        clock: Clock,
        who: str,
        zone: ZoneInfo,
        load_runbook: LoadRunbook,
        load_plan: LoadPlan,
        warning: str = "",
    ) -> None:
        """Take the incident, what it takes to act on it, and what went not quite well when it was declared."""
        self.warning = warning
        self._journal = journal
        self.record = record
        self._clock = clock
        self.who = who
        self.zone = zone
        self._load_runbook = load_runbook
        self._load_plan = load_plan
        self._told = record.seq
        # Of its own, so that several sessions on one journal all hear the news; the first look always reads.
        self._version: tuple[int, int] | None = None

    @property
    def here(self) -> Here:
        """Return the present and the zone, in which words are read."""
        return Here(self._clock.now(), self.zone)

    def act(self, name: str, values: Mapping[str, Any], when: datetime | None = None) -> Done:
        """Do an action of the registry; when this returns, its events are on the disk.

        `values` are words by argument name, `when` is the time it happened if that was not now. Raises Refused with
        the rule that says no, StoreError when it could not be kept; in both cases nothing was written.
        """
        action = find(name)
        values, documents = self._with_files(action, values)
        here = self.here

        def decide(record: Record) -> Sequence[Draft]:
            moment = Moment(self.who, here.now, when or here.now, record.seq + 1)
            check_times(moment, record.incident.started, self._said(moment.happened))
            return invoke(action, record, moment, here, values)

        kept = self._journal.append(
            self.record, decide, who=self.who, happened=when or here.now, now=here.now, documents=documents
        )
        return Done(kept.events, self._news(), kept.warning or "")

    def source(self, runbook: Runbook) -> bytes:
        """Return the file a runbook was read from; raises NotFound where only its steps came into this store."""
        data = self._journal.document(runbook.sha256)
        if data is None:
            raise NotFound(
                f"the text of {runbook.name} is not in this store, only its steps",
                "the incident came here without its documents: use the store it was made in",
            )
        return data

    def refresh(self) -> tuple[Event, ...]:
        """Return what is new since the last call to this or to `act`, whoever did it."""
        version = self._journal.version()
        if version != self._version:
            self.record.extend(self._journal.read(self.record.id, after_seq=self.record.seq))
            # Only now: a read that failed is tried again.
            self._version = version
        return self._news()

    def _said(self, at: datetime) -> str:
        """Return the time in the zone it was typed in, with its name: the rules answer in UTC."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M} {zone_label(self.zone, at)}"

    def _news(self) -> tuple[Event, ...]:
        news = tuple(self.record.events[self._told :])
        self._told = self.record.seq
        return news

    def _rule(self, action: Action, given: Mapping[str, Any]) -> str | None:
        """Return the rule by which a file is read: the one named, else that of the runbook whose place it takes."""
        for arg in action.args:
            value = given.get(arg.name)
            if arg.kind is Kind.RULE and value:
                return str(value)
            if arg.kind is Kind.ATTACHED and isinstance(value, str):
                held = self.record.incident.steps.runbooks.get(value)
                return held.rule if held else None
        return None

    def _with_files(self, action: Action, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Read the runbooks and plans that are named among the values; the journal keeps the runbooks' bytes."""
        given, documents = dict(values), {}
        for arg in action.args:
            named = given.get(arg.name)
            if arg.kind is Kind.RUNBOOK and isinstance(named, str) and named:
                runbook, data = self._load_runbook(named, self._rule(action, given))
                given[arg.name] = runbook
                documents[runbook.sha256] = data
            elif arg.kind is Kind.PLAN and isinstance(named, str) and named:
                given[arg.name] = self._load_plan(named)
        return given, documents
