"""Every incident of the store: listed, chosen, opened, declared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Self

from incident_cockpit.clock import Clock, SystemClock
from incident_cockpit.cockpit.who import speaker
from incident_cockpit.config.folders import plan_folders, runbook_folders
from incident_cockpit.config.paths import Paths, paths
from incident_cockpit.config.settings import Settings, load_settings
from incident_cockpit.errors import ExitCode, NotFound, Refused
from incident_cockpit.ids import Ids, RandomIds
from incident_cockpit.incident.envelope import Draft, Moment
from incident_cockpit.incident.record import Record
from incident_cockpit.journal.journal import Journal, Listed
from incident_cockpit.text.clean import clean_line
from incident_cockpit.timewords import zone_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from incident_cockpit.cockpit.session import Session
    from incident_cockpit.plan.model import Plan
    from incident_cockpit.runbook.model import Runbook


class Library:
    """The door to the store; used from one thread. Nothing is opened before it is needed, so that starting is cheap."""

    def __init__(self, places: Paths, settings: Settings, clock: Clock, ids: Ids, env: Mapping[str, str]) -> None:
        """Take the places, the settings and the sources of time and ids; `env` names who speaks and which incident."""
        self.places = places
        self.settings = settings
        self.clock = clock
        self._ids = ids
        self._env = env
        self.who = speaker(env, settings)
        self._journal: Journal | None = None

    @classmethod
    def of(cls, env: Mapping[str, str], who: str | None = None) -> Self:
        """Open the library that the environment names; `who` overrides the speaker."""
        places = paths(env)
        speaking = {**env, "INCIDENT_USER": who} if who else env
        return cls(places, load_settings(places.config_file), SystemClock(), RandomIds(), speaking)

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the zone in which clock times are typed and shown."""
        return zone_of(self.settings.zone)

    @property
    def journal(self) -> Journal:
        """Return the store, opened or created on first use."""
        if self._journal is None:
            self._journal = Journal(self.places.store, self.places.rescue, self._ids)
        return self._journal

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
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def incidents(self, live_only: bool = False) -> list[Listed]:
        """Return the incidents, the newest first."""
        return self.journal.incidents(live_only=live_only)

    def meant(self, word: str | None = None) -> Listed:
        """Return the incident that is meant: named, in INCIDENT, chosen by `use`, or the only open one.

        Raises NotFound where there is none, and Refused with the list where it could be several.
        """
        named = word or self._env.get("INCIDENT") or self.journal.current()
        if named:
            return self.journal.find(named)
        live = self.incidents(live_only=True)
        if len(live) == 1:
            return live[0]
        if not live:
            raise NotFound("there is no open incident", 'declare one: incident new "what is broken"')
        listed = "\n".join(f"  INC-{one.number}  {one.severity or '?'}  {one.title}" for one in live)
        raise Refused(
            f"{len(live)} incidents are open and none was named:\n{listed}",
            "name one with --incident 7, INCIDENT=7, or for good: incident use 7",
            ExitCode.USAGE,
        )

    def record(self, incident_id: str) -> Record:
        """Return the incident with this UUID to read and not to act on: a prompt asks every few seconds."""
        return self.journal.load(incident_id)

    def session(self, incident_id: str) -> Session:
        """Open the incident with this UUID."""
        return self._session(self.record(incident_id))

    def declare(
        self,
        title: str,
        severity: str,
        *,
        plan: str | None = None,
        runbook: str | None = None,
        started: datetime | None = None,
    ) -> Session:
        """Declare an incident; title and severity are enough, `started` is when the harm began if that was not now.

        Raises Refused for whatever is wrong with the words, the plan or the runbook; then no incident is made.
        """
        from incident_cockpit.incident.declare import declare

        adopted = self.plan(plan)
        named = runbook if runbook is not None else adopted.runbook
        attached, documents = self._attached(named)
        now = self.clock.now()

        def decide(number: int) -> Sequence[Draft]:
            moment = Moment(self.who, now, started or now, 1)
            return declare(number, moment, clean_line(title), clean_line(severity), adopted, attached)

        record = self.journal.create(decide, who=self.who, now=now, happened=now, documents=documents)
        return self._session(record, self.journal.warning or "")

    def plan(self, name: str | None = None) -> Plan:
        """Return the response plan with this name, or the one the settings choose."""
        from incident_cockpit.plan.read import find_plan, load_plan

        folders = plan_folders(self.places)
        return load_plan(find_plan(name or self.settings.plan, folders), folders)

    def runbook(self, name: str, rule: str | None = None) -> tuple[Runbook, bytes]:
        """Return a runbook by its path or name, read by a rule if one is named, with the bytes it was read from."""
        from incident_cockpit.runbook.document import find, load

        return load(find(name, runbook_folders(self.places)), rule)

    def _attached(self, name: str | None) -> tuple[Runbook | None, dict[str, bytes]]:
        if not name:
            return None, {}
        runbook, data = self.runbook(name)
        return runbook, {runbook.sha256: data}

    def _session(self, record: Record, warning: str = "") -> Session:
        from incident_cockpit.cockpit.session import Session

        return Session(self.journal, record, self.clock, self.who, self.zone, self.runbook, self.plan, warning)
