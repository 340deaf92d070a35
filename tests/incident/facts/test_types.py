"""Types of an incident: they add up, one is removed with a reason, and stores of before are read as one type more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from incident_cockpit.actions.registry import find
from incident_cockpit.documents.breach_record import BREACH_RECORD
from incident_cockpit.documents.messages import compose_message
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.incident import codec
from incident_cockpit.incident.declare import Declaration
from incident_cockpit.incident.event import Fact
from incident_cockpit.incident.facts import opening, security
from incident_cockpit.incident.facts.classification import TypeHeld, TypeSet, held_types
from incident_cockpit.incident.facts.severity import DatedValue
from incident_cockpit.incident.record import Record
from incident_cockpit.incident.views.adherence import Compliance, adherence
from incident_cockpit.incident.views.due import due_items
from incident_cockpit.plan.deadlines import Deadline, DeadlineKind
from incident_cockpit.plan.schema import Plan
from incident_cockpit.times.business_calendar import Within
from support.builders import Story, full_plan
from support.naming import naming
from support.refusals import refuses

REGULATOR = Deadline(
    "regulator", DeadlineKind.NOTICE, "Tell the regulator", "declared", Within("72h", seconds=72 * 3600),
    "done regulator", types=("security",),
)  # fmt: skip
COUNSEL = Deadline(
    "counsel", DeadlineKind.NOTICE, "Call counsel", "declared", Within("1h", seconds=3600), "done counsel",
    types=("security", "breach"),
)  # fmt: skip


def both() -> Plan:
    plan = full_plan()
    return replace(plan, deadlines=(*plan.deadlines, REGULATOR, COUNSEL))


def told(*types: str) -> Story:
    story = Story().declare(plan=both())
    for one in types:
        story.do("type", type=one)
    return story


def keys(story: Story) -> list[str]:
    return [item.key.removeprefix("clock:") for item in due_items(story.incident) if item.key.startswith("clock:")]


def with_facts(story: Story, *facts: tuple[Fact, int | None]) -> Story:
    """Add facts as a program of before stored them, each an action of its own; with what each takes back."""
    [sample] = story.do("note", text="x")
    for fact, undoes in facts:
        seq = story.record.seq + 1
        event = replace(sample, id=f"{seq:032x}", seq=seq, act=seq, fact=fact, undoes=undoes)
        story.record.extend([codec.decode(codec.encode(event))])
    return story


def types_after(facts: Sequence[tuple[Fact, int | None]]) -> tuple[str, ...]:
    return held_types(with_facts(Story().declare(plan=both()), *facts).incident)


class TestUnion:
    def test_a_second_type_keeps_what_the_first_one_brought(self) -> None:
        story = told("breach")
        first = {item.key: item.at for item in due_items(story.incident) if item.key.startswith("clock:")}
        story.do("type", type="security")
        after = {item.key: item.at for item in due_items(story.incident)}
        assert {key: after.get(key) for key in first} == first, "no clock is lost, and none moves"
        assert {"authority", "users", "regulator"} <= set(keys(story))
        assert held_types(story.incident) == ("breach", "security")

    def test_a_duty_of_both_is_listed_once(self) -> None:
        assert keys(told("security", "breach")).count("counsel") == 1

    def test_each_type_does_what_it_does_alone(self) -> None:
        story = told("outage", "breach")
        assert security.is_breach(story.incident)
        assert opening.needs_codename(told("outage", "security").incident)
        assert any(book.title == "Outage: first steps" for book in story.incident.steps.runbooks.values())

    def test_undo_takes_back_only_the_one_that_was_added(self) -> None:
        story = told("breach", "security")
        story.do("undo")
        assert held_types(story.incident) == ("breach",)
        assert {"authority", "users"} <= set(keys(story))
        story.do("redo")
        assert held_types(story.incident) == ("breach", "security")

    def test_the_first_can_be_undone_while_the_second_stays(self) -> None:
        story = Story().declare(plan=both())
        story.do("type", type="security")
        story.do("type", type="outage", by="Raj")
        story.do("undo")
        assert held_types(story.incident) == ("outage",)

    def test_several_are_set_with_the_declaration(self) -> None:
        said = Declaration("SEV1", types=("security", "breach", "security"))
        story = Story().declare(plan=both(), said=said)
        assert set(held_types(story.incident)) == {"security", "breach"}
        assert "aware" in story.incident.milestones

    def test_a_report_keeps_its_type_when_it_is_declared_with_more(self) -> None:
        story = Story().report(plan=both(), types=("breach",))
        assert story.incident.milestones["aware"] == story.now
        assert "authority" in keys(story), "the law does not wait for the declaration"
        story.do("declare", severity="SEV1")
        assert held_types(story.incident) == ("breach",)

    def test_the_same_one_twice_is_refused(self) -> None:
        story = told("breach")
        with refuses("type"):
            story.do("type", type="breach")


class TestRemoved:
    def test_only_its_own_duties_end(self) -> None:
        story = told("breach", "security")
        story.do("remove-type", type="breach", reason="no personal data")
        assert held_types(story.incident) == ("security",)
        assert {"authority", "users"}.isdisjoint(keys(story))
        assert {"regulator", "counsel"} <= set(keys(story))
        assert not security.missing_breach_fields(story.incident)

    def test_undo_brings_them_back_as_they_were(self) -> None:
        story = told("breach")
        before, since = keys(story), story.incident.classification.types
        story.do("remove-type", type="breach", reason="no personal data")
        story.do("undo")
        assert (keys(story), story.incident.classification.types) == (before, since)

    def test_only_what_it_has_is_offered(self) -> None:
        kind = find("remove-type").args[0]
        story = told("breach", "security")
        assert [one.id for one in kind.choices(story.record)] == ["breach", "security"]
        story.do("remove-type", type="security", reason="nobody was inside")
        assert [one.id for one in kind.choices(story.record)] == ["breach"]

    def test_the_record_keeps_that_they_were_required(self) -> None:
        story = told("breach")
        story.do("complete", item="users")
        story.do("remove-type", type="breach", reason="no personal data")
        at = story.now
        text = BREACH_RECORD.text(story.record, story.now, story.zone)
        row = next(line for line in text.splitlines() if line.startswith("| Tell the data protection authority"))
        assert row == naming(f"{at:%H:%M} UTC", "no personal data")
        told_before = next(line for line in text.splitlines() if line.startswith("| Tell the people"))
        assert "done, Ana" in told_before
        assert "no personal data" in POSTMORTEM.text(story.record, story.now, story.zone)
        [judged] = [one for one in adherence(story.record, story.now) if one.id == "authority"]
        assert judged.verdict is Compliance.NOT_NEEDED
        assert "no personal data" in judged.why

    def test_late_duty_of_a_removed_type_stays_missed(self) -> None:
        story = told("breach")
        story.do("remove-type", type="breach", reason="no personal data", after="80h")
        [judged] = [one for one in adherence(story.record, story.now) if one.id == "authority"]
        assert judged.verdict is Compliance.MISSED


class TestTexts:
    def test_waivers_stand_with_their_reasons_in_status_record_and_postmortem(self) -> None:
        story = told("breach", "security")
        story.do("resolve", verified="the hole is closed")
        for item in ("authority", "users", "regulator", "counsel"):
            story.do("waive", by="Noor", item=item, reason=f"{item}: counsel said no")
        story.do("close", reason="done")
        texts = (
            compose_message(story.record, "status", story.now, story.zone).text,
            BREACH_RECORD.text(story.record, story.now, story.zone),
            POSTMORTEM.text(story.record, story.now, story.zone),
        )
        for text in texts:
            for item in ("authority", "users", "regulator", "counsel"):
                assert f"{item}: counsel said no" in text

    def test_open_duty_of_a_closed_incident_is_owed(self) -> None:
        story = told("breach")
        story.do("resolve", verified="the hole is closed")
        for item in ("users", "counsel", "authority"):
            story.do("waive", by="Noor", item=item, reason="low")
        story.do("close", reason="done")
        story.do("undo", by="Noor")
        assert "still outstanding" in compose_message(story.record, "status", story.now, story.zone).text
        postmortem = POSTMORTEM.text(story.record, story.now, story.zone)
        assert re.search(r"\| Legal duties.* \| Tell the data protection authority \|", postmortem)

    def test_every_type_is_named(self) -> None:
        said = POSTMORTEM.text(told("breach", "security").record, Story().now, Story().zone)
        assert "Data breach<br>Security" in said


class TestStoresOfBefore:
    """A store in which a type took the place of the one before it."""

    AT = Story().now

    def a(self, minutes: int = 1) -> DatedValue:
        return DatedValue("breach", self.AT + timedelta(minutes=minutes))

    def b(self, minutes: int = 2) -> DatedValue:
        return DatedValue("security", self.AT + timedelta(minutes=minutes))

    def test_what_was_replaced_holds_too(self) -> None:
        assert types_after([(TypeSet(self.a(), None), None), (TypeSet(self.b(), self.a()), None)]) == (
            "breach",
            "security",
        )

    def test_going_back_to_the_first_keeps_both_and_the_first_time(self) -> None:
        story = with_facts(
            Story().declare(plan=both()),
            (TypeSet(self.a(), None), None),
            (TypeSet(self.b(), self.a()), None),
            (TypeSet(self.a(3), self.b()), None),
        )
        assert story.incident.classification.types == {
            "breach": TypeHeld(self.a().since),
            "security": TypeHeld(self.b().since),
        }

    def test_what_was_taken_back_does_not_hold(self) -> None:
        seq = Story().declare(plan=both()).record.seq + 2
        first, second = (TypeSet(self.a(), None), None), (TypeSet(self.b(), self.a()), None)
        undone = (TypeSet(self.a(), self.b()), seq + 1)
        assert types_after([first, second, undone]) == ("breach",)
        assert types_after([first, second, undone, (TypeSet(self.b(), self.a()), seq + 2)]) == ("breach", "security")
        assert types_after([first, (TypeSet(None, self.a()), seq)]) == ()

    def test_its_types_are_removed_and_undone_like_any(self) -> None:
        story = with_facts(
            Story().declare(plan=both()), (TypeSet(self.a(), None), None), (TypeSet(self.b(), self.a()), None)
        )
        story.do("undo")
        assert held_types(story.incident) == ("breach",)
        story.do("redo")
        story.do("remove-type", by="Raj", type="security", reason="nobody was inside")
        assert held_types(story.incident) == ("breach",)
        with refuses():
            story.do("undo")
        again = Record(story.record.id, [codec.decode(codec.encode(event)) for event in story.record.events])
        assert again.incident.classification == story.incident.classification
