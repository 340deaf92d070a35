"""How old each thing is that an update tells, and what should be looked at again before it is told once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from incident_cockpit.documents.update import compose_update, field_ages
from incident_cockpit.plan.schema import Plan, UpdateTemplate
from support.builders import Story, default_plan
from support.naming import naming

UTC = ZoneInfo("UTC")
PARIS = ZoneInfo("Europe/Paris")


def told() -> Story:
    """Return an incident in which something of every field is said, each five minutes after the other."""
    story = Story().declare()
    do = story.do
    do("impact", impact="payments fail")
    do("action", text="Restarted", after="5m")
    do("decision", text="Wait", after="5m")
    do("hypothesis", text="DNS", after="5m")
    do("need", text="access", after="5m")
    do("note", text="Workaround: pay by invoice")
    do("system", system="checkout", health="degraded", after="4m")
    do("sent", audience="internal", route="file", text="told", after="4m")
    return story.wait("10m")


def minutes(story: Story, audience: str) -> dict[str, int]:
    found = compose_update(story.record, audience, story.now, UTC).ages
    return {field: int(age.total_seconds()) // 60 for field, age in found.items()}


def words(story: Story, audience: str, written: datetime | None = None) -> Sequence[str]:
    return [one.words for one in field_ages(story.record, audience, story.now, UTC, written)]


def stale(story: Story, audience: str, written: datetime | None = None) -> Sequence[str]:
    return [one.field for one in field_ages(story.record, audience, story.now, UTC, written) if one.stale]


def plan_with(text: str) -> Plan:
    return replace(default_plan(), templates=(UpdateTemplate("internal", None, text),))


def test_each_field_says_how_old_it_is() -> None:
    story = told()
    assert minutes(story, "int") == {
        "severity": 40, "phase": 40, "impact": 39, "actions": 34, "decisions": 29, "hypotheses": 24, "needs": 19,
        "update": 10,
    }  # fmt: skip


def test_only_what_the_text_tells_is_in_it() -> None:
    story = told()
    assert minutes(story, "external") == {"phase": 40, "impact": 39, "workaround": 18}
    story = Story().declare(plan=plan_with("{{ title }} {% for one in systems %}{{ one }}{% endfor %}"))
    story.do("impact", impact="payments fail")
    story.do("system", system="checkout", health="degraded")
    assert minutes(story.wait("3m"), "internal") == {"systems": 3}
    story.do("system", system="checkout", health="restored")
    assert minutes(story, "internal") == {}


def test_a_broken_template_is_as_old_as_the_text_that_stands_for_it() -> None:
    story = Story().declare(plan=plan_with("{% if %}"))
    assert minutes(story.wait("3m"), "internal")["severity"] == 3


def test_in_words_what_matters_most_comes_first() -> None:
    story = told()
    assert words(story, "internal") == [
        "impact 39m", "changes since 14:30 UTC", "severity 40m", "phase 40m", "decisions 29m", "actions 34m",
        "hypotheses 24m", "needs 19m",
    ]  # fmt: skip
    assert words(story, "external") == ["impact 39m", "workaround 18m", "phase 40m"]


def test_the_update_before_is_named_in_the_zone_of_the_text() -> None:
    story = told()
    story.do("sent", audience="external", route="file", text="told")
    said = [one.words for one in field_ages(story.record, "external", story.now, PARIS)]
    assert naming("sent 15:41 Paris", "(14:41 UTC)") in said


def test_field_older_than_the_cadence_is_stale_and_first() -> None:
    story = told()
    # SEV2: every hour.
    assert stale(story, "internal") == []
    story.wait("22m")
    assert stale(story, "internal") == ["impact"]
    assert words(story, "external")[0] == "impact 1h01m"
    # To say it again is to have looked.
    story.do("impact", impact="payments fail")
    assert stale(story, "internal") == []


def test_who_has_no_clock_goes_by_the_quickest_of_the_others() -> None:
    story = told().wait("22m")
    assert stale(story, "executive") == ["impact"]
    story = Story().declare(severity="SEV4")
    story.do("impact", impact="a colour is wrong")
    assert stale(story.wait("5h"), "executive") == []


def test_field_changed_since_the_draft_is_newer() -> None:
    story = told()
    written = story.now
    assert stale(story, "internal", written) == []
    story.do("impact", impact="all payments fail")
    story.do("severity", severity="SEV1", reason="all of them")
    assert words(story, "internal", written)[:2] == [naming("impact", "newer"), naming("severity", "newer")]
    assert stale(story, "internal", written) == ["impact", "severity"]


def test_update_sent_by_another_since_the_draft_comes_first() -> None:
    story = told()
    written = story.now
    story.do("sent", by="Kim", audience="external", route="file", text="theirs")
    assert stale(story, "internal", written) == []
    story.do("sent", by="Kim", audience="internal", route="file", text="ours")
    assert words(story, "internal", written)[0] == naming("Kim")
    assert stale(story, "internal", written) == ["update"]
    story.do("undo", by="Kim")
    assert stale(story, "internal", written) == []


def test_a_text_made_before_the_clock_went_back_knows_what_was_known_then() -> None:
    story = told()
    written = story.now
    story.set_back("1h")
    assert stale(story, "internal", written) == []
    story.do("note", text="still looking", after="")
    assert stale(story, "internal", written) == []
    story.do("severity", severity="SEV1", reason="all of them")
    assert stale(story, "internal", written) == ["severity"]
    assert words(story, "internal", written)[0] == naming("severity", "newer")


def test_entry_from_before_the_clock_went_back_is_not_newer_than_the_draft() -> None:
    story = told().set_back("1h")
    written = story.now
    assert stale(story.wait("1m"), "internal", written) == []
    story.do("impact", impact="all payments fail")
    assert stale(story, "internal", written) == ["impact"]
