"""The shipped plans: each is complete, names only what exists, and has readable texts."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from incident_cockpit.plan.loader import list_plans, read_plan
from incident_cockpit.plan.templates import MOMENTS, VARIABLES
from support.shipped_plans import BUSY, INSIDE, PLANS, QUIET, RUNBOOKS, filled, plan, switched_on, text

NAMES = ("default", "four-phase", "p0-p3", "sev-owner", "small-team", "triage-cto")
_HOST = re.compile(r"https?://([^\s/:\"')]+)|@((?:[a-z0-9-]+\.)+[a-z]+)")
_ROLE = re.compile(r"(?<!\S)@(\w+)")


def test_shipped_plans_are_listed() -> None:
    assert tuple(list_plans((PLANS,))) == NAMES


def test_facts_cover_every_template_variable() -> None:
    assert BUSY.keys() == VARIABLES.keys()


@pytest.mark.parametrize("name", NAMES)
class TestShippedPlan:
    def test_plan_has_the_name_of_its_file_and_extends_none(self, name: str) -> None:
        raw = tomllib.loads(text(name))
        assert (plan(name).id, "extends" in raw) == (name, False)
        assert plan(name).about

    def test_severities_have_distinct_criteria(self, name: str) -> None:
        criteria = [one.criteria for one in plan(name).severities]
        assert all(criteria)
        assert len(set(criteria)) == len(criteria)
        single = [each for one in criteria for each in one]
        assert len(set(single)) == len(single)

    def test_runbooks_it_names_are_shipped(self, name: str) -> None:
        one = plan(name)
        named = {book for book in (one.runbook, *(each.runbook for each in one.types)) if book}
        mentioned = {word for each in one.types for step in each.steps for word in re.findall(r"\w+(?:-\w+)+", step)}
        assert named <= RUNBOOKS
        assert {word for word in mentioned if word.startswith(("api-", "database-"))} <= RUNBOOKS

    def test_checklists_are_short_distinct_and_name_roles(self, name: str) -> None:
        one = plan(name)
        items = [item for phase in one.phases for item in phase.checklist]
        assert [item for item in items if len(_ROLE.sub("", item)) > 90] == []
        assert len(set(items)) == len(items)
        assert {role for item in items for role in _ROLE.findall(item)} <= {role.id for role in one.roles}

    def test_roles_have_duties_and_contents_have_readers(self, name: str) -> None:
        assert all(role.duties for role in plan(name).roles)
        assert all(each.who or each.met_by.split()[0] != "done" for each in plan(name).deadlines if each.contains)

    def test_addresses_are_examples(self, name: str) -> None:
        hosts = {first or second for first, second in _HOST.findall(text(name))}
        assert {host for host in hosts if not host.endswith(".example")} == set()

    def test_examples_can_be_switched_on(self, name: str) -> None:
        assert read_plan(switched_on(name), name).id == name

    def test_lines_fit_a_diff(self, name: str) -> None:
        assert [line for line in text(name).split("\n") if len(line) > 130] == []

    @pytest.mark.parametrize("facts", [BUSY, QUIET], ids=["busy", "quiet"])
    def test_updates_fit_a_phone_in_every_phase(self, name: str, facts: dict[str, Any]) -> None:
        one = plan(name)
        for cadence in one.cadences:
            for phase in one.phases:
                template = one.template(cadence.audience, phase.id)
                assert template is not None
                lines = filled(one, template.text, facts, phase.id)
                where = f"{cadence.audience} in {phase.id}: {lines}"
                assert "INC-7" in lines[0], where
                assert "Checkout returns 500" in lines[0], where
                assert lines[0].count("*") == 2, where
                assert len(lines) <= 20, where
                assert all(line.strip() for line in lines), where
                assert not any(bad in line for line in lines for bad in ("**", "[](", "None", "()")), where

    def test_closed_has_the_resolved_template(self, name: str) -> None:
        one = plan(name)
        over = [phase.id for phase in one.phases if not phase.live]
        assert len(over) > 1
        for cadence in one.cadences:
            texts = {one.template(cadence.audience, phase) for phase in over}
            assert len(texts) == 1, cadence.audience

    def test_outside_readers_get_no_names_and_no_causes(self, name: str) -> None:
        one = plan(name)
        for cadence in one.cadences:
            if cadence.inside is not False:
                continue
            for phase in one.phases:
                template = one.template(cadence.audience, phase.id)
                assert template is not None
                told = "\n".join(filled(one, template.text, BUSY, phase.id))
                assert [word for word in INSIDE if word in told] == [], (cadence.audience, phase.id)

    def test_updates_name_the_next_update(self, name: str) -> None:
        one = plan(name)
        for cadence in one.cadences:
            if cadence.seconds:
                template = one.template(cadence.audience, one.first_phase)
                assert template is not None
                assert "14:40 UTC" in "\n".join(filled(one, template.text, BUSY, one.first_phase)), cadence.audience

    @pytest.mark.parametrize("facts", [BUSY, QUIET], ids=["busy", "quiet"])
    def test_messages_can_be_copied_unchanged(self, name: str, facts: dict[str, Any]) -> None:
        one = plan(name)
        for message in one.messages:
            lines = filled(one, message.text, facts, one.first_phase)
            assert "INC-7" in lines[0], message.id
            assert "Checkout returns 500" in lines[0], message.id
            assert len(lines) <= 25, message.id
            assert all(line.strip() for line in lines), (message.id, lines)
            assert not any(bad in line for line in lines for bad in ("**", "None", "()", " , ")), (message.id, lines)

    def test_messages_of_notifications_exist(self, name: str) -> None:
        known = {*MOMENTS, *(message.id for message in plan(name).messages)}
        assert {each.message for each in plan(name).deadlines if each.message} <= known
