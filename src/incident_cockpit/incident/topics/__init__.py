"""One file an idea: its facts, its rules, its fold and its words; this list is the model's table of contents."""

from __future__ import annotations

from incident_cockpit.incident.envelope import Fact
from incident_cockpit.incident.topics import (
    asks,
    breach,
    channel,
    deeds,
    evidence,
    followups,
    gates,
    hypotheses,
    impact,
    milestones,
    nature,
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
    nature.TOPIC,
    channel.TOPIC,
    roles.TOPIC,
    solo.TOPIC,
    runbooks.TOPIC,
    steps.TOPIC,
    gates.TOPIC,
    notes.TOPIC,
    asks.TOPIC,
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
