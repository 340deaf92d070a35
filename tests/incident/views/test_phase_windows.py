"""The time that a plan gives a phase: it counts from where a severity first asked for it, whatever came after."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.incident.views.due import due_items
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from support.builders import START, Story, default_plan
from support.deadlines import only, span

WINDOW = Deadline(
    "it", DeadlineKind.WINDOW, "Investigating should be over", "detected", span("30m"), "phase investigating"
)


def told(levels: tuple[str, ...], severity: str) -> Story:
    return Story().declare(plan=only(default_plan(), replace(WINDOW, severities=levels)), severity=severity)


def due(story: Story) -> list[float]:
    """Return the minute of the story at which the phase should be over, nothing where nobody asks for it."""
    return [(item.at - START).total_seconds() / 60 for item in due_items(story.incident)]


def test_a_window_begins_with_the_severity_that_brings_it_and_never_anew() -> None:
    story = told(("SEV1",), "SEV2")
    assert due(story) == []
    story.do("severity", severity="SEV1", reason="all of EU", after="20m")
    assert due(story) == [50]
    story.do("severity", severity="SEV2", reason="one shop", after="10m")
    assert due(story) == []
    story.do("severity", severity="SEV1", reason="all of EU after all", after="10m")
    assert due(story) == [50], "there and back gives nobody more time"
    story.do("severity", severity="SEV2", reason="one shop")
    story.do("severity", severity="SEV1", reason="all of EU once more", after="1h")
    assert due(story) == [101], "what is past is due when it is asked for again"


@given(
    first=st.sampled_from(("SEV1", "SEV2", "SEV3")),
    changes=st.lists(st.tuples(st.sampled_from(("SEV1", "SEV2", "SEV3")), st.integers(1, 40)), max_size=6),
)
def test_whatever_the_severity_did_a_window_counts_from_where_it_first_asked(
    first: str, changes: list[tuple[str, int]]
) -> None:
    story = told(("SEV1", "SEV2"), first)
    minute, level, late = 0, first, False
    draft, at = (0, 30) if first != "SEV3" else (None, 0)
    for to, after in changes:
        if to == level:
            continue
        story.do("severity", severity=to, reason="so it is", after=f"{after}m")
        minute += after
        late = late or (level != "SEV3" and at < minute)
        if to != "SEV3" and not late:
            # It is due no earlier than it is asked for again; what was late when it was asked for stays so.
            draft = minute if draft is None else draft
            at = max(draft + 30, minute)
        level = to
    assert due(story) == ([] if level == "SEV3" else [at])
