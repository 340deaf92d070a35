"""One file an idea: its facts, its rules, its fold and its words; this list is the model's table of contents."""

from __future__ import annotations

from incident_cockpit.incident.envelope import Fact
from incident_cockpit.incident.topics import (
    asks,
    breach,
    channel,
    decisions,
    deeds,
    effects,
    evidence,
    followups,
    gates,
    handoff,
    hypotheses,
    impact,
    milestones,
    nature,
    needs,
    notes,
    opening,
    phase,
    plan,
    report,
    restriction,
    review,
    roles,
    runbooks,
    severity,
    solo,
    steps,
    systems,
    timers,
    updates,
)
from incident_cockpit.incident.topics.topic import Topic

TOPICS: tuple[Topic, ...] = (
    opening.TOPIC,
    plan.TOPIC,
    report.TOPIC,
    severity.TOPIC,
    phase.TOPIC,
    milestones.TOPIC,
    impact.TOPIC,
    systems.TOPIC,
    nature.TOPIC,
    channel.TOPIC,
    roles.TOPIC,
    solo.TOPIC,
    handoff.TOPIC,
    runbooks.TOPIC,
    steps.TOPIC,
    gates.TOPIC,
    notes.TOPIC,
    decisions.TOPIC,
    effects.TOPIC,
    asks.TOPIC,
    needs.TOPIC,
    timers.TOPIC,
    deeds.TOPIC,
    hypotheses.TOPIC,
    updates.TOPIC,
    followups.TOPIC,
    review.TOPIC,
    restriction.TOPIC,
    breach.TOPIC,
    evidence.TOPIC,
)

FACTS: dict[str, type[Fact]] = {fact.kind: fact for topic in TOPICS for fact in topic.facts}
TOPIC_OF: dict[type[Fact], Topic] = {fact: topic for topic in TOPICS for fact in topic.facts}
