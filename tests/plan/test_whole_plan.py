"""A plan that uses every key: what is read of it, and the errors when one of them is wrong."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.plan.checks import plan_errors
from incident_cockpit.plan.deadlines import ClosingGate, Deadline, DeadlineKind, Watch
from incident_cockpit.plan.loader import PlanErrors, compile_plan, read_plan
from incident_cockpit.plan.schema import (
    Channel,
    Contact,
    Detection,
    Message,
    Participant,
    Plan,
    Reporter,
    Resource,
    System,
    Target,
    TriagePolicy,
    Trigger,
    Upkeep,
)
from incident_cockpit.plan.tables import TABLES, TOP, keys_beside, rows, table_at
from incident_cockpit.times.business_calendar import Hours, Within
from support.golden import check_golden
from support.plans import ANYTHING, EVERY, FULL, field_at, full, text_of, value_at

PLAN = read_plan(text_of(FULL), "whole.toml")


def test_example_plan_uses_every_key() -> None:
    # What it is for; without this, a new key could be forgotten in every test below.
    assert FULL.keys() == set(keys_beside(TOP)) - {"extends", "drop"}
    for table in TABLES:
        if table != TOP:
            assert {key for _, row in rows(FULL, table) for key in row} == set(keys_beside(table)), table


def test_tables_are_read_into_the_plan() -> None:
    assert PLAN.progress_at == ("P0", "P1")
    assert (PLAN.progress, PLAN.confirmers, PLAN.follow_up_kinds) == (1800, ("Support lead",), ("technical", "process"))
    assert PLAN.jargon == ("replica lag", "5xx")
    assert PLAN.hours == Hours(("mon", "tue", "fri"), 510, 1080, ("2026-12-25",))
    assert PLAN.triage == TriagePolicy(True, 900, 3600, 7200, "On-call engineer", "#eng", "Mend the alarm")
    assert PLAN.detections == (Detection("alert", "Monitoring", "Pager, then on-call"),)
    assert PLAN.reporters == (Reporter("user", "End user", "support@example.org"),)
    assert PLAN.triggers == (Trigger("vendor", "A vendor is needed", "Procurement"),)
    assert PLAN.channel == Channel("incident-{date}-{title}", "https://meet.example.org/incident")
    assert PLAN.participants == (Participant("Support lead", 600, ("P0",)),)
    assert PLAN.messages == (Message("declared", "First message", "{{ title }}: {{ why }}"),)
    assert PLAN.watch == Watch(3600, 900, ("Error rate",))
    assert PLAN.targets == (Target("ttr", 14_400, ("P0",)),)
    assert PLAN.contacts == (Contact("Jo Doe", "+33 1 23", "jo@example.org"),)
    assert PLAN.systems == (System("Checkout API", "Payments", (Resource("Map", "https://wiki.example.org/map"),)),)
    assert PLAN.upkeep == Upkeep("2026-11-01", 182, 91, ("New hires shadow",))
    assert (PLAN.postmortem.sign_off, PLAN.postmortem.sections) == ("CTO", ("What happened",))
    assert (PLAN.review.minutes, PLAN.review.invite, PLAN.review.agenda) == (90, ("CTO",), ("Timeline",))
    breach = PLAN.find_type("breach")
    assert (breach.restricted, breach.aware, breach.breach, breach.runbook) == (True, True, True, "data-breach")
    assert breach.steps == ("Isolate it", "What was copied?")
    assert PLAN.roles[0].criteria == ("Calm",)
    assert PLAN.phases[0].checklist == ("Gather facts @ic", "What changed last?")


def test_severities_have_times_and_notified_groups() -> None:
    worst, bad, low = PLAN.severities
    assert (worst.tell, worst.notes, worst.round_the_clock) == (("Everybody",), ("All hands if needed",), True)
    assert (bad.respond, bad.escalate) == (Within("15m", 900), Within("30m", 1800))
    assert low.respond == Within("8h in business hours or next business day", working=28_800, days=1)
    assert (low.escalate, low.round_the_clock) == (None, False)


def test_cadence_has_start_end_and_guide() -> None:
    [cadence] = PLAN.cadences
    assert (cadence.seconds, cadence.first) == ((("P0", 1800), ("P1", 5400)), (("P0", 0),))
    assert (cadence.start, cadence.until, cadence.inside) == ("confirmed", "closed", True)
    assert (cadence.route, cadence.guide) == ("#incidents", ("Say the impact",))


def test_every_clock_is_a_deadline() -> None:
    assert [(one.id, one.kind.value, one.start, one.met_by) for one in PLAN.deadlines] == [
        ("respond-P0", "target", "detected", "milestone acknowledged"),
        ("respond-P1", "target", "detected", "milestone acknowledged"),
        ("escalate-P1", "rung", "declared", "done escalate"),
        ("respond-P2", "target", "detected", "milestone acknowledged"),
        ("rung-P0-engineering-manager", "rung", "declared", "done tell-em"),
        ("rung-P0-tell-customers", "rung", "declared", "update internal"),
        ("role-ic", "role", "declared", "role ic"),
        ("phase-looking", "window", "detected", "phase looking"),
        ("authority", "notice", "aware", "done authority-told"),
        ("review-held", "deadline", "resolved", "review held"),
    ]
    by_id = {one.id: one for one in PLAN.deadlines}
    assert by_id["respond-P0"].within == Within("immediately", seconds=0)
    assert by_id["role-ic"].severities == ("P0", "P1")
    assert by_id["phase-looking"].text == "Looking time limit"
    assert by_id["rung-P0-engineering-manager"] == Deadline(
        "rung-P0-engineering-manager", DeadlineKind.ESCALATION, "Call the engineering manager", "declared",
        Within("5m", 300), "done tell-em", ("P0",), who="Engineering Manager", route="phone",
    )  # fmt: skip
    assert by_id["authority"] == Deadline(
        "authority", DeadlineKind.NOTICE, "Tell the authority", "aware", Within("72h", 259_200),
        "done authority-told", ("P0", "P1"), ("breach",), "Data protection officer", "web form",
        ("What happened", "Whose data"), "notice", optional=True,
    )  # fmt: skip
    assert by_id["review-held"].within == Within("2 business days", days=2)
    assert PLAN.closing == (ClosingGate("high", "High-priority follow-ups are done", "followups high", ("P0",)),)


def test_deadline_without_a_condition_has_a_mark() -> None:
    raw = full(closing=[{"id": "signed", "text": "Signed off"}])
    raw["escalation"] = [
        {"severity": "P0", "after": "0m", "tell": "VP, Engineering"},
        {"severity": "P1", "after": "2h", "tell": "VP, Engineering"},
        {"severity": "P1", "after": "4h", "text": "Tell customers"},
    ]
    for table in ("notices", "deadlines"):
        raw[table][0].pop("met_by")
    plan = read_plan(text_of(raw), "x")
    met_by = {one.id: one.met_by for one in plan.deadlines}
    # Told at one severity is told at the other.
    assert met_by["rung-P0-vp-engineering"] == met_by["rung-P1-vp-engineering"] == "done tell-vp-engineering"
    assert met_by["rung-P1-tell-customers"] == "done tell-customers"
    assert (met_by["authority"], met_by["review-held"]) == ("done authority", "done review-held")
    assert plan.closing[0].completion_mark == "signed"
    assert next(one for one in plan.deadlines if one.who).text == "Notify VP, Engineering"


def test_whole_plan_is_stored_and_read_back() -> None:
    assert msgspec.json.decode(msgspec.json.encode(PLAN), type=Plan) == PLAN


def lines_of(raw: Mapping[str, Any]) -> tuple[str, ...]:
    with pytest.raises(PlanErrors) as refused:
        read_plan(text_of(dict(raw)), "whole.toml")
    lines: tuple[str, ...] = refused.value.lines
    assert all(line.startswith("whole.toml: ") and "\n" not in line for line in lines)
    return lines


def places_of(raw: Mapping[str, Any]) -> list[str]:
    """Return the place of each error."""
    return [line.split(": ")[1] for line in lines_of(raw)]


def named(path: tuple[str | int, ...]) -> str:
    """Return the key that a person changes."""
    return next(part for part in reversed(path) if isinstance(part, str))


@pytest.mark.parametrize("path", EVERY, ids=str)
def test_wrong_type_is_reported_by_its_key(path: tuple[str | int, ...]) -> None:
    raw = full()
    value_at(raw, path[:-1])[path[-1]] = 3.5
    assert any(named(path) in line and "= 3.5: must be" in line for line in lines_of(raw))


@pytest.mark.parametrize("path", [path for path in EVERY if isinstance(value_at(FULL, path), dict)], ids=str)
def test_unknown_key_is_reported_with_the_known_ones(path: tuple[str | int, ...]) -> None:
    raw = full()
    value_at(raw, path)["zzz"] = "1h"
    # Under "every" and "first" the keys are severities.
    known = "P0" if path[-1] in ("every", "first") else next(iter(keys_beside(table_at((*path, "zzz")))))
    assert any("zzz: " in line and known in line for line in lines_of(raw))


REQUIRED = [
    *((key,) for key in ["id", "name", "about", "command_role", "first_phase", "severities", "roles", "phases"]),
    *(("severities", 0, key) for key in ["id", "name", "means"]),
    *(("roles", 0, key) for key in ["id", "name", "short"]),
    *(("phases", 0, key) for key in ["id", "name", "means", "public"]),
    *(("cadences", 0, key) for key in ["audience", "name"]),
    *(("escalation", 0, key) for key in ["severity", "after"]),
    *((table, 0, key) for table in ("notices", "deadlines") for key in ["id", "text", "within"]),
    *((table, 0, key) for table in ("types", "detections", "reporters") for key in ["id", "name"]),
    *((table, 0, key) for table in ("closing", "triggers") for key in ["id", "text"]),
    *(("messages", 0, key) for key in ["id", "name", "text"]),
    *(("templates", 0, key) for key in ["audience", "text"]),
    *(("targets", 0, key) for key in ["metric", "within"]),
    *(("watch", key) for key in ["for", "every"]),
    *(("systems", 0, "resources", 0, key) for key in ["name", "url"]),
    ("channel", "name"), ("participants", 0, "who"), ("contacts", 0, "name"), ("systems", 0, "name"),
]  # fmt: skip


@pytest.mark.parametrize("path", EVERY, ids=str)
def test_only_required_keys_are_missed(path: tuple[str | int, ...]) -> None:
    raw = full()
    del value_at(raw, path[:-1])[path[-1]]
    missed = any(f"{path[-1]}: missing" in line for line in plan_errors(raw))
    # What holds for the first row of a table holds for the others.
    assert missed == (tuple(0 if isinstance(part, int) and len(path) > 2 else part for part in path) in REQUIRED)


def texts() -> list[tuple[str | int, ...]]:
    return [path for path in EVERY if isinstance(value_at(FULL, path), str)]


@pytest.mark.parametrize("path", texts(), ids=str)
@pytest.mark.parametrize("said", ["", "\x1b[2J"], ids=["empty", "escape"])
def test_empty_text_and_control_characters_are_refused(path: tuple[str | int, ...], said: str) -> None:
    raw = full()
    value_at(raw, path[:-1])[path[-1]] = said
    assert any(named(path) in line for line in lines_of(raw))


def is_free(path: tuple[str | int, ...]) -> bool:
    """Return whether any text is a value of the key: it is no ID, time, choice or address."""
    field = field_at(path)
    return field is not None and field.key.kind.name in ("line", "text", "template")


BOUND = [path for path in texts() if not is_free(path)]


@pytest.mark.parametrize("path", BOUND, ids=str)
def test_meaningless_word_is_refused_by_key(path: tuple[str | int, ...]) -> None:
    raw = full()
    # A capital, a blank and a sign: no id, no name, no time, no address, no channel.
    value_at(raw, path[:-1])[path[-1]] = "Not this!"
    assert any(named(path) in line and "Not this!" in line for line in lines_of(raw))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"severities.0.respond": "15"}, "severities.P0.respond = '15'"),
    ({"severities.0.escalate": "maybe"}, "severities.P0.escalate = 'maybe'"),
    ({"severities.2.respond": "1d 2h"}, "severities.P2.respond = '1d 2h'"),
    ({"severities.0.respond": "never"}, "severities.P0.respond = 'never'"),
    ({"severities.0.respond": "800d"}, "severities.P0.respond = '800d'"),
    ({"severities.0.hours": "office"}, "severities.P0.hours = 'office'"),
    ({"notices.0.within": "2000 business hours"}, "notices.authority.within = '2000 business hours'"),
    ({"notices.0.within": "400 business days"}, "notices.authority.within = '400 business days'"),
    ({"cadences.0.first.P0": "40d"}, "cadences.internal.first.P0 = '40d'"),
    ({"cadences.0.until": "aware"}, "cadences.internal.until = 'aware'"),
    ({"triage.validate_within": "0m"}, "triage.validate_within = '0m'"),
    ({"progress_check": "often"}, "progress_check = 'often'"),
    ({"progress_check_at": ["P7"]}, "progress_check_at = 'P7'"),
    ({"progress_check_at": ["P0", "P0"]}, "progress_check_at.2 = 'P0'"),
    ({"watch.every": "2h"}, "watch.every = '2h'"),
    ({"watch.for": "0m"}, "watch.for = '0m'"),
    ({"targets.0.within": "0s"}, "targets.1.within = '0s'"),
    ({"targets.0.metric": "mttr"}, "targets.1.metric = 'mttr'"),
    ({"upkeep.review_every": "36h"}, "upkeep.review_every = '36h'"),
    ({"upkeep.reviewed": "2026-02-30"}, "upkeep.reviewed = '2026-02-30'"),
    ({"hours.closes": "08:00"}, "hours.closes = '08:00'"),
    ({"hours.opens": "25:00"}, "hours.opens = '25:00'"),
    ({"hours.closes": "24:01"}, "hours.closes = '24:01'"),
    ({"hours.days": []}, "hours.days = []"),
    ({"hours.days": ["mon", "mon"]}, "hours.days.2 = 'mon'"),
    ({"hours.holidays": ["25.12."]}, "hours.holidays.1 = '25.12.'"),
    ({"review.minutes": 3}, "review.minutes = 3"),
    ({"review.minutes": 999}, "review.minutes = 999"),
    ({"review.minutes": "an hour"}, "review.minutes = 'an hour'"),
    ({"channel.name": "incident {date}"}, "channel.name = 'incident {date}'"),
    ({"channel.name": "inc-{data}"}, "channel.name = 'inc-{data}'"),
    ({"channel.name": "{{date}}"}, "channel.name = '{{date}}'"),
    ({"channel.name": "x" * 70}, "channel.name = 'xxxxx"),
    ({"channel.call": "javascript:alert(1)"}, "channel.call = 'javascript:alert(1)'"),
    ({"systems.0.resources.0.url": "http://"}, "systems.'Checkout API'.resources.1.url = 'http://'"),
    ({"systems.0.resources.0.url": "https://[x"}, "systems.'Checkout API'.resources.1.url = 'https://[x'"),
    ({"contacts.0.mail": "jo at example"}, "contacts.'Jo Doe'.mail = 'jo at example'"),
    ({"contacts.0.name": "two\nlines"}, "contacts.'two\\nlines'.name = 'two\\nlines'"),
    ({"participants.0.within": "31d"}, "participants.'Support lead'.within = '31d'"),
    ({"roles.0.required_at": []}, "roles.ic.required_within"),
    ({"phases.2.within": "1h"}, "phases.closed.within"),
    ({"closing.0.met_by": "milestone closed"}, "closing.high.met_by = 'milestone closed'"),
    ({"closing.0.met_by": "followups low"}, "closing.high.met_by = 'followups low'"),
    ({"notices.0.met_by": "done"}, "notices.authority.met_by = 'done'"),
    ({"notices.0.met_by": "done two words"}, "notices.authority.met_by = 'done two words'"),
    ({"notices.0.met_by": "told"}, "notices.authority.met_by = 'told'"),
    ({"notices.0.met_by": "role boss"}, "notices.authority.met_by = 'role boss'"),
    ({"notices.0.met_by": "milestone decleared"}, "notices.authority.met_by = 'milestone decleared'"),
    ({"notices.0.from": "aware of it"}, "notices.authority.from = 'aware of it'"),
    ({"notices.0.message": "notices"}, "notices.authority.message = 'notices'"),
    ({"notices.0.id": "respond-P9"}, "notices.respond-P9.id = 'respond-P9'"),
    (
        {"closing.0.id": "authority-told"},
        "closing.authority-told.id = 'authority-told'",
    ),
    ({"deadlines.0.id": "authority"}, "deadlines.authority.id = 'authority'"),
    ({"escalation.1.text": "!!"}, "escalation.2.text = '!!'"),
    ({"messages.0.text": "{{ lambda }}"}, "messages.declared.text"),
    ({"types.0.id": "outage"}, "types.2.id = 'outage'"),
    ({"follow_up_kinds": ["A", "a"]}, "follow_up_kinds.2 = 'a'"),
    ({"messages.0.id": "say-openning"}, "messages.say-openning.id = 'say-openning'"),
    ({"jargon": ["5xx", "5XX"]}, "jargon.2 = '5XX'"),
    ({"drop": ["x"]}, "drop"),
]


def errors_of(changes: dict[str, Any]) -> tuple[str, ...]:
    raw = full()
    for path, value in changes.items():
        *outer, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        value_at(raw, tuple(outer))[last] = value
    return lines_of(raw)


@pytest.mark.parametrize(("changes", "place"), WRONG, ids=[wrong[1][:60] for wrong in WRONG])
def test_wrong_value_is_reported_by_its_place(changes: dict[str, Any], place: str) -> None:
    lines = errors_of(changes)
    assert any(line.startswith(f"whole.toml: {place}") for line in lines), lines


def test_errors_of_wrong_values_read_well() -> None:
    check_golden("plan-errors.txt", "\n".join(line for changes, _ in WRONG for line in errors_of(changes)))


def test_escalation_level_is_named_and_unique() -> None:
    raw = full()
    raw["escalation"] = [
        {"severity": "P0", "after": "1h"},
        {"severity": "P0", "after": "1h", "tell": "VP Eng"},
        {"severity": "P0", "after": "2h", "tell": "vp-eng"},
        {"severity": "P1", "after": "2h", "tell": "VP Eng"},
    ]
    assert places_of(raw) == ["escalation.3", "escalation.1"]


def test_targets_are_duplicates_in_any_order_of_severities() -> None:
    raw = full()
    raw["targets"] = [{"metric": "ttr", "within": "1h", "severities": order} for order in (["P0", "P1"], ["P1", "P0"])]
    assert places_of(raw) == ["targets.2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = " + "9" * 5_000, "is not TOML"),
        ("name = 0x" + "f" * 5_000, "is not TOML"),
        ("a = " + "[" * 5_000, "is not TOML"),
        ("zone = '" + "x" * 10_000 + "'", "zone = 'xxx"),
        ("id = '" + "\\u202e" + "'", "id = '"),
        ("reviewed = 2026-11-01", "reviewed: unknown"),
    ],
    ids=["digits", "hex", "nested", "long", "escape", "date"],
)
def test_hostile_files_are_refused(text: str, said: str) -> None:
    with pytest.raises(PlanErrors) as refused:
        read_plan(text, "x")
    assert any(line.startswith(f"x: {said}") for line in refused.value.lines), refused.value.lines
    assert all(len(line) < 1_000 for line in refused.value.lines)


@given(st.sampled_from(EVERY), ANYTHING)
def test_no_value_of_a_key_makes_the_checks_fail(path: tuple[str | int, ...], value: Any) -> None:
    raw = full()
    value_at(raw, path[:-1])[path[-1]] = copy.deepcopy(value)
    lines = plan_errors(raw)
    assert all(line and "\n" not in line for line in lines)
    assert lines or compile_plan(raw).id == raw["id"]


@given(st.dictionaries(st.sampled_from([*FULL, "extends", "drop", "other"]), ANYTHING, max_size=6))
def test_random_tables_have_errors(raw: dict[str, Any]) -> None:
    assert plan_errors(raw)
