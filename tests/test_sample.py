"""The sample incident: its file is what the story gives, and opened at any time it stands in the middle of things."""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incident_cockpit.ids import CountedIds
from incident_cockpit.incident.facts.asks import AskStatus
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.notes import Logged
from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.facts.steps import Status
from incident_cockpit.incident.facts.updates import UpdateSent
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.due import Urgency, due_items, urgency
from incident_cockpit.incident.views.next_action import prompts
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.journal.journal import Journal
from incident_cockpit.journal.transfer import import_lines
from support.naming import naming
from support.sample_story import FILE, NOW, sample_lines, sample_story

OPENED_AT = datetime(2031, 7, 1, 3, 15, tzinfo=UTC)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """The sample as it is opened years later, laid relative to that time."""
    with Journal(tmp_path / "store.db", None, CountedIds()) as journal, FILE.open("rb") as source:
        return import_lines(journal, source, shift=OPENED_AT - NOW)


def test_the_file_is_what_the_story_gives(tmp_path: Path) -> None:
    made = b"".join(line + b"\n" for line in sample_lines(tmp_path))
    if os.environ.get("REWRITE"):
        FILE.write_bytes(made)
    assert FILE.read_bytes() == made, (
        "the story and its file differ; REWRITE=1 pytest tests/test_sample.py writes it anew"
    )


def test_its_present_is_when_the_last_event_was_recorded() -> None:
    assert sample_story().record.events[-1].recorded == NOW


def test_it_is_laid_relative_to_the_time_it_is_opened(record: Record) -> None:
    assert record.events[-1].recorded == OPENED_AT
    assert OPENED_AT - record.incident.started == timedelta(minutes=59, seconds=12)
    assert all(event.happened <= event.recorded <= OPENED_AT for event in record.events)


def test_every_clock_is_in_the_middle_of_things(record: Record) -> None:
    left = {item.key.split(":")[0] + ":" + item.text: item.at - OPENED_AT for item in due_items(record.incident)}
    assert {key: round(span.total_seconds()) for key, span in left.items()} == {
        "update:Internal update": -(2 * 60 + 12),
        "ask:Tomasz: Does a delivery succeed with the old bundle?": 100,
        "timer:Is the backlog still below two million?": 7 * 60 + 48,
        "clock:Notify Head of engineering": 9 * 60 + 8,
        "update:External update": 19 * 60 + 48,
    }
    assert [urgency(item, OPENED_AT) for item in due_items(record.incident)][:3] == [
        Urgency.LATE, Urgency.NEAR, Urgency.AHEAD,
    ]  # fmt: skip


def test_the_response_is_half_way(record: Record) -> None:
    steps = record.incident.steps
    [(runbook_id, runbook)] = steps.runbooks.items()
    statuses = Counter(steps.status(f"{runbook_id}.{step.key}") for step in runbook.steps)
    assert len(runbook.steps) == 32
    assert statuses[Status.DONE] == 11
    assert statuses[Status.SKIPPED] == 2
    assert statuses[Status.DOING] == 1
    assert all(mark.reason for mark in steps.marks.values() if mark.status is Status.SKIPPED)
    assert steps.assignees == {f"{runbook_id}.s16": "Omar"}


def test_people_causes_and_promises_stand_as_they_would(record: Record) -> None:
    incident = record.incident
    assert commander(incident) == "Ines"
    assert {role: [one.who for one in held] for role, held in incident.roles.items()} == {
        "ic": ["Ines"], "tech": ["Tomasz"], "scribe": ["Nadia"], "sme": ["Omar"],
    }  # fmt: skip
    assert sorted(one.belief for one in incident.hypotheses.values()) == [Belief.OPEN, Belief.RULED_OUT, Belief.TESTING]
    assert sorted(one.status for one in incident.asks.values()) == [
        AskStatus.ANSWERED, AskStatus.ANSWERED, AskStatus.OPEN,
    ]  # fmt: skip
    assert sorted(one.audience for one in incident.updates.sent.values()) == ["external", "internal", "support"]
    assert incident.severity is not None
    assert (incident.severity.value, bool(incident.severity.reason)) == ("SEV1", True)
    assert incident.impact is not None
    assert len(incident.followups) == 1


def test_the_timeline_is_worth_reading(record: Record) -> None:
    told = list(timeline_entries(record))
    sorts = Counter(line.sort for line in told)
    assert sorts["note"] >= 4
    assert sorts["action"] >= 3
    assert sorts["decision"] >= 2
    assert sorts["finding"] >= 4
    assert sum(count for sort, count in sorts.items() if sort != "step") >= 25
    assert sum(line.recorded is not None for line in told) >= 5
    assert len({line.who for line in told}) == 5


def test_no_text_names_a_time_that_moving_would_make_wrong(record: Record) -> None:
    facts = [event.fact for event in record.events]
    written = [fact.now for fact in facts if isinstance(fact, Logged | UpdateSent)]
    texts = [one.text for one in written if one is not None]
    assert len(texts) >= 10
    texts.append(record.incident.meeting.channel)
    assert [text for text in texts if re.search(r"[0-9]:[0-9]{2}|[0-9]{4}-[0-9]{2}", text)] == []


def test_next_says_the_late_update_first_and_the_missing_role(record: Record) -> None:
    said = [prompt.text for prompt in prompts(record.incident, OPENED_AT)]
    assert said[0] == "Internal update: late 2m12s"
    assert said[1].endswith("is due in 1m40s")
    assert naming("Communications Lead", "SEV1") in said


def test_its_runbook_travels_with_it(tmp_path: Path, record: Record) -> None:
    with Journal(tmp_path / "other.db", None, CountedIds()) as journal, FILE.open("rb") as source:
        taken = import_lines(journal, source)
        [runbook] = taken.incident.steps.runbooks.values()
        source_text = journal.document(runbook.sha256)
        assert source_text is not None
        assert b"# Service outage" in source_text
        assert journal.verify() == []
    assert taken.incident.name == record.incident.name == "INC-42"
