"""What became of every promise of an update: kept, late, missed, waiting, overdue, or let go."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.facts.updates import UpdateSent, next_update
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.update_promises import Promise, UpdateOutcome, promises
from incident_cockpit.plan.schema import Cadence, Plan
from support.builders import START, Story, busy_story, default_plan, resolved_story
from support.naming import naming

HOUR, HALF = 3600, 1800
INTERNAL = Cadence("internal", "Internal update", (("SEV1", HALF), ("SEV2", HALF)), inside=True)
EXTERNAL = Cadence("external", "Status page", (("SEV1", HOUR), ("SEV2", HOUR)), first=(("SEV1", 900), ("SEV2", HALF)))


def planned(*cadences: Cadence) -> Plan:
    return replace(default_plan(), cadences=cadences or (INTERNAL, EXTERNAL), templates=())


def send(story: Story, audience: str, after: str = "1m") -> None:
    story.do("sent", audience=audience, route="page", text="We look", after=after)


RELEASED = UpdateOutcome.RELEASED.value


def told(story: Story) -> list[tuple[str, int, int, str, int]]:
    """Return each promise as audience, number, minute at which it was due, outcome and minutes it was late."""
    return [
        (one.audience, one.number, _minutes(one.due - START), one.outcome.value, _minutes(one.late))
        for one in promises(story.record, story.now)
    ]


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def test_each_update_answers_the_promise_before_it_and_the_last_one_waits() -> None:
    story = Story().declare(plan=planned())
    assert told(story) == [("external", 1, 30, "waiting", 0), ("internal", 1, 30, "waiting", 0)]
    send(story, "internal", after="20m")
    send(story, "external", after="15m")
    assert told(story) == [
        ("external", 1, 30, "late", 5), ("internal", 1, 30, "kept", 0), ("internal", 2, 50, "waiting", 0),
        ("external", 2, 95, "waiting", 0),
    ]  # fmt: skip
    story.wait("17m")
    assert told(story)[2] == ("internal", 2, 50, "overdue", 2)
    [late] = [one for one in promises(story.record, story.now) if one.outcome is UpdateOutcome.LATE]
    assert (late.sent, late.late) == (START + timedelta(minutes=35), timedelta(minutes=5))


def test_end_releases_waiting_promises_and_misses_late_ones() -> None:
    story = Story().declare(plan=planned())
    send(story, "external", after="20m")
    story.do("resolve", verified="5xx at baseline", after="25m")
    assert told(story) == [
        ("external", 1, 30, "kept", 0), ("internal", 1, 30, "missed", 15),
        ("external", 2, 80, RELEASED, 0),
    ]  # fmt: skip
    ended = promises(story.record, story.now + timedelta(days=9))[1:]
    assert [(one.ended, one.reason) for one in ended] == [(story.now, naming("incident"))] * 2
    assert told(story.wait("9d")) == told(story), "what is over is no longer measured"


def test_the_end_counts_from_when_it_came_and_not_from_when_it_was_written_down() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    story.do("resolve", verified="5xx at baseline", after="40m", when="-15m")
    assert told(story) == [("internal", 1, 30, RELEASED, 0)]


def test_an_update_after_the_end_answers_nothing() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    story.do("resolve", verified="5xx at baseline", after="10m")
    send(story, "internal")
    assert told(story) == [("internal", 1, 30, RELEASED, 0)]


def test_a_reopened_incident_promises_anew() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    story.do("resolve", verified="5xx at baseline", after="40m")
    story.do("phase", phase="investigating", reason="it is back", after="2h")
    send(story, "internal", after="10m")
    assert told(story) == [
        ("internal", 1, 30, "missed", 10), ("internal", 1, 190, "kept", 0), ("internal", 2, 200, "waiting", 0),
    ]  # fmt: skip


def test_cadence_switched_off_releases_its_promise() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    story.do("cadence", audience="internal", every="off", after="10m")
    [gone] = promises(story.record, story.now)
    assert (gone.outcome, gone.ended, gone.reason) == (UpdateOutcome.RELEASED, story.now, "switched off")
    story.do("undo")
    assert told(story) == [("internal", 1, 30, "waiting", 0)], "it was never switched off"
    story.do("cadence", audience="internal", every="off")
    story.do("cadence", audience="internal", every="15m", after="1h")
    assert told(story) == [("internal", 1, 30, RELEASED, 0), ("internal", 1, 87, "waiting", 0)]


def test_switched_off_too_late_it_was_missed() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    story.do("cadence", audience="internal", every="off", after="45m")
    assert told(story) == [("internal", 1, 30, "missed", 15)]


def test_the_same_promise_that_holds_again_is_one() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    send(story, "internal")
    story.do("cadence", audience="internal", every="off")
    story.do("cadence", audience="internal", every="2h")
    assert told(story) == [("internal", 1, 30, "kept", 0), ("internal", 2, 31, "waiting", 0)]


def test_a_severity_that_no_longer_asks_lets_go() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    story.do("severity", severity="SEV4", reason="a side feature", after="10m")
    [gone] = promises(story.record, story.now)
    assert (gone.outcome, gone.reason) == (UpdateOutcome.RELEASED, naming("SEV4"))


def test_a_plan_without_the_audience_lets_go() -> None:
    story = Story().declare(plan=planned())
    story.do("adopt-plan", plan=replace(planned(INTERNAL), name="Smaller"), after="10m")
    [gone] = [one for one in promises(story.record, story.now) if one.audience == "external"]
    assert (gone.outcome, gone.reason) == (UpdateOutcome.RELEASED, naming("Smaller"))


def test_a_milestone_that_ends_it_is_named() -> None:
    story = Story().declare(plan=planned(replace(INTERNAL, until="mitigated")))
    story.do("phase", phase="monitoring", after="35m")
    [gone] = promises(story.record, story.now)
    assert (gone.outcome, gone.reason) == (UpdateOutcome.MISSED, "required until mitigated")


def test_an_update_that_was_taken_back_was_none() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    send(story, "internal", after="20m")
    story.do("undo", after="20m")
    assert told(story) == [("internal", 1, 30, "overdue", 10)]
    send(story, "internal")
    assert told(story) == [("internal", 1, 30, "late", 11), ("internal", 2, 71, "waiting", 0)]


def test_nothing_is_promised_before_an_incident_is_declared() -> None:
    assert promises(Record("x"), START) == []
    unpromised = Story().declare(plan=planned(replace(INTERNAL, start="aware")))
    send(unpromised, "internal")
    assert told(unpromised) == []


def test_a_sample_incident_is_judged_whole() -> None:
    story = resolved_story()
    found = promises(story.record, story.now)
    sent = story.incident.updates.sent.values()
    assert {(one.audience, one.sent) for one in found if one.sent} == {(one.audience, one.sent) for one in sent}
    assert {one.outcome for one in found if one.sent is None} <= {UpdateOutcome.MISSED, UpdateOutcome.RELEASED}
    busy = busy_story()
    assert {one.audience for one in promises(busy.record, busy.now) if one.ended is None and one.sent is None} == {
        "internal", "external",
    }  # fmt: skip


def test_every_round_that_passes_counts_and_a_severity_forgives_none() -> None:
    cadence = Cadence("internal", "Internal update", (("SEV1", HALF), ("SEV2", HOUR)), inside=True)
    story = Story().declare(plan=planned(cadence), severity="SEV1")
    story.do("severity", severity="SEV2", reason="less", after="72m")
    [one] = promises(story.record, story.now)
    assert (_minutes(one.due - START), _minutes(one.late), one.skipped) == (30, 42, 1), "minute 60 passed too"
    story.do("severity", severity="SEV1", reason="more", after="48m")
    story.wait("1m")
    [one] = promises(story.record, story.now)
    assert (_minutes(one.due - START), _minutes(one.late), one.skipped) == (30, 91, 2), "and minute 120"
    send(story, "internal")
    sent, coming = promises(story.record, story.now)
    assert (sent.outcome, _minutes(sent.late), sent.skipped) == (UpdateOutcome.LATE, 92, 2)
    assert (coming.outcome, coming.due) == (UpdateOutcome.WAITING, story.now + timedelta(minutes=30))


def test_a_severity_that_asks_for_none_in_between_forgives_none() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    story.do("severity", severity="SEV4", reason="less", after="72m")
    story.wait("2h")
    assert told(story) == [("internal", 1, 30, "missed", 42)]
    story.do("severity", severity="SEV2", reason="more", after="1m")
    assert told(story) == [("internal", 1, 30, "overdue", 163)]
    assert [one.skipped for one in promises(story.record, story.now)] == [1], "what nobody asked for did not pass"
    story.do("cadence", audience="internal", every="off")
    story.do("cadence", audience="internal", every="20m")
    assert told(story) == [("internal", 1, 30, "overdue", 165)]


def test_a_round_ahead_moves_to_the_earlier_time_when_raised_and_to_the_later_when_lowered() -> None:
    cadence = Cadence("internal", "Internal update", (("SEV1", HALF), ("SEV2", HOUR)), inside=True)
    story = Story().declare(plan=planned(cadence), severity="SEV2")
    story.do("severity", severity="SEV1", reason="more", after="10m")
    assert told(story) == [("internal", 1, 30, "waiting", 0)]
    story.do("severity", severity="SEV2", reason="less", after="10m")
    assert told(story) == [("internal", 1, 60, "waiting", 0)]
    story.do("severity", severity="SEV1", reason="more", after="25m")
    assert told(story) == [("internal", 1, 45, "waiting", 0)], "no earlier than the change"
    story.do("severity", severity="SEV4", reason="none", after="")
    story.do("severity", severity="SEV1", reason="more", after="")
    assert told(story) == [("internal", 1, 45, "waiting", 0)]


def test_a_promise_is_kept_in_its_very_second() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    story.clock.forward(seconds=1800.5)
    send(story, "internal", after="")
    assert told(story)[0] == ("internal", 1, 30, "kept", 0)


def test_a_store_whose_update_names_a_later_time_is_judged_by_the_plan() -> None:
    story = Story().declare(plan=planned(INTERNAL))
    story.wait("40m")
    events = story.do("sent", audience="internal", route="page", text="We look", after="")
    older = Record(story.record.id, story.record.events[:-1])
    fact = events[0].fact
    assert isinstance(fact, UpdateSent)
    assert fact.now is not None
    forgiven = replace(fact, now=replace(fact.now, due=story.now))
    older.extend([replace(events[0], fact=forgiven)])
    assert next((one.outcome, _minutes(one.late)) for one in promises(older, story.now)) == (UpdateOutcome.LATE, 10)


steps = st.lists(
    st.tuples(
        st.sampled_from(["1m", "20m", "70m"]),
        st.sampled_from(
            ["internal", "external", "SEV1", "SEV2", "SEV4", "off", "20m", "2h", "monitoring", "resolved", "closed",
             "investigating", "undo"]
        ),
    ),
    max_size=16,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(steps)
def test_every_promise_is_answered_once_or_waits(taken: list[tuple[str, str]]) -> None:
    story = Story().declare(plan=planned())
    for after, step in taken:
        story.wait(after)
        _take(story, step)
    found = promises(story.record, story.now)
    assert found == sorted(found, key=lambda one: (one.due, one.audience, one.number))
    answered = {(one.audience, one.number): one for one in found if one.sent is not None}
    for update in story.incident.updates.sent.values():
        if update.due is not None:
            judged = answered.pop((update.audience, update.number))
            assert (judged.due, judged.sent) == (update.due, update.sent)
    assert not answered, "no update is judged twice, none that was taken back"
    for audience in ("internal", "external"):
        coming = next_update(story.incident, audience)
        waiting = [one for one in found if one.audience == audience and one.sent is None and one.ended is None]
        assert [(one.number, one.due) for one in waiting] == ([(coming.number, coming.due)] if coming else [])
    assert all(_measured(one, story) for one in found)


def _measured(one: Promise, story: Story) -> bool:
    return one.late == max((one.sent or one.ended or story.now) - one.due, timedelta(0))


def _take(story: Story, step: str) -> None:
    try:
        match step:
            case "internal" | "external":
                send(story, step, after="")
            case "off" | "20m" | "2h":
                story.do("cadence", audience="internal", every=step, after="")
            case "SEV1" | "SEV2" | "SEV4":
                story.do("severity", severity=step, reason="x", after="")
            case "undo":
                story.do("undo", after="")
            case _:
                story.do("phase", phase=step, reason="x", after="")
    except Refused:
        return
