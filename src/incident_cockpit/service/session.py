"""Session of one person on one incident: actions, and the events of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.arguments.argument import Arg, Here
from incident_cockpit.actions.arguments.of_incident import AttachedRunbookArg, IncidentArg, RunbookArg, StepFormatArg
from incident_cockpit.actions.arguments.of_plan import PlanArg
from incident_cockpit.actions.arguments.texts import PinnedArg
from incident_cockpit.actions.execute import invoke
from incident_cockpit.actions.registry import done
from incident_cockpit.clock import Clock
from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.incident.declare import NO_INPUTS, Declaration, RuleInputs, runbooks_on_declaring
from incident_cockpit.incident.event import Event, Moment, PendingFact, check_times
from incident_cockpit.incident.facts.attachments import AttachedFile, is_address
from incident_cockpit.incident.facts.classification import types_of
from incident_cockpit.incident.facts.clock import clock_went_back
from incident_cockpit.incident.facts.report import ReportDecided, TriageOutcome
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.recording import attach_to_new_entry
from incident_cockpit.incident.triage import declare_as
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.replaced import follow
from incident_cockpit.plan.schema import Plan
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.service.plan_runbooks import LoadRunbook, PlanRunbooks, read_all
from incident_cockpit.text.plurals import counted
from incident_cockpit.times.format import zone_label

LoadPlan = Callable[[str], Plan]
# Copies a file, given its path and the name of the incident, to the evidence folder.
CopyFile = Callable[[str, str], AttachedFile]


class Replacement(Struct, frozen=True):
    """A store that replaced the one in use: the incident's events in it, and how many it lacks.

    `lacks` counts the events that only the rescue copies have, None where they could not be read.
    """

    events: tuple[Event, ...]
    lacks: int | None

    def message(self, command: str = ":put-back") -> str:
        """Return a warning; `command` is what to type to put back the missing events."""
        if self.lacks is None:
            return "the store was replaced; its rescue copies cannot be read: run incident doctor"
        if not self.lacks:
            return "the store was replaced by another copy; no event of this incident is missing"
        events = counted(self.lacks, "event is", "events are")
        return f"the store was replaced: {events} missing, and in the rescue copy. To put back: {command}"


class ActionResult(Struct, frozen=True):
    """Result of an action: its own events, all new events (those of others included), and a warning.

    `replaced` is set where the store had been replaced.
    """

    own: tuple[Event, ...]
    news: tuple[Event, ...]
    warning: str = ""
    replaced: Replacement | None = None


class Session:
    """One incident as one person works on it; used from one thread, like its journal."""

    def __init__(
        self,
        journal: Journal,
        record: Record,
        clock: Clock,
        who: str,
        zone: ZoneInfo,
        load_runbook: LoadRunbook,
        load_plan: LoadPlan,
        copy_file: CopyFile,
        warning: str = "",
    ) -> None:
        """Take the incident, what actions need, and the warning from its declaration."""
        self.warning = warning
        self._journal = journal
        self.record = record
        self._clock = clock
        self.who = who
        self.zone = zone
        self._load_runbook = load_runbook
        self._load_plan = load_plan
        self._copy_file = copy_file
        self._reported = record.seq
        self._restarts = record.restarts
        self._replaced = self._lack_reported = False

    @property
    def here(self) -> Here:
        """Return the present and the zone in which times are read."""
        return Here(self._clock.now(), self.zone)

    def act(
        self,
        name: str,
        values: Mapping[str, Any],
        when: datetime | None = None,
        *,
        links: Sequence[str] = (),
        files: Sequence[str] = (),
    ) -> ActionResult:
        """Run an action of the registry; when this returns, its events are on disk.

        `values` are by argument name, `when` is the time it happened if that was not now; `links` and `files` are
        attached to the entry that it adds. Raises Refused where a rule refuses, StoreError where it could not be
        saved; in both cases nothing was written.
        """
        action = done(name)
        values, documents = self._with_files(action, values)
        books = read_all(action.brings(self.record.incident, values) if action.brings else (), self._load_runbook)
        here = self.here
        paths = _values(action, values, PinnedArg)
        paths = {name: path for name, path in paths.items() if not is_address(path.strip())}
        incidents = _values(action, values, IncidentArg)
        # The copies of files, by path.
        copies: dict[str, AttachedFile] = {}

        def decide(record: Record, moment: Moment) -> Sequence[PendingFact]:
            others = {name: self._other_incident(reference) for name, reference in incidents.items()}
            attached = {name: copies[path] for name, path in paths.items()}
            inputs = self._inputs(books) if action.brings is not None else NO_INPUTS
            facts = invoke(action, record, moment, here, {**values, **others, **attached}, inputs)
            return [*facts, *attach_to_new_entry(record, moment, facts, (*links, *(copies[path] for path in files)))]

        if paths or files:
            rehearse = partial(decide, self.record, self._moment(here, when, action))
            self._copy_files([*paths.values(), *files], copies, rehearse)
        return self._append(decide, here, when, {**documents, **books.documents}, books.warning, action)

    def declare(
        self, declaration: Declaration, runbook: str | None = None, when: datetime | None = None
    ) -> ActionResult:
        """Declare a report, or reopen a dismissed one.

        `runbook` replaces that of the plan, an empty one means none. Raises as `act` does.
        """
        incident = self.record.incident
        types = (*types_of(incident), *(incident.plan.find_type(name) for name in declaration.types))
        books = read_all(runbooks_on_declaring(incident, runbook, types), self._load_runbook)

        def decide(record: Record, moment: Moment) -> Sequence[PendingFact]:
            facts = declare_as(record.incident, moment, declaration, self._inputs(books))
            return [PendingFact(fact) for fact in facts]

        return self._append(decide, self.here, when, books.documents, books.warning)

    def _append(
        self,
        decide: Callable[[Record, Moment], Sequence[PendingFact]],
        here: Here,
        when: datetime | None,
        documents: Mapping[str, bytes],
        warning: str,
        action: Action | None = None,
    ) -> ActionResult:
        """Decide on the present record, append the facts, and return the result."""

        def decided(record: Record) -> Sequence[PendingFact]:
            facts = decide(record, self._moment(here, when, action))
            if any(_is_declaration(fact) for fact in facts):
                self._journal.let_choice_lapse(record.id)
            # A process that waited for the lock has read the clock before others did: only a second reading, with the
            # lock held, tells that from a clock that went back.
            back = clock_went_back(record.events[-1] if facts else None, here.now)
            return [*facts, *(back if back and clock_went_back(record.events[-1], self._clock.now()) else ())]

        appended = self._journal.append(
            self.record, decided, who=self.who, happened=when or here.now, now=here.now, documents=documents
        )
        news = self._news()
        replaced = self.replacement()
        if replaced is None and appended.lacks:
            replaced = self.lacking()
        message = replaced.message() if replaced is not None else ""
        warnings = "; ".join(filter(None, (warning, appended.warning, message)))
        return ActionResult(appended.events, news, warnings, replaced)

    def put_back(self) -> ActionResult:
        """Append the events that only the rescue copies have; raises Refused where there are none."""
        from incident_cockpit.journal.put_back import put_back

        appended = put_back(self._journal, self.record, self.who, self._clock.now())
        news = self._news()
        self._replaced = False
        # The last event has their number.
        replaced = Replacement(tuple(self.record.events), 0)
        return ActionResult(appended.events[-1:], news, appended.warning or "", replaced)

    def lacking(self) -> Replacement | None:
        """Return how many events only the rescue copies have, by a quick check; None where it was reported before."""
        from incident_cockpit.journal.put_back import lacking_at_a_glance

        try:
            lacks = 0 if self._lack_reported else lacking_at_a_glance(self._journal, self.record.id)
        except Refused:
            # Copies that cannot be read are reported by `doctor`, and do not interrupt work.
            return None
        self._lack_reported = self._lack_reported or lacks > 0
        return Replacement(tuple(self.record.events), lacks) if lacks else None

    def _moment(self, here: Here, when: datetime | None, action: Action | None) -> Moment:
        """Return time, person and position of an action; raises Refused for an invalid time."""
        moment = Moment(self.who, here.now, when or here.now, self.record.seq + 1)
        # The time of an action that a program records was not typed.
        if action is None or not action.hidden:
            early = action is not None and action.early
            # The rules use UTC; a refusal shows the time in the zone it was typed in.
            local = f"{moment.happened.astimezone(self.zone):%Y-%m-%d %H:%M} {zone_label(self.zone, moment.happened)}"
            check_times(moment, self.record.incident.started, local, early=early)
        return moment

    def _copy_files(
        self, paths: Sequence[str], copies: dict[str, AttachedFile], rehearse: Callable[[], object]
    ) -> None:
        """Copy files to the evidence once all can be read and the rules accept them; raises Refused.

        A copy that is not needed could not be deleted: another process may rely on the same one.
        """
        from incident_cockpit.service.evidence import NOT_COPIED, check_source

        for path in paths:
            check_source(path)
        copies.update(dict.fromkeys(paths, NOT_COPIED))
        rehearse()
        for path in paths:
            copies[path] = self._copy_file(path, self.record.incident.name)

    def channels(self) -> frozenset[str]:
        """Return the channel names that other incidents have or had."""
        return self._journal.channels(self.record.id)

    def _inputs(self, books: PlanRunbooks) -> RuleInputs:
        """Return the inputs of a rule; the lock is held, so that no other incident takes the same channel."""
        return RuleInputs(books.runbooks, self.channels())

    def _other_incident(self, reference: str) -> str:
        """Return the name of another incident; raises Refused for one that is itself a duplicate.

        The lock is held: two incidents that are duplicates of each other would leave both without a response.
        """
        row = self._journal.find(reference)
        if row.triage == TriageOutcome.DUPLICATE.value:
            report = self._journal.load(row.id).incident.report
            original = report.same_as if report is not None else ""
            raise Refused(f"{row.name} is itself a duplicate of {original}", f"use that one: {original}")
        return row.name

    def source(self, runbook: Runbook) -> bytes:
        """Return the bytes a runbook was read from; raises NotFound where the store has only its steps."""
        data = self._journal.document(runbook.sha256)
        if data is None:
            raise NotFound(
                f"the text of {runbook.name} is not in this store, only its steps",
                "the incident was imported without its documents: use the store that it came from",
            )
        return data

    def refresh(self) -> tuple[Event, ...]:
        """Return the events since the last call to this or to `act`, by any person."""
        follow(self._journal, self.record)
        return self._news()

    def replacement(self) -> Replacement | None:
        """Return the replacement of the store once, None where there was none."""
        if not self._replaced:
            return None
        self._replaced, self._lack_reported = False, True
        return Replacement(tuple(self.record.events), self._lacks())

    def _lacks(self) -> int | None:
        from incident_cockpit.journal.put_back import lacking

        try:
            return lacking(self._journal, self.record.id)
        except Refused:
            return None

    def _news(self) -> tuple[Event, ...]:
        if self.record.restarts != self._restarts:
            self._restarts, self._replaced = self.record.restarts, True
            self._reported = min(self._reported, self.record.kept)
        news = tuple(self.record.events[self._reported :])
        self._reported = self.record.seq
        return news

    def _step_format(self, action: Action, values: Mapping[str, Any]) -> str | None:
        """Return the step format of a runbook file: the one named, else that of the runbook it updates."""
        for arg in action.args:
            value = values.get(arg.name)
            if isinstance(arg, StepFormatArg) and value:
                return str(value)
            if isinstance(arg, AttachedRunbookArg) and isinstance(value, str):
                attached = self.record.incident.steps.runbooks.get(value)
                return attached.rule if attached else None
        return None

    def _with_files(self, action: Action, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Return the values with runbooks and plans read from their files, and the bytes of the runbooks."""
        values, documents = dict(values), {}
        for arg in action.args:
            named = values.get(arg.name)
            if isinstance(arg, RunbookArg) and isinstance(named, str) and named:
                runbook, data = self._load_runbook(named, self._step_format(action, values))
                values[arg.name] = runbook
                documents[runbook.sha256] = data
            elif isinstance(arg, PlanArg) and isinstance(named, str) and named:
                values[arg.name] = self._load_plan(named)
        return values, documents


def _is_declaration(pending: PendingFact) -> bool:
    """Return whether the fact declares a report or reopens a dismissed one."""
    fact = pending.fact
    return isinstance(fact, ReportDecided) and fact.now is not None and fact.now.outcome is TriageOutcome.DECLARED


def _values(action: Action, values: Mapping[str, Any], kind: type[Arg]) -> dict[str, str]:
    """Return the values of the arguments of one kind, by name, without empty ones."""
    named = ((arg.name, values.get(arg.name)) for arg in action.args if isinstance(arg, kind))
    return {name: value for name, value in named if isinstance(value, str) and value.strip()}
