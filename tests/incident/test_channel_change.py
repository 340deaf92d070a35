"""The incident moves to another channel: whoever was asked to join is asked to come there, and nowhere else."""

from __future__ import annotations

from msgspec.structs import replace

from incident_cockpit.incident.facts.asks import open_asks
from incident_cockpit.plan.schema import Participant
from support.builders import Story, full_plan, plain_plan


def asked(story: Story) -> dict[str, str]:
    return {ask.who: ask.text for ask in open_asks(story.incident).values()}


def test_who_has_not_come_yet_is_asked_to_the_new_channel() -> None:
    story = Story().declare(severity="SEV1", plan=full_plan())
    story.do("answer", ask="Support", answer="joined")
    story.do("ask", who="Raj", within="10m", text="join the dots")
    before = next(ask for ask in open_asks(story.incident).values() if ask.who == "Security")
    story.do("channel", name="war-room")
    assert asked(story) == {"Security": "join #war-room", "Raj": "join the dots"}
    after = next(ask for ask in open_asks(story.incident).values() if ask.who == "Security")
    assert (after.asked, after.due) == (before.asked, before.due)
    story.do("undo")
    assert asked(story)["Security"] == "join #incident-2026-11-20"


def test_a_call_is_where_people_come_only_while_there_is_no_channel() -> None:
    plan = replace(plain_plan(), participants=(Participant("Support", 300),))
    story = Story().declare(plan=plan)
    assert asked(story) == {"Support": "join the incident"}
    story.do("call", link="https://meet.example/1")
    assert asked(story) == {"Support": "join the call"}
    story.do("channel", name="war-room")
    story.do("call", link="https://meet.example/2")
    assert asked(story) == {"Support": "join #war-room"}
