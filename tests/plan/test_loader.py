from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.errors import NotFound, Refused
from incident_cockpit.plan.checks import plan_errors
from incident_cockpit.plan.loader import PlanErrors, find_plan, list_plans, load_plan, read_plan
from support.golden import check_golden
from support.plans import paths_of, text_of
from support.refusals import refuses

GOOD: dict[str, Any] = {
    "id": "house",
    "name": "House plan",
    "about": "For tests.",
    "zone": "Europe/Paris",
    "command_role": "ic",
    "first_phase": "looking",
    "runbook": "outage",
    "severities": [
        {"id": "P0", "name": "Worst", "means": "All is down.", "criteria": ["Nobody can pay"]},
        {"id": "P1", "name": "Bad", "means": "Much is down."},
    ],
    "roles": [
        {"id": "ic", "name": "Incident Commander", "short": "IC", "duties": ["Decides"], "required_at": ["P0", "P1"]},
        {"id": "sme", "name": "Expert", "short": "SME", "many": True},
    ],
    "phases": [
        {"id": "looking", "name": "Looking", "means": "We look.", "public": "Investigating"},
        {"id": "over", "name": "Over", "means": "Done.", "milestone": "resolved", "public": "Resolved", "live": False},
    ],
    "cadences": [{"audience": "internal", "name": "Internal update", "every": {"P0": "30m", "P1": "1h30m"}}],
    "templates": [
        {"audience": "internal", "text": "{{ title }}"},
        {"audience": "internal", "phase": "over", "text": "{% for n in needs %}{{ n }}{% endfor %}"},
    ],
}


def broken(change: Callable[[dict[str, Any]], object]) -> tuple[str, ...]:
    raw = copy.deepcopy(GOOD)
    change(raw)
    with pytest.raises(PlanErrors) as refused:
        read_plan(text_of(raw), "house.toml")
    said: tuple[str, ...] = refused.value.lines
    return said


def test_plan_file_is_read() -> None:
    plan = read_plan(text_of(GOOD), "house.toml")
    assert (plan.id, plan.zone, plan.command_role, plan.first_phase) == ("house", "Europe/Paris", "ic", "looking")
    assert [(s.id, s.rank) for s in plan.severities] == [("P0", 1), ("P1", 2)]
    assert plan.roles[0].required_at == ("P0", "P1")
    assert [role.many for role in plan.roles] == [False, True]
    assert [phase.live for phase in plan.phases] == [True, False]
    assert plan.cadence_seconds("internal", "P1") == 5400
    assert [template.phase for template in plan.templates] == [None, "over"]


WRONG: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("text", lambda p: p.update(name=5), "name = 5"),
    ("empty text", lambda p: p.update(name=""), "name = ''"),
    ("missing", lambda p: p.pop("about"), "about"),
    (
        "no word",
        lambda p: p.update(id="two words"),
        "id = 'two words'",
    ),
    ("unknown key", lambda p: p.update(runbok="x"), "runbok"),
    ("odd key", lambda p: p.update({"x y": 1}), "'x y'"),
    (
        "zone",
        lambda p: p.update(zone="Europe/Pari"),
        "zone = 'Europe/Pari'",
    ),
    (
        "nobody commands",
        lambda p: p.update(command_role="icc"),
        "command_role = 'icc'",
    ),
    ("no start", lambda p: p.update(first_phase="zzz"), "first_phase = 'zzz'"),
    ("dead start", lambda p: p.update(first_phase="over"), "first_phase = 'over'"),
    ("no severities", lambda p: p.update(severities=[]), "severities = []"),
    ("not tables", lambda p: p.update(severities="P0"), "severities = 'P0'"),
    ("row no table", lambda p: p["severities"].append(3), "severities.3 = 3"),
    (
        "key in a row",
        lambda p: p["severities"][0].update(mean="x"),
        "severities.P0.mean",
    ),
    (
        "list item",
        lambda p: p["severities"][0].update(criteria=["a", 7]),
        "severities.P0.criteria.2 = 7",
    ),
    (
        "twice",
        lambda p: p["severities"][1].update(id="p0"),
        "severities.2.id = 'p0'",
    ),
    ("short twice", lambda p: p["roles"][1].update(short="ic"), "roles.2.short = 'ic'"),
    ("truth", lambda p: p["roles"][1].update(many="yes"), "roles.sme.many = 'yes'"),
    (
        "many command",
        lambda p: p["roles"][0].update(many=True),
        "roles.ic.many = true",
    ),
    (
        "required",
        lambda p: p["roles"][0].update(required_at=["P9"]),
        "roles.ic.required_at = 'P9'",
    ),
    (
        "milestone",
        lambda p: p["phases"][0].update(milestone="fixed"),
        "phases.looking.milestone = 'fixed'",
    ),
    (
        "public",
        lambda p: p["phases"][0].update(public="Looking"),
        "phases.looking.public = 'Looking'",
    ),
    ("no end", lambda p: p["phases"][1].pop("milestone"), "phases"),
    (
        "endless end",
        lambda p: p["phases"][1].pop("live"),
        "phases.over.live",
    ),
    (
        "period",
        lambda p: p["cadences"][0]["every"].update(P0="soon"),
        "cadences.internal.every.P0 = 'soon'",
    ),
    (
        "number for a period",
        lambda p: p["cadences"][0]["every"].update(P0=30),
        "cadences.internal.every.P0 = 30",
    ),
    (
        "too often",
        lambda p: p["cadences"][0]["every"].update(P0="10s"),
        "cadences.internal.every.P0 = '10s'",
    ),
    (
        "period of no severity",
        lambda p: p["cadences"][0]["every"].update(P7="1h"),
        "cadences.internal.every.P7",
    ),
    (
        "no general text",
        lambda p: p["templates"].pop(0),
        "cadences.internal",
    ),
    (
        "text for nobody",
        lambda p: p["templates"][1].update(audience="internals"),
        "templates.2.audience = 'internals'",
    ),
    ("text for no phase", lambda p: p["templates"][1].update(phase="x"), "templates.2.phase = 'x'"),
    (
        "two texts",
        lambda p: p["templates"][1].pop("phase"),
        "templates.2",
    ),
    (
        "variable",
        lambda p: p["templates"][0].update(text="{{ titel }}"),
        "templates.1.text",
    ),
    (
        "syntax",
        lambda p: p["templates"][0].update(text="a\n{% if title %}"),
        "templates.1.text",
    ),
    (
        "filter",
        lambda p: p["templates"][0].update(text="{{ title | shout }}"),
        "templates.1.text",
    ),
    (
        "escape sequence",
        lambda p: p["severities"][0].update(name="\x1b[31mred"),
        "severities.P0.name = '\\x1b[31mred'",
    ),
]


