"""The store of incidents: the one door through which both front ends list, select, open, declare and report them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from incident_cockpit.clock import Clock, SystemClock
from incident_cockpit.config.paths import Paths, paths, plan_folders, runbook_folders
from incident_cockpit.config.settings import Settings, load_settings
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.ids import Ids, RandomIds
from incident_cockpit.incident.event import LONGEST_NAME, Moment, PendingFact
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.identity import known_speaker, speaker
from incident_cockpit.service.reader import Reader
from incident_cockpit.text.sanitize import clean, clean_line
from incident_cockpit.times.format import ago
from incident_cockpit.times.parse import parse_zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from incident_cockpit.incident.declare import RunbookRequest
    from incident_cockpit.incident.facts.attachments import AttachedFile
    from incident_cockpit.plan.schema import Plan
    from incident_cockpit.runbook.model import Runbook
    from incident_cockpit.service.overview import Overview, Overviews
    from incident_cockpit.service.plan_runbooks import PlanRunbooks
    from incident_cockpit.service.session import Session

# How long after its closing an incident is still the current one for reading.
_RECENTLY = timedelta(days=1)


class Store:
    """The store of incidents, used from one thread; nothing is opened before it is needed, so that start is cheap."""

    def __init__(self, places: Paths, settings: Settings, clock: Clock, ids: Ids, env: Mapping[str, str]) -> None:
        """Take the paths, the settings and the sources of time and ids; `env` names the speaker and the incident."""
        self.places = places
        self.settings = settings
        self.clock = clock
        self._ids = ids
        self.env = env
        self.who = speaker(env, settings)
        self.unnamed = not known_speaker(env, settings)
        self._stored = False
        self._journal: Journal | None = None
        self.reader = Reader(lambda: self.journal)
        self._overviews: Overviews | None = None

    @classmethod
    def of(cls, env: Mapping[str, str], who: str | None = None) -> Self:
        """Return the store that the environment names; `who` overrides the speaker."""
        places = paths(env)
        if who:
            env = {**env, "INCIDENT_USER": who}
        return cls(places, load_settings(places.config_file), SystemClock(), RandomIds(), env)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the zone in which times are typed and shown."""
        return parse_zone(self.settings.zone)

    @property
    def journal(self) -> Journal:
        """Return the journal, opened or created on first use."""
        if self._journal is None:
            self._journal = Journal(self.places.store, self.places.rescue, self._ids)
        return self._journal

    @property
    def stored(self) -> bool:
        """Return whether anything was written through this object, even if it was closed since."""
        return self._stored or (self._journal is not None and self._journal.wrote)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Close the store, if it was opened."""
        self._stored = self.stored
        if self._journal is not None:
            self._journal.close()
            self._journal = self._overviews = None

    def incidents(self, live_only: bool = False, owing: bool = False) -> list[Listed]:
        """Return the incidents, newest first; `owing` adds those with outstanding legal duties to the live ones."""
        return self.journal.incidents(live_only=live_only, owing=owing)

    def select(
        self, reference: str | None = None, *, to_write: bool = False, say: Callable[[str], None] = lambda _: None
    ) -> Listed:
        """Return the current incident: named, in INCIDENT, set by `use`, or the only one that is not closed.

        Open incidents come before those that are resolved and not closed. With neither, it is the one that was closed
        last, within a day: `say` is told so, and to write to it, it has to be named. Raises NotFound where there is
        none, and Refused with a list where there are several.
        """
        reference = reference or self.env.get("INCIDENT") or self.journal.current()
        if reference:
            return self.journal.find(reference)
        rows = self.unclosed()
        if len(rows) > 1:
            # An incident that cannot be read keeps no other from being worked on.
            rows = [row for row in rows if not self.reader.why_unreadable(row)] or rows
        if len(rows) == 1:
            return rows[0]
        if rows:
            names = "\n".join(f"  INC-{row.number}  {row.severity or '?'}  {row.title}" for row in rows)
            status = "open" if rows[0].live else "resolved and not closed"
            number = rows[0].number
            raise Refused(
                f"{len(rows)} incidents are {status}:\n{names}",
                f"choose one: --incident {number} or INCIDENT={number}, or set it: incident use {number}",
                ExitCode.USAGE,
            )
        return self._closed_last(to_write=to_write, say=say)

    def unclosed(self) -> list[Listed]:
        """Return the open incidents, or where none is open those that are resolved and not closed, newest first."""
        live = self.incidents(live_only=True)
        return live or [row for row in self.incidents() if self.journal.closed_at(row) is None]

    def _closed_last(self, *, to_write: bool, say: Callable[[str], None]) -> Listed:
        """Return the incident that was closed last, if within a day; dismissed reports come after incidents.

        Raises NotFound where there is none, or where it is written to without being named.
        """
        now = self.clock.now()
        ended = [(row, at) for row in self.incidents() if (at := self.journal.closed_at(row)) is not None]
        if not ended:
            raise NotFound("no open incident", 'to declare one: incident new "what fails, for whom"')
        ended.sort(key=lambda item: (item[1] >= now - _RECENTLY, item[0].triage is None, item[1]), reverse=True)
        row, at = next((item for item in ended if not self.reader.why_unreadable(item[0])), ended[0])
        closed = f"{row.name} {row.title} was {'closed' if row.triage is None else 'dismissed'} {ago(at, now)}"
        if to_write or at < now - _RECENTLY:
            raise NotFound(
                f"no open incident; {closed}",
                f"to continue with it: --incident {row.number}, or set it: incident use {row.number}; "
                'to declare one: incident new "what fails, for whom"',
            )
        say(f"no open incident; {closed}")
        return row

    def acted_elsewhere(self, incident_id: str) -> Listed | None:
        """Return the incident in which this person acted after their last action in this one, None for none."""
        other = self.journal.acted_elsewhere(incident_id, self.who)
        return self.journal.find(other) if other is not None else None

    def overview(self) -> list[Overview]:
        """Return every incident with its group and outstanding work, newest first."""
        return self._overview_of(self.incidents())

    def others(self, incident_id: str = "") -> list[Overview]:
        """Return the open incidents except this one, newest first; the events of this one are not read."""
        return self._overview_of(row for row in self.incidents(live_only=True) if row.id != incident_id)

    def _overview_of(self, rows: Iterable[Listed]) -> list[Overview]:
        from incident_cockpit.service.overview import Overviews

        if self._overviews is None:
            self._overviews = Overviews(self.journal, self.reader)
        return self._overviews.read(rows)

    def record(self, incident_id: str) -> Record:
        """Return the incident with this UUID for reading only, which a prompt does every few seconds.

        Raises NotFound, and Unreadable where its events are damaged.
        """
        return self.reader.record(incident_id)

    def session(self, incident_id: str) -> Session:
        """Open the incident with this UUID."""
        return self._session(self.record(incident_id))

    def to_put_back(self, reference: str | None = None) -> Session:
        """Open an incident that the store lacks in part or whole, without reading it; raises NotFound, Refused."""
        try:
            incident_id = self.select(reference).id
        except NotFound:
            from incident_cockpit.journal.put_back import lost

            incident_ids = lost(self.journal, reference)
            if len(incident_ids) != 1:
                raise
            [incident_id] = incident_ids
        return self._session(Record(incident_id))

    def declare(
        self,
        title: str,
        severity: str,
        *,
        plan: str | None = None,
        runbook: str | None = None,
        started: datetime | None = None,
        why: str = "",
        types: Sequence[str] = (),
        found_by: str = "",
    ) -> Session:
        """Declare an incident; title and severity are enough, `started` is when impact started if that was not now.

        `why` is the reason for the severity, `types` are incident types of the plan, `found_by` is how it was detected.
        Raises Refused for an error in a value, the plan or the runbook; then no incident is created.
        """
        from incident_cockpit.incident.declare import Declaration, RuleInputs, declare, runbooks_for_declaration

        adopted = self.plan(plan)
        declaration = Declaration(
            clean_line(severity), clean_line(why), tuple(map(clean_line, types)), clean_line(found_by)
        )
        incident_types = [adopted.find_type(name) for name in declaration.types]
        books = self._read_runbooks(runbooks_for_declaration(adopted, runbook, incident_types))
        now = self.clock.now()

        def decide(number: int) -> Sequence[PendingFact]:
            moment = Moment(self.who, now, started or now, 1)
            # The lock is held, so that two incidents declared at once get different channels.
            inputs = RuleInputs(books.runbooks, self.journal.channels())
            return declare(
                number, moment, clean_line(title), declaration.severity, adopted, None, said=declaration, brought=inputs
            )

        return self._create(decide, now, now, books)

    def report(
        self,
        title: str,
        *,
        by: str | None = None,
        sort: str = "",
        via: str = "",
        text: str = "",
        plan: str | None = None,
        runbook: str | None = None,
        at: datetime | None = None,
        started: datetime | None = None,
        types: Sequence[str] = (),
    ) -> Session:
        """Log a report of a possible incident, which is in triage until it is declared or dismissed.

        `by` is the reporter, if not the speaker, `sort` the kind of reporter, `via` the channel, `at` when it was
        reported and `started` when impact started, if not now; `types` are incident types of the plan. Raises Refused;
        then no incident is created.
        """
        from incident_cockpit.incident.declare import RuleInputs, runbooks_for_report
        from incident_cockpit.incident.triage import report

        adopted = self.plan(plan)
        names = tuple(map(clean_line, types))
        books = self._read_runbooks(runbooks_for_report(adopted, runbook, [adopted.find_type(name) for name in names]))
        now = self.clock.now()
        who = self.who if by is None else clean_line(by, limit=LONGEST_NAME)

        def decide(number: int) -> Sequence[PendingFact]:
            return report(
                number, Moment(self.who, now, at or now, 1), adopted, clean_line(title), text=clean(text).strip(),
                who=who, sort=clean_line(sort), via=clean_line(via), started=started, types=names,
                brought=RuleInputs(books.runbooks),
            )  # fmt: skip

        return self._create(decide, now, at or now, books)

    def _create(
        self, decide: Callable[[int], Sequence[PendingFact]], now: datetime, happened: datetime, books: PlanRunbooks
    ) -> Session:
        record = self.journal.create(decide, who=self.who, now=now, happened=happened, documents=books.documents)
        return self._session(record, "; ".join(filter(None, (books.warning, self.journal.warning))))

    def plan(self, name: str | None = None) -> Plan:
        """Return the response plan with this name, or the one in the settings."""
        from incident_cockpit.plan.loader import find_plan, load_plan

        folders = plan_folders(self.places)
        return load_plan(find_plan(name or self.settings.plan, folders), folders)

    def runbook(self, name: str, rule: str | None = None) -> tuple[Runbook, bytes]:
        """Return a runbook by its path or name, with its bytes; `rule` is the step format, if not the default."""
        from incident_cockpit.runbook.reader import find_runbook, load_runbook

        return load_runbook(find_runbook(name, runbook_folders(self.places)), rule)

    def _read_runbooks(self, requests: Sequence[RunbookRequest]) -> PlanRunbooks:
        from incident_cockpit.service.plan_runbooks import read_all

        return read_all(requests, self.runbook)

    def _session(self, record: Record, warning: str = "") -> Session:
        from incident_cockpit.service.session import Session

        return Session(
            self.journal, record, self.clock, self.who, self.zone, self.runbook, self.plan, self._copy_file, warning
        )

    def _copy_file(self, path: str, name: str) -> AttachedFile:
        from incident_cockpit.service.evidence import copy_file

        return copy_file(path, self.places, name)
