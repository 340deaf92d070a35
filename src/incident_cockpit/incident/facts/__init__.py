"""Families of facts, one file each: types, rules, fold and words; `TOPICS` is the list of them."""

from __future__ import annotations

from incident_cockpit.incident.event import Fact
from incident_cockpit.incident.facts import (
    asks,
    attachments,
    classification,
    clock,
    followups,
    hypotheses,
    milestones,
    notes,
    opening,
    phase,
    plan,
    report,
    roles,
    runbooks,
    security,
    severity,
    steps,
    timers,
    updates,
)
from incident_cockpit.incident.facts.topic import Topic

TOPICS: tuple[Topic, ...] = (
    opening.TOPIC,
    plan.TOPIC,
    report.TOPIC,
    severity.TOPIC,
    phase.TOPIC,
    milestones.TOPIC,
    clock.TOPIC,
    severity.IMPACT_TOPIC,
    severity.SYSTEMS_TOPIC,
    classification.TOPIC,
    classification.CHANNEL_TOPIC,
    roles.TOPIC,
    roles.SOLO_TOPIC,
    roles.HANDOFF_TOPIC,
    runbooks.RUNBOOKS_TOPIC,
    steps.TOPIC,
    runbooks.TOPIC,
    notes.TOPIC,
    notes.DECISIONS_TOPIC,
    notes.EFFECTS_TOPIC,
    asks.TOPIC,
    asks.NEEDS_TOPIC,
    timers.TOPIC,
    timers.DEEDS_TOPIC,
    hypotheses.TOPIC,
    updates.TOPIC,
    followups.TOPIC,
    followups.REVIEW_TOPIC,
    opening.RESTRICTION_TOPIC,
    security.TOPIC,
    security.EVIDENCE_TOPIC,
    notes.COMMANDS_TOPIC,
    attachments.TOPIC,
)

FACTS: dict[str, type[Fact]] = {fact.kind: fact for topic in TOPICS for fact in topic.facts}
TOPIC_OF: dict[type[Fact], Topic] = {fact: topic for topic in TOPICS for fact in topic.facts}
