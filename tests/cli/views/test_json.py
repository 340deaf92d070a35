"""The JSON schemas, field by field: a name that changes breaks somebody's script, so it has to change here too."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from incident_cockpit.cli.views import json as shapes
from incident_cockpit.incident.views.due import DueItem, DueKind
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.overview import Group, Overview
from support.builders import Story, breach_story, busy_story, loop_story, plain_plan, resolved_story
from support.cli import Shell
from support.json_shapes import NUMBER, TEXT, TEXT_OR_NOTHING, YES_NO, check

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)

STANDING = {"value": TEXT, "since": TEXT, "reason": TEXT_OR_NOTHING}
DUE = {
    "key": TEXT, "kind": TEXT, "text": TEXT, "detail": TEXT, "who": TEXT_OR_NOTHING, "at": TEXT, "in_seconds": NUMBER,
    "urgency": TEXT, "put_off": YES_NO,
}  # fmt: skip
STATUS = {
    "number": NUMBER, "name": TEXT, "title": TEXT, "severity": TEXT_OR_NOTHING, "phase": TEXT_OR_NOTHING,
    "triage": TEXT_OR_NOTHING, "live": YES_NO, "commander": TEXT_OR_NOTHING, "elapsed_seconds": NUMBER,
    "steps_done": NUMBER, "steps": NUMBER,
    "next": {"text": TEXT, "urgency": TEXT, "action": TEXT, "about": TEXT_OR_NOTHING}, "more": NUMBER, "due": [DUE],
}  # fmt: skip
STEP = {
    "id": TEXT, "section": TEXT, "text": TEXT, "status": TEXT, "who": TEXT_OR_NOTHING, "when": TEXT_OR_NOTHING,
    "reason": TEXT_OR_NOTHING, "answer": TEXT_OR_NOTHING, "given_to": TEXT_OR_NOTHING, "due": TEXT_OR_NOTHING,
    "added": YES_NO,
}  # fmt: skip
GATE = {
    "id": TEXT, "text": TEXT, "choices": [TEXT], "chosen": TEXT_OR_NOTHING, "to": TEXT_OR_NOTHING,
    "who": TEXT_OR_NOTHING, "when": TEXT_OR_NOTHING,
}  # fmt: skip
FOLLOW_UP = {
    "incident": TEXT, "id": TEXT, "text": TEXT, "owner": TEXT_OR_NOTHING, "raised": TEXT, "by": TEXT, "done": YES_NO,
    "priority": TEXT_OR_NOTHING, "kind": TEXT_OR_NOTHING, "due": TEXT_OR_NOTHING, "success": TEXT_OR_NOTHING,
    "finished": TEXT_OR_NOTHING,
}  # fmt: skip
REPORT = {
    "outcome": TEXT, "by": TEXT_OR_NOTHING, "kind": TEXT_OR_NOTHING, "via": TEXT_OR_NOTHING, "text": TEXT, "at": TEXT,
    "answered": TEXT_OR_NOTHING, "answer": TEXT_OR_NOTHING, "investigator": TEXT_OR_NOTHING, "reason": TEXT_OR_NOTHING,
    "same_as": TEXT_OR_NOTHING, "decided": TEXT_OR_NOTHING,
}  # fmt: skip
EVIDENCE = {
    "id": TEXT, "text": TEXT, "where": TEXT_OR_NOTHING, "by": TEXT, "when": TEXT, "handed": [TEXT],
}  # fmt: skip
NUMBER_OR_NOTHING = (int, float, type(None))
PIN = {
    "line": NUMBER, "link": TEXT_OR_NOTHING, "by": TEXT, "when": TEXT,
    "file": None,
}  # fmt: skip
LOOP = {
    "highest_impact": [{"text": TEXT, "amount": float, "percent": YES_NO, "of": TEXT_OR_NOTHING,
                        "whole": NUMBER_OR_NOTHING, "since": TEXT, "past": YES_NO}],
    "systems": [{"name": TEXT, "status": TEXT, "since": TEXT, "by": TEXT, "note": TEXT_OR_NOTHING}],
    "asks": [{"id": TEXT, "who": TEXT, "text": TEXT, "by": TEXT, "asked": TEXT, "due": TEXT, "status": TEXT,
              "answer": TEXT_OR_NOTHING, "acknowledged": TEXT_OR_NOTHING, "extended": NUMBER, "before": None}],
    "hypotheses": [{"id": TEXT, "text": TEXT, "belief": TEXT, "since": TEXT, "by": TEXT, "tester": TEXT_OR_NOTHING,
                    "found": TEXT_OR_NOTHING, "evidence": None}],
    "actions": [{"id": TEXT, "text": TEXT, "by": TEXT, "happened": TEXT, "effect": TEXT_OR_NOTHING,
                 "found": TEXT_OR_NOTHING, "seen_by": TEXT_OR_NOTHING, "seen": TEXT_OR_NOTHING}],
    "decisions": [{"id": TEXT, "text": TEXT, "by": TEXT, "happened": TEXT, "decided_by": TEXT, "why": TEXT_OR_NOTHING,
                   "risk": TEXT_OR_NOTHING, "objections": TEXT_OR_NOTHING, "revisit": TEXT_OR_NOTHING,
                   "stands": YES_NO, "reversed": TEXT_OR_NOTHING}],
    "needs": [{"id": TEXT, "text": TEXT, "by": TEXT, "raised": TEXT, "met": TEXT_OR_NOTHING,
               "met_by": TEXT_OR_NOTHING}],
    "handoff": {"from": TEXT, "to": TEXT, "offered": TEXT, "read_back": None, "left": None},
    "commands": [{"id": TEXT, "command": TEXT, "exit_code": NUMBER, "seconds": float, "tail": TEXT, "file": TEXT,
                  "size": NUMBER}],
    "pinned": [{"id": TEXT, **PIN}],
}  # fmt: skip
INCIDENT = {
    **STATUS, **LOOP, "id": TEXT, "plan": TEXT, "public_status": TEXT, "started": TEXT, "opened": TEXT,
    "ended": TEXT_OR_NOTHING, "milestones": None, "severity_since": STANDING, "phase_since": STANDING,
    "impact": STANDING, "report": REPORT, "type": TEXT_OR_NOTHING, "types": [{"id": TEXT, "since": TEXT}],
    "types_removed": [{"id": TEXT, "since": TEXT, "removed": TEXT, "reason": TEXT}], "found_by": TEXT_OR_NOTHING,
    "channel": TEXT_OR_NOTHING, "call": TEXT_OR_NOTHING, "codename": TEXT_OR_NOTHING, "breach": None,
    "evidence": [EVIDENCE], "roles": None,
    "runbooks": [{"id": TEXT, "name": TEXT, "title": TEXT, "sha256": TEXT, "steps": [STEP], "gates": [GATE]}],
    "timers": [{"id": TEXT, "text": TEXT, "by": TEXT, "set": TEXT, "due": TEXT, "status": TEXT}],
    "updates": [{"id": TEXT, "audience": TEXT, "number": NUMBER, "text": TEXT, "route": TEXT, "sent": TEXT, "by": TEXT,
                 "due": TEXT_OR_NOTHING, "next_due": TEXT_OR_NOTHING}],
    "follow_ups": [FOLLOW_UP], "metrics": None, "targets": None, "events": NUMBER,
}  # fmt: skip
# What the busy story has nothing of.
UNUSED = ("types", "types_removed", "report", "evidence", "systems", "needs", "handoff", "commands", "pinned")
# What a fresh incident has nothing of.
NOT_YET = ("types", "types_removed", "impact", "report", "evidence", "timers", "updates", "follow_ups", *LOOP)
LINE = {
    "incident": TEXT, "seq": NUMBER, "happened": TEXT, "recorded": TEXT_OR_NOTHING, "sort": TEXT, "text": TEXT,
    "who": TEXT, "pinned": None, "before_start": YES_NO,
}  # fmt: skip
LISTED = {
    "id": TEXT, "number": NUMBER, "name": TEXT, "title": TEXT, "severity": TEXT_OR_NOTHING, "phase": TEXT_OR_NOTHING,
    "triage": TEXT_OR_NOTHING, "live": YES_NO, "opened": TEXT, "ended": TEXT_OR_NOTHING, "commander": TEXT_OR_NOTHING,
    "updated": TEXT, "legal_duties_owed": NUMBER, "group": TEXT, "closed": TEXT_OR_NOTHING, "late": NUMBER,
    "worst_late_seconds": NUMBER_OR_NOTHING, "next": DUE, "owed": TEXT_OR_NOTHING, "unreadable": TEXT_OR_NOTHING,
}  # fmt: skip


def test_an_incident_has_every_field() -> None:
    story = busy_story()
    made = shapes.incident(story.record, story.now)
    check(made, {**INCIDENT, **dict.fromkeys(UNUSED)})
    assert json.loads(json.dumps(made)) == made


def test_the_loop_has_every_field() -> None:
    story = loop_story()
    story.do("impact", impact="3 of 12 hosts")
    story.do("handoff", who="Ana", by="Kim")
    story.do("read-back", by="Ana", point="asks", words="Kim: replica lag")
    story.do("contradicts", hypothesis="deploy", text="#1")
    made = shapes.incident(story.record, story.now)
    for key, schema in LOOP.items():
        check(made[key], schema, key)
    assert json.loads(json.dumps(made)) == made
    assert (made["asks"][0]["before"], made["asks"][0]["extended"]) == (["Raj"], 1)
    assert made["hypotheses"][0]["evidence"][0] == {"speaks_for": True, "text": "errors begin with it", "line": None}
    assert made["hypotheses"][0]["evidence"][1]["line"] == 1
    link, file = made["pinned"]
    assert (link["link"].partition("?")[0], link["file"]) == ("https://graphs.example/d/5xx", None)
    check(file["file"], {"name": TEXT, "size": NUMBER, "sha256": TEXT, "copy": TEXT})
    pinned_to = [line for line in timeline_entries(story.record) if line.attachments]
    assert [shapes.timeline_line(story.record, line)["pinned"] for line in pinned_to] == [
        [{key: value for key, value in one.items() if key != "id"}] for one in (link, file)
    ]
    assert (made["actions"][0]["effect"], made["actions"][0]["found"]) == ("helped", "8% to 1%")
    [decision] = made["decisions"]
    assert (decision["decided_by"], decision["why"], decision["stands"]) == ("Ana", "errors", True)
    assert made["handoff"]["read_back"] == {"asks": "Kim: replica lag"}
    assert made["handoff"]["left"] == ["impact", "promise"]
    assert (made["highest_impact"][0]["amount"], made["highest_impact"][0]["whole"]) == (3.0, 12.0)


def test_what_was_reported_and_kept_as_evidence_has_every_field() -> None:
    story = breach_story()
    made = shapes.incident(story.record, story.now)
    check(made["report"], REPORT)
    check(made["evidence"], [EVIDENCE])
    assert json.loads(json.dumps(made)) == made
    report = made["report"]
    assert (report["outcome"], report["by"], report["kind"], report["via"], report["investigator"]) == (
        "declared", "Jo", "customer", "support desk", "Raj",
    )  # fmt: skip
    assert (report["at"], report["answered"]) == ("2026-11-20T13:56:00Z", "2026-11-20T14:01:00Z")
    assert (made["triage"], made["type"], made["found_by"], made["codename"]) == (None, "breach", "report", "Kestrel")
    assert made["types"] == [{"id": "breach", "since": "2026-11-20T14:09:00Z"}]
    story.do("type", type="security")
    story.do("remove-type", type="breach", reason="no personal data")
    after = shapes.incident(story.record, story.now)
    check(after, {**INCIDENT, **dict.fromkeys(after.keys() - {"type", "types", "types_removed"})})
    assert (after["type"], [one["id"] for one in after["types_removed"]]) == ("security", ["breach"])
    assert (made["channel"], made["call"]) == ("incident-2026-11-20", "https://meet.example/kestrel")
    assert made["breach"]["people"] == "about 4,000 customers in the EU"
    assert made["breach"]["contact"] is None
    [kept] = made["evidence"]
    assert (kept["where"], kept["by"], kept["handed"]) == ("vault 12", "Ana", ["Lee"])


def test_what_the_fields_say() -> None:
    story = resolved_story()
    made = shapes.incident(story.record, story.now)
    assert (made["name"], made["severity"], made["live"], made["commander"]) == ("INC-7", "SEV1", False, "Bo")
    assert made["public_status"] == "Resolved"
    assert set(made["milestones"]) >= {"started", "detected", "declared", "acknowledged", "mitigated", "resolved"}
    assert made["milestones"]["resolved"] == made["ended"]
    assert made["roles"]["scribe"][0]["who"] == "Mio"
    assert made["metrics"]["ttd"] == 240
    assert made["metrics"]["ttr"] == made["elapsed_seconds"] > 3600
    assert {one["belief"] for one in made["hypotheses"]} == {"ruled out", "confirmed"}
    assert {one["status"] for one in made["asks"]} == {"answered", "dropped", "open"}
    assert [one["done"] for one in made["follow_ups"]] == [True, False]
    assert [one["number"] for one in made["updates"] if one["audience"] == "internal"] == [1, 2]
    steps = {step["id"].partition(".")[2]: step for step in made["runbooks"][0]["steps"]}
    assert (steps["s1"]["status"], steps["s1"]["who"]) == ("done", "Ana")
    assert (steps["s5"]["status"], steps["s5"]["reason"]) == ("skipped", "the call was open already")
    [asked] = [step for step in steps.values() if step["answer"]]
    assert (asked["status"], asked["who"], asked["answer"]) == ("done", "Raj", "Pay by card in the EU")
    assert [step["text"] for step in steps.values() if step["added"]] == ["Tell the shops @here | <b>now</b>"]
    assert [step["due"] for step in steps.values() if step["due"]] == ["2026-11-20T16:17:00Z"]
    assert steps["s6"]["given_to"] == "@comms"
    first, *others = made["runbooks"][0]["gates"]
    assert (first["to"], first["who"], first["when"]) == ("Assessment", "Ana", "2026-11-20T14:17:00Z")
    assert first["chosen"] == first["choices"][1]
    assert {gate["chosen"] for gate in others} == {None}
    assert made["steps_done"] == sum(step["status"] in ("done", "skipped") for step in steps.values())


def test_status_tells_late_from_ahead() -> None:
    story = Story().declare("Checkout returns 500", "SEV1", plan=plain_plan())
    story.do("ask", who="Raj", within="10m", text="lag?")
    story.wait("15m")
    made = shapes.status(story.record, story.now)
    check(made, STATUS)
    assert made["elapsed_seconds"] == 16 * 60
    [late, *ahead] = made["due"]
    assert (late["key"].split(":")[0], late["urgency"], late["in_seconds"]) == ("ask", "late", -300)
    assert all(one["in_seconds"] > 0 for one in ahead)
    assert made["next"] == {"text": "Raj: lag? (late 5m)", "urgency": "late", "action": "answer",
                            "about": late["key"].split(":")[1]}  # fmt: skip
    assert made["more"] > 0


def test_a_line_of_the_timeline() -> None:
    story = Story().declare()
    story.do("note", by="Raj", after="10m", when="-5m", text="5xx at 8%")
    event = story.record.events[-1]
    made = shapes.event(story.record, event)
    check(made, {**LINE, "id": TEXT, "kind": TEXT, "undoes": (int, type(None))})
    assert (made["happened"], made["recorded"]) == ("2026-11-20T14:05:00Z", "2026-11-20T14:10:00Z")
    kept = shapes.logged_events(story.record, [event])
    assert kept == {"incident": "INC-7", "title": story.incident.title, "events": [made]}
    check(shapes.follow_ups(busy_story().incident), [FOLLOW_UP])


def test_a_line_of_the_list() -> None:
    row = Listed("0" * 32, 7, "Checkout", None, None, True, NOW, None, "", 9, NOW)
    due = DueItem("ask:a1", DueKind.ASK, NOW - timedelta(minutes=5), "Raj: lag?", "asked")
    made = shapes.overview(Overview(row, Group.OPEN, (due,)), NOW)
    check(made, LISTED)
    assert (made["name"], made["opened"], made["commander"]) == ("INC-7", "2026-11-20T15:00:00Z", None)
    assert (made["group"], made["late"], made["worst_late_seconds"]) == ("open", 1, 300)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (None, None),
        (datetime(2026, 11, 20, 14, 5, 6, 999_999, UTC), "2026-11-20T14:05:06Z"),
        (datetime(2026, 11, 20, 14, 5, tzinfo=timezone(timedelta(hours=1))), "2026-11-20T13:05:00Z"),
    ],
)
def test_times_are_utc_to_the_second(at: datetime | None, words: str | None) -> None:
    assert shapes.instant(at) == words


@pytest.mark.parametrize(
    ("argv", "schema"),
    [
        (["show"], {**INCIDENT, **dict.fromkeys(NOT_YET)}),
        (["status"], STATUS),
        (["list"], [LISTED]),
        (["timeline"], [LINE]),
        (["do"], [{"name": TEXT, "usage": TEXT, "about": TEXT, "group": TEXT}]),
        (
            ["plan", "list"],
            [
                {
                    "name": TEXT,
                    "file": TEXT,
                    "chosen": YES_NO,
                    "title": TEXT_OR_NOTHING,
                    "extends": TEXT_OR_NOTHING,
                    "errors": list,
                }
            ],
        ),
    ],
)  # fmt: skip
def test_commands_answer_in_these_shapes(tmp_path: Path, argv: list[str], schema: Any) -> None:
    shell = Shell(tmp_path / "home")
    shell.good("new", "Checkout is down")
    check(shell.good(*argv, "--json").data, schema)
