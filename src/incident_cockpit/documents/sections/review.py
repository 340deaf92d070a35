"""Suggestions of the record for the review, missing evidence, and places for what only people know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from incident_cockpit.documents.learnings import missing_evidence, went_poorly, went_well
from incident_cockpit.documents.markdown import to_be_written
from incident_cockpit.documents.snapshot import Snapshot
from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.text.blocks import Block, Text, heading, items, line, paragraph, quiet

_PREVENTS = re.compile(r"prevent", re.IGNORECASE)


def well(view: Snapshot) -> Iterator[Block]:
    """Write what went well, as far as the record shows."""
    yield _suggestions(went_well(view.record, view.now), "what helped, and should be kept")


def poorly(view: Snapshot) -> Iterator[Block]:
    """Write what went poorly, as far as the record shows."""
    yield _suggestions(went_poorly(view.record, view.now), "what slowed us down, and where we were lucky")


def learned(_view: Snapshot) -> Iterator[Block]:
    """Write the place for lessons, which only people can write."""
    yield to_be_written("what we understand now, and what it means beyond this incident")


def gaps(view: Snapshot) -> Iterator[Block]:
    """Write what the record lacks and the review will ask."""
    questions = list(missing_evidence(view.record, view.now))
    yield items(questions) if questions else paragraph("No missing evidence.")


def prevention(view: Snapshot) -> Iterator[Block]:
    """Write what could have prevented the incident, as far as causes and follow-ups show."""
    incident = view.incident
    lines: list[Text] = [
        f"Confirmed cause: {each.text}" for each in incident.hypotheses.values() if each.belief is Belief.CONFIRMED
    ]
    lines += [f"Follow-up: {each.text}" for each in incident.followups.values() if _PREVENTS.search(each.kind)]
    yield items([*lines, quiet("To be written: what could have prevented it")])


def improvements(view: Snapshot) -> Iterator[Block]:
    """Write what can be better: what the record shows, then follow-ups by the plan's types."""
    incident = view.incident
    shown = [_from_record(text) for text in went_poorly(view.record, view.now)]
    if shown:
        yield items(shown)
    for kind in incident.plan.follow_up_kinds:
        yield heading(kind.capitalize(), 3)
        work = [each.text for each in incident.followups.values() if each.kind.casefold() == kind.casefold()]
        yield items(work) if work else to_be_written("what can be better here, or nothing")
    if not incident.plan.follow_up_kinds:
        yield to_be_written("what can be better")


def _suggestions(texts: Iterable[Text], rest: str) -> Block:
    return items([*map(_from_record, texts), quiet(f"To be written: {rest}")])


def _from_record(text: Text) -> Text:
    return ("From the record: ", *line(text))
