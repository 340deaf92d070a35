"""When progress is asked for: after a time without a finding, action, answer, effect, hypothesis or system status."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from incident_cockpit.incident.views.due import due_items
from incident_cockpit.plan.schema import Plan
from support.builders import START, Story, default_plan
from support.deadlines import only


def due(story: Story) -> dict[str, float]:
    """Return the minute of the story at which progress is asked for, nothing where it is not."""
    items = [item for item in due_items(story.incident) if item.is_progress_check]
    return {item.key: (item.at - START) / timedelta(minutes=1) for item in items}


class TestProgress:
    def plan(self) -> Plan:
        return only(default_plan(), progress=1800)

    def test_silence_asks_for_progress_until_the_harm_is_stopped_and_again_when_it_is_back(self) -> None:
        story = Story().declare(plan=self.plan())
        assert list(due(story).values()) == [30]
        story.do("finding", text="5xx at 8%", after="10m")
        assert list(due(story).values()) == [40]
        story.do("complete", item="progress", after="35m")
        assert list(due(story).values()) == [75]
        story.do("phase", phase="monitoring", after="5m")
        assert due(story) == {}
        story.do("phase", phase="investigating", after="5m")
        assert list(due(story).values()) == [85]

    @pytest.mark.parametrize(
        ("action", "values"),
        [
            ("note", {"text": "lunch"}),
            ("decision", {"text": "Wait for the vendor"}),
            ("risk", {"text": "the queue may fill up"}),
            ("ask", {"who": "Raj", "within": "10m", "text": "lag?"}),
            ("assign", {"role": "tech", "who": "Raj"}),
            ("impact", {"impact": "8% of payments fail"}),
            ("severity", {"severity": "SEV1", "reason": "more of it"}),
            ("timer", {"within": "10m", "text": "look"}),
            ("follow-up", {"text": "mend the alert"}),
        ],
    )
    def test_only_progress_ends_a_silence(self, action: str, values: dict[str, str]) -> None:
        story = Story().declare(plan=self.plan())
        story.do(action, after="29m", **values)
        assert list(due(story).values()) == [30]

    def test_findings_actions_answers_effects_hypotheses_and_systems_are_progress(self) -> None:
        story = Story().declare(plan=self.plan())
        story.do("ask", who="Raj", within="10m", text="lag?", after="5m")
        for minute, (action, values) in enumerate(
            [
                ("finding", {"text": "5xx at 8%"}),
                ("action", {"text": "Rolled back"}),
                ("effect", {"action": "Rolled", "outcome": "helped"}),
                ("answer", {"ask": "Raj", "answer": "3 s"}),
                ("hypothesis", {"text": "bad deploy"}),
                ("rule-out", {"hypothesis": "bad deploy", "evidence": "it began before"}),
                ("system", {"system": "checkout", "health": "degraded"}),
            ],
            start=6,
        ):
            story.do(action, **values)
            assert list(due(story).values()) == [minute + 30], action

    def test_a_severity_that_brings_the_check_asks_for_nothing_before_it_and_forgives_nothing(self) -> None:
        plan = replace(self.plan(), progress_at=("SEV1", "SEV2"))
        story = Story().declare(plan=plan, severity="SEV3")
        story.do("severity", severity="SEV2", reason="worse", after="50m")
        assert list(due(story).values()) == [50]
        story.do("severity", severity="SEV3", reason="less", after="10m")
        story.do("severity", severity="SEV1", reason="worse", after="10m")
        assert list(due(story).values()) == [50]
        late = Story().declare(plan=plan)
        late.do("severity", severity="SEV3", reason="less", after="40m")
        late.do("severity", severity="SEV2", reason="worse", after="10m")
        assert list(due(late).values()) == [30]

    def test_it_can_be_asked_at_some_severities_alone(self) -> None:
        plan = replace(self.plan(), progress_at=("SEV1", "SEV2"))
        story = Story().declare(plan=plan, severity="SEV3")
        assert not [one for one in due_items(story.incident) if one.key.startswith("progress")]
        story.do("severity", severity="SEV2", reason="worse")
        assert [one for one in due_items(story.incident) if one.key.startswith("progress")]

    def test_putting_it_off_is_no_progress(self) -> None:
        story = Story().declare(plan=self.plan())
        story.do("snooze", item="progress", within="10m", after="30m")
        assert list(due(story).values()) == [40]
