"""Plans that extend another: merged tables, dropped parts, and errors with the right file."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.errors import NotFound
from incident_cockpit.plan.checks import plan_errors
from incident_cockpit.plan.inheritance import extended
from incident_cockpit.plan.loader import PlanErrors, compile_plan, load_plan, read_plan
from incident_cockpit.plan.schema import Plan
from support.plans import ANYTHING, EVERY, FULL, full, text_of, value_at


def plans(files: Mapping[str, str]) -> Any:
    """Return what finds the files by their names."""

    def find(word: str, _: str) -> tuple[str, str]:
        if word not in files:
            raise NotFound(f"There is no plan {word!r}", "there are none")
        return word, files[word]

    return find


def child(changes: Mapping[str, Any], parent: Mapping[str, Any] = FULL) -> Plan:
    raw = {"id": "ours", "name": "Ours", "extends": "whole.toml", **changes}
    return read_plan(text_of(raw), "ours.toml", plans({"whole.toml": text_of(dict(parent))}))


def wrong(changes: Mapping[str, Any], parent: Mapping[str, Any] = FULL) -> tuple[str, ...]:
    with pytest.raises(PlanErrors) as refused:
        child(changes, parent)
    lines: tuple[str, ...] = refused.value.lines
    assert all("\n" not in line for line in lines)
    return lines


def whole() -> Plan:
    return read_plan(text_of(FULL), "whole.toml")


def test_child_without_changes_equals_its_parent() -> None:
    ours, theirs = child({}), whole()
    assert (ours.id, ours.name, ours.extends, theirs.extends) == ("ours", "Ours", "whole.toml", "")
    same = [field for field in Plan.__struct_fields__ if field not in ("id", "name", "extends")]
    assert [getattr(ours, field) for field in same] == [getattr(theirs, field) for field in same]


def test_keys_of_the_child_win() -> None:
    ours = child({"zone": "UTC", "hours": {"opens": "10:00"}, "triage": {"owner": "Duty"}, "confirmers": ["CTO"]})
    assert (ours.zone, ours.confirmers) == ("UTC", ("CTO",))
    assert (ours.hours.opens, ours.hours.closes) == (600, 1080)
    assert (ours.triage.owner, ours.triage.route, ours.triage.first) == ("Duty", "#eng", True)


def test_rows_are_merged_by_identity_and_new_ones_come_last() -> None:
    ours = child(
        {
            "roles": [{"id": "ic", "short": "Boss"}, {"id": "scribe", "name": "Scribe", "short": "Scribe"}],
            "cadences": [{"audience": "internal", "every": {"P0": "15m"}}],
            "templates": [{"audience": "internal", "phase": "over", "text": "over"}],
            "escalation": [{"severity": "P0", "tell": "Engineering Manager", "after": "10m"}],
            "systems": [{"name": "Checkout API", "owner": "Platform"}],
            "targets": [{"metric": "ttr", "severities": ["P0"], "within": "2h"}, {"metric": "ttr", "within": "9h"}],
        }
    )
    assert [(role.id, role.short) for role in ours.roles] == [("ic", "Boss"), ("sme", "SME"), ("scribe", "Scribe")]
    assert ours.roles[0].duties == ("Decides",)
    assert ours.cadences[0].seconds == (("P0", 900),)
    assert ours.cadences[0].route == "#incidents"
    assert [template.text for template in ours.templates] == ["{{ title }}", "over"]
    rung = next(one for one in ours.deadlines if one.who == "Engineering Manager")
    assert (rung.within.seconds, rung.met_by) == (600, "done tell-em")
    assert (ours.systems[0].owner, len(ours.systems[0].resources)) == ("Platform", 1)
    assert [(one.seconds, one.severities) for one in ours.targets] == [(7200, ("P0",)), (32400, ())]


SEVERITIES = [{"id": "P0", "name": "Worst", "means": "All is down."}, {"id": "X", "name": "Rest", "means": "Rest."}]


def test_own_severities_replace_the_parents_and_their_references() -> None:
    ours = child({"severities": SEVERITIES})
    assert [(one.id, one.rank, one.respond) for one in ours.severities] == [("P0", 1, None), ("X", 2, None)]
    assert ours.roles[0].required_at == ("P0",)
    assert ours.cadences[0].seconds == (("P0", 1800),)
    assert ours.postmortem.required_at == ("P0",)
    authority = next(one for one in ours.deadlines if one.id == "authority")
    assert authority.severities == ("P0",)


def test_row_for_removed_severities_does_not_apply_to_all() -> None:
    ours = child({"severities": SEVERITIES[1:]})
    assert ours.roles[0].required_at == ()
    assert not ours.deadlines
    assert ours.phases[0].id == "looking"
    assert (ours.closing, ours.participants, ours.targets) == ((), (), ())
    assert ours.postmortem.required_at == ()


PHASES = [
    {"id": "fixing", "name": "Fixing", "means": "We mend.", "public": "Identified"},
    {"id": "done", "name": "Done", "means": "Over.", "public": "Resolved", "milestone": "resolved", "live": False},
]


def test_own_phases_replace_the_parents() -> None:
    parent = full()
    parent["deadlines"].append({"id": "late", "text": "Leave", "within": "1h", "met_by": "phase looking"})
    ours = child({"phases": PHASES, "first_phase": "fixing"}, parent)
    assert [phase.id for phase in ours.phases] == ["fixing", "done"]
    assert [template.phase for template in ours.templates] == [None]
    assert "late" not in [one.id for one in ours.deadlines]
    [line] = wrong({"phases": PHASES})
    assert line.startswith("ours.toml: first_phase = 'looking': ")


def test_drop_removes_references_too() -> None:
    ours = child({"drop": ["types.breach", "watch", "hours.holidays", "runbook", "escalation.P0.Tell customers"]})
    assert [one.id for one in ours.types] == ["outage"]
    assert "authority" not in [one.id for one in ours.deadlines]
    assert (ours.watch, ours.hours.holidays, ours.runbook) == (None, (), None)
    assert [one.id for one in ours.deadlines if one.id.startswith("rung")] == ["rung-P0-engineering-manager"]
    assert not [one for one in child({"drop": ["escalation"]}).deadlines if one.id.startswith("rung")]
    assert not [one for one in child({"drop": ["escalation.P0"]}).deadlines if one.id.startswith("rung")]


def test_severity_without_levels_escalates_by_its_own_time() -> None:
    assert "escalate-P0" not in [one.id for one in child({}).deadlines]
    assert "escalate-P0" in [one.id for one in child({"drop": ["escalation"]}).deadlines]


def test_dropped_audience_removes_its_templates_and_levels() -> None:
    ours = child({"drop": ["cadences.internal"]})
    assert (ours.cadences, ours.templates) == ((), ())
    assert "rung-P0-tell-customers" not in [one.id for one in ours.deadlines]


def test_progress_check_keeps_the_remaining_severities() -> None:
    assert (child({}).progress, child({}).progress_at) == (1800, ("P0", "P1"))
    fewer = child({"severities": [{"id": "P1", "name": "Bad", "means": "Much is down."}]})
    assert (fewer.progress, fewer.progress_at) == (1800, ("P1",))
    others = child({"severities": [{"id": "S1", "name": "Bad", "means": "Much is down."}]})
    assert (others.progress, others.progress_at) == (None, ()), "at none of them is not at all of them"
    assert (child({"drop": ["progress_check"]}).progress_at, child({"drop": ["progress_check_at"]}).progress) == (
        (),
        1800,
    )


def test_dropped_row_can_be_replaced() -> None:
    ours = child({"drop": ["roles.sme"], "roles": [{"id": "sme", "name": "Helper", "short": "H"}]})
    assert (ours.roles[1].name, ours.roles[1].many) == ("Helper", False)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"drop": ["roles.smee"]}, "drop.1 = 'roles.smee'"),
        ({"drop": ["hours.lunch"]}, "drop.1 = 'hours.lunch'"),
        ({"drop": ["x", 3]}, "drop.2 = 3"),
        ({"drop": "roles.sme"}, "drop = 'roles.sme'"),
        ({"drop": ["command_role"]}, "command_role"),
        ({"name": 4}, "name = 4"),
        ({"roles": [{"id": "ic", "shor": "Boss"}]}, "roles.ic.shor"),
        ({"roles": [{"id": "ic"}, {"id": "ic"}]}, "roles.2.id = 'ic'"),
        ({"roles": [{"name": "x"}]}, "roles.1.id"),
        ({"roles": [7]}, "roles.1 = 7"),
        ({"roles": 7}, "roles = 7"),
        ({"hours": 7}, "hours = 7"),
        ({"escalation": [{"severity": "P9", "after": "1h", "tell": "X"}]}, "escalation.1.severity = 'P9'"),
        ({"escalation": [{"severity": "P1", "after": "soon", "tell": "X"}]}, "escalation.1.after = 'soon'"),
        ({"drop": ["roles.ic"]}, "command_role = 'ic'"),
    ],
)
def test_error_names_the_file_of_its_key(changes: Mapping[str, Any], place: str) -> None:
    lines = wrong(changes)
    assert any(line.startswith(f"ours.toml: {place}") for line in lines), lines


def test_id_and_name_are_not_inherited() -> None:
    with pytest.raises(PlanErrors) as refused:
        read_plan('extends = "whole.toml"', "ours.toml", plans({"whole.toml": text_of(FULL)}))
    assert refused.value.lines == ("ours.toml: id: missing", "ours.toml: name: missing")


def test_drop_needs_extends() -> None:
    with pytest.raises(PlanErrors) as refused:
        read_plan(text_of(full(drop=["watch"])), "ours.toml")
    [line] = refused.value.lines
    assert line.startswith("ours.toml: drop: ")


def test_rows_are_counted_in_their_own_file() -> None:
    parent = full()
    parent["templates"].append({"audience": "internal", "phase": "closed", "text": "x"})
    parent["cadences"].append({"audience": "boss", "name": "Boss"})
    parent["templates"].append({"audience": "boss", "text": "{{ title }}"})
    lines = wrong({"templates": [{"audience": "boss", "phase": "over", "text": "{{ titel }}"}]}, parent)
    [line] = lines
    assert line.startswith("ours.toml: templates.1.text: ")


class TestParents:
    """The plan that is extended is missing, wrong, or comes back to where it began."""

    @pytest.mark.parametrize(
        ("extends", "line"),
        [
            ("whol.toml", "extends = 'whol.toml'"),
            ("", "extends = ''"),
            (7, "extends = 7"),
        ],
    )
    def test_missing_parent_is_one_error(self, extends: object, line: str) -> None:
        [error] = wrong({"extends": extends})
        assert error.startswith(f"ours.toml: {line}: ")

    def test_errors_of_the_parent_name_its_file(self) -> None:
        broken = full(zone="Nowhere", command_role="boss")
        lines = wrong({}, broken)
        assert lines[0].startswith("ours.toml: extends = 'whole.toml': ")
        assert {line.split(" = ")[0] for line in lines[1:]} == {"whole.toml: command_role", "whole.toml: zone"}

    def test_parent_that_is_not_toml_is_named(self) -> None:
        with pytest.raises(PlanErrors) as refused:
            read_plan('id = "a"\nname = "b"\nextends = "bad"', "ours.toml", plans({"bad": "x ="}))
        assert refused.value.lines[1].startswith("bad: is not TOML")

    def test_circular_extends_is_one_error(self) -> None:
        ring = {name: f'id = "{name}"\nname = "x"\nextends = "{other}"' for name, other in ("ab", "bc", "ca")}
        with pytest.raises(PlanErrors) as refused:
            read_plan(ring["a"], "a", plans(ring))
        [line] = refused.value.lines
        assert line.startswith("c: extends = 'a': ")
        assert line.endswith("a extends b extends c extends a")

    def test_extends_is_limited_to_five_levels(self) -> None:
        files = {str(number): text_of({"id": "x", "name": "y", "extends": str(number + 1)}) for number in range(9)}
        files["5"] = text_of(FULL)
        assert read_plan(files["0"], "0", plans(files)).zone == "Europe/Paris"
        files["5"], files["6"] = text_of({"id": "x", "name": "y", "extends": "6"}), text_of(FULL)
        with pytest.raises(PlanErrors) as refused:
            read_plan(files["0"], "0", plans(files))
        [line] = refused.value.lines
        assert line.startswith("5: extends = '6': ")

    def test_plan_without_a_file_extends_nothing(self) -> None:
        with pytest.raises(PlanErrors):
            read_plan(text_of({"id": "a", "name": "b", "extends": "default"}), "typed")


class TestFiles:
    """The other plan is found beside the file, in the folders, or by a path from the file."""

    @pytest.fixture
    def mine(self, tmp_path: Path) -> Path:
        (tmp_path / "mine").mkdir()
        (tmp_path / "shipped").mkdir()
        (tmp_path / "shipped" / "whole.toml").write_text(text_of(FULL))
        return tmp_path / "mine"

    def write(self, path: Path, extends: str) -> Path:
        path.write_text(text_of({"id": "ours", "name": "Ours", "extends": extends}))
        return path

    def test_parent_is_found_by_name_and_by_path(self, mine: Path) -> None:
        folders = (mine, mine.parent / "shipped")
        assert load_plan(self.write(mine / "a.toml", "whole"), folders).zone == "Europe/Paris"
        assert load_plan(self.write(mine / "b.toml", "../shipped/whole.toml")).zone == "Europe/Paris"
        assert load_plan(self.write(mine / "c.toml", "a"), folders).extends == "a"

    def test_plan_may_extend_the_shipped_one_of_its_name(self, mine: Path) -> None:
        own = self.write(mine / "whole.toml", "whole")
        assert load_plan(own, (mine, mine.parent / "shipped")).about == "Uses every key."
        with pytest.raises(PlanErrors, match="extend itself"):
            load_plan(own, (mine,))

    def test_unknown_parent_is_refused_with_a_suggestion(self, mine: Path) -> None:
        for said in ("whol", "../none.toml", "~nobody-at-all/x.toml", "a\x00.toml", "*"):
            own = self.write(mine / "own.toml", said)
            with pytest.raises(PlanErrors) as refused:
                load_plan(own, (mine.parent / "shipped",))
            [line] = refused.value.lines
            assert line.startswith(f"{own}: extends = {said!r}: "), line
        assert "whole" in str(wrong_name(mine))

    def test_circle_is_found_through_other_spellings(self, mine: Path) -> None:
        self.write(mine / "a.toml", "./b.toml")
        own = self.write(mine / "b.toml", "../mine/a.toml")
        with pytest.raises(PlanErrors, match=r"a\.toml extends "):
            load_plan(own)


def wrong_name(mine: Path) -> PlanErrors:
    own = mine / "own.toml"
    own.write_text(text_of({"id": "ours", "name": "Ours", "extends": "whol"}))
    with pytest.raises(PlanErrors) as refused:
        load_plan(own, (mine.parent / "shipped",))
    return refused.value


def test_tables_of_the_parent_are_not_changed() -> None:
    before = copy.deepcopy(FULL)
    extended(FULL, {"extends": "x", "drop": ["roles.sme", "hours.days"], "severities": SEVERITIES, "hours": {}})
    assert before == FULL


DROPS = st.lists(
    st.sampled_from([*FULL, *(f"{path[0]}.{value_at(FULL, path)}" for path in EVERY), "roles.", ".", "hours.days"])
)


@given(st.dictionaries(st.sampled_from([*FULL]), ANYTHING, max_size=4), DROPS | ANYTHING)
def test_any_child_is_a_plan_or_has_errors(changes: dict[str, Any], drop: Any) -> None:
    made = extended(FULL, {"id": "ours", "name": "Ours", "extends": "whole", **changes, "drop": drop})
    lines = (*made.errors, *plan_errors(made.raw, made.numbers))
    assert all(line and "\n" not in line for line in lines)
    assert lines or compile_plan(made.raw).extends == "whole"


@given(
    st.sets(st.sampled_from(["roles.sme", "types.breach", "cadences.internal", "escalation", "hours", "phases.over"]))
)
def test_drop_leaves_no_dangling_reference(drop: set[str]) -> None:
    """Only what an incident cannot do without is missed: nothing else of the parent points at what is gone."""
    made = extended(FULL, {"id": "ours", "name": "Ours", "extends": "whole", "drop": sorted(drop)})
    errors = [line.partition(": ")[0] for line in plan_errors(made.raw, made.numbers)]
    assert errors == (["phases"] if "phases.over" in drop else [])