@pytest.mark.parametrize(("change", "place"), [(w[1], w[2]) for w in WRONG], ids=[w[0] for w in WRONG])
def test_error_is_one_line_with_file_and_key(change: Callable[[dict[str, Any]], object], place: str) -> None:
    lines = broken(change)
    assert any(line.startswith(f"house.toml: {place}") for line in lines), lines
    assert all("\n" not in line for line in lines)


def test_errors_read_well() -> None:
    check_golden("plan-errors-first.txt", "\n".join(line for _, change, _ in WRONG for line in broken(change)))


def test_all_errors_are_reported_at_once() -> None:
    def change(raw: dict[str, Any]) -> None:
        raw.update(zone="Nowhere", command_role="boss", nam="x")
        raw["severities"][0]["means"] = 4
        raw["cadences"][0]["every"]["P1"] = "often"

    lines = broken(change)
    assert len(lines) == 5
    with pytest.raises(PlanErrors, match=re.escape("The plan house.toml has 5 errors")):
        read_plan(
            text_of({**GOOD, "zone": "Nowhere", "command_role": "b", "nam": 1, "name": 2, "runbook": 3}), "house.toml"
        )


@pytest.mark.parametrize("path", paths_of(GOOD)[1:], ids=str)
def test_wrong_type_is_reported_by_its_key(path: tuple[str | int, ...]) -> None:
    raw = copy.deepcopy(GOOD)
    holder: Any = raw
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = 3.5
    lines = plan_errors(raw)
    named = next(part for part in reversed(path) if isinstance(part, str))
    assert any(named in line and "3.5" in line for line in lines), lines


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "every", "phase", "text", "audience", "required_at"]), inner, max_size=3
            )
        ),
        max_leaves=8,
    ),
    st.sampled_from([*GOOD, "other"]),
)
def test_no_value_makes_the_checks_fail(value: Any, key: str) -> None:
    lines = plan_errors({**GOOD, key: value})
    assert all(isinstance(line, str) and line for line in lines)


def test_toml_error_names_the_line() -> None:
    with pytest.raises(PlanErrors, match=re.escape("bad.toml: is not TOML")) as refused:
        read_plan("id = 'x'\nname = \n", "bad.toml")
    assert "line 2" in refused.value.lines[0]


def test_unreadable_files_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"none\.toml"):
        load_plan(tmp_path / "none.toml")
    with pytest.raises(Refused, match="cannot be read"):
        load_plan(tmp_path)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refused, match="is not text"):
        load_plan(binary)
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * 1_000_001)
    with pytest.raises(Refused, match="too large"):
        load_plan(huge)


def test_plan_is_found_by_name_or_path_first_folder_wins(tmp_path: Path) -> None:
    mine, shipped = tmp_path / "mine", tmp_path / "shipped"
    for folder in (mine, shipped):
        folder.mkdir()
        (folder / "house.toml").write_text(text_of(GOOD))
    (shipped / "other.toml").write_text("")
    folders = (mine, shipped, tmp_path / "missing")
    assert list_plans(folders) == {"house": mine / "house.toml", "other": shipped / "other.toml"}
    assert find_plan("house", folders) == mine / "house.toml"
    assert find_plan(str(shipped / "house.toml"), folders) == shipped / "house.toml"
    assert load_plan(find_plan("house", folders)).id == "house"
    with refuses("plan", NotFound) as refusal:
        find_plan("hous", folders)
    assert "house, other" in refusal.value.what_to_do


def test_windows_file_is_the_same_plan(tmp_path: Path) -> None:
    path = tmp_path / "house.toml"
    path.write_bytes(b"\xef\xbb\xbf" + text_of(GOOD).replace("\n", "\r\n").encode())
    assert load_plan(path) == read_plan(text_of(GOOD), "house.toml")


def test_template_check_evaluates_no_constants() -> None:
    # Worked out, this number would fill the memory before the test ends.
    raw = copy.deepcopy(GOOD)
    for says, kind in (("9**9**9**9", "pow"), ('"x" * 9999999999', "mul"), ("'%9999999999d' % 1", "mod")):
        raw["templates"][0]["text"] = "one\n{{ " + says + " }}"
        (error,) = plan_errors(raw)
        assert "line 2" in error
        assert kind in error
