"""Decisions in a runbook: which way was taken, by its number, its words or its section; and taking that back."""

from __future__ import annotations

import pytest

from incident_cockpit.incident.facts.runbooks import find_gate, gate_question
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.runbook.reader import read_runbook
from support.builders import RUNBOOK, Story, runbook_at
from support.refusals import refuses

TEXT = """# R
## One
- [ ] a

If it **is** back, go to [Three](#three). If it is not back, escalate. If it is, escalate twice.

## Two
- [ ] b
## Three
- [ ] c
"""


@pytest.fixture
def story() -> Story:
    return Story().declare(runbook=read_runbook(TEXT.encode(), "r.md"))


def told(story: Story) -> tuple[str, str]:
    line = list(timeline_entries(story.record))[-1]
    return line.sort, line.text


ASKED = "If it is back, go to Three. If it is not back, escalate. If it is, escalate twi…"


@pytest.mark.parametrize("choice", ["1", "three", "go to Three", "If it is back, go to Three"])
def test_a_way_is_named_by_its_number_its_words_or_its_section(story: Story, choice: str) -> None:
    story.do("branch", by="Raj", gate="g1", choice=choice)
    passed = story.incident.gates["r1.g1"]
    assert (passed.to, passed.escalate, passed.who, passed.when) == ("Three", False, "Raj", story.now)
    assert told(story) == ("gate", f"→ Three  ({ASKED})")


def test_a_way_without_a_section_keeps_its_words(story: Story) -> None:
    story.do("branch", gate="g1", choice="not back")
    passed = story.incident.gates["r1.g1"]
    assert (passed.to, passed.escalate) == ("", True)
    assert told(story)[1].startswith("→ If it is not back, escalate  (")


@pytest.mark.parametrize("choice", ["", "0", "4", "99", "²", "Two", "escalate", "it is"])
def test_no_way_or_several_are_refused_with_the_ways_there_are(story: Story, choice: str) -> None:
    with refuses("choice") as refused:
        story.do("branch", gate="g1", choice=choice)
    assert "1 If it is back, go to Three; 2 If it is not back" in refused.value.what_to_do
    assert story.incident.gates == {}


def test_the_whole_words_win_over_part_of_them() -> None:
    text = (
        TEXT.replace("If it is, escalate twice.", "If it is Three, go to [Three b](#three-b).")
        + "## Three b\n- [ ] d\n"
    )
    story = Story().declare(runbook=read_runbook(text.encode(), "r.md"))
    story.do("branch", gate="g1", choice="three")
    assert story.incident.gates["r1.g1"].to == "Three"


def test_another_way_can_be_taken_and_the_first_comes_back(story: Story) -> None:
    story.do("branch", gate="g1", choice="1")
    story.do("branch", gate="g1", choice="2")
    assert story.incident.gates["r1.g1"].escalate
    story.do("undo")
    assert story.incident.gates["r1.g1"].to == "Three"
    story.do("undo")
    assert story.incident.gates == {}
    assert [line.sort for line in timeline_entries(story.record)].count("gate") == 0


def test_unknown_decision_point_is_refused(story: Story) -> None:
    with refuses("gate"):
        story.do("branch", gate="g9", choice="1")
    assert find_gate(story.incident, "r9.g1") is None


def test_a_runbook_stays_while_a_way_is_taken_in_it() -> None:
    story = Story().declare()
    story.do("attach", by="Ana", runbook=read_runbook(TEXT.encode(), "r.md"))
    story.do("branch", by="Raj", gate="g1", choice="1")
    with refuses():
        story.do("undo", by="Ana")
    story.do("undo", by="Raj")
    story.do("undo", by="Ana")
    assert story.incident.steps.runbooks == {}
    with refuses():
        story.do("redo", by="Raj")


def test_decision_stays_when_its_decision_point_is_gone(story: Story) -> None:
    story.do("branch", gate="g1", choice="1")
    story.do("update-runbook", runbook="r", newer=read_runbook(b"# R\n## One\n- [ ] a\n## Three\n- [ ] c\n", "r.md"))
    assert find_gate(story.incident, "r1.g1") is None
    assert ("gate", f"→ Three  ({ASKED})") in [(line.sort, line.text) for line in timeline_entries(story.record)]


def test_the_gates_of_the_shipped_runbook_are_plain_words() -> None:
    for gate in runbook_at(RUNBOOK).gates:
        asked = gate_question(gate)
        assert "](" not in asked
        assert asked == " ".join(asked.split())


class TestEscalate:
    """Somebody is brought in, with the reason."""

    def test_it_is_a_line_of_its_own_sort(self, story: Story) -> None:
        story.do("escalate", who="@Kim", reason="the gateway is beyond us")
        assert told(story) == ("escalation", "Kim: the gateway is beyond us")
        story.do("undo")
        assert story.incident.notes.lines == 0

    @pytest.mark.parametrize(
        ("who", "reason", "missing"),
        [("", "x", "who"), ("@", "x", "who"), ("Kim", " ", "reason")],
    )
    def test_it_needs_a_name_and_a_reason(self, story: Story, who: str, reason: str, missing: str) -> None:
        with refuses(missing):
            story.do("escalate", who=who, reason=reason)
