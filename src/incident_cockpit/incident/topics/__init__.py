"""One file an idea: its facts, its rules, its fold and its words; this list is the model's table of contents."""

from __future__ import annotations

from incident_cockpit.incident.envelope import Fact
from incident_cockpit.incident.topics import (
    asks,
    followups,
    gates,
    hypotheses,
    impact,
    milestones,
    notes,
    opening,
    phase,
    plan,
    roles,
    runbooks,
    severity,
    steps,
    timers,
    updates,
)
from incident_cockpit.incident.topics.topic import Topic

TOPICS: tuple[Topic, ...] = (
    opening.TOPIC,
    plan.TOPIC,
    severity.TOPIC,
    phase.TOPIC,
    milestones.TOPIC,
    impact.TOPIC,
    roles.TOPIC,
    runbooks.TOPIC,
    steps.TOPIC,
    gates.TOPIC,
    notes.TOPIC,
    asks.TOPIC,
    timers.TOPIC,
    hypotheses.TOPIC,
    updates.TOPIC,
    followups.TOPIC,
)

FACTS: dict[str, type[Fact]] = {fact.kind: fact for topic in TOPICS for fact in topic.facts}
TOPIC_OF: dict[type[Fact], Topic] = {fact: topic for topic in TOPICS for fact in topic.facts}
