"""The runbooks that other people keep: every count is the reference's, and every difference from it has a name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.model import StepKind
from incident_cockpit.runbook.reader import read_runbook, step_formats
from support.corpus import RUNBOOKS as CORPUS

# What is a step here and no task item for the reference, by the end of the file's name.
EXTENSIONS: Mapping[str, Mapping[str, int]] = {
    # One row of a table is one question: which of the answers in its cell, each with a sign before it.
    "playbooks-IRP-PersonalDataBreach.md": {"table": 17},
}
# Files without a box outside their code, by the rule that reads them.
WITHOUT_BOXES: Mapping[str, tuple[str, int]] = {
    "KubeAPIErrorBudgetBurn.md": ("numbered steps", 4),
    "NodeFilesystemSpaceFillingUp.md": ("headings of work", 2),
    "rotating-rails-postgresql-password.md": ("template in a code fence", 34),
    "yubikey.md": ("numbered steps", 6),
    "pgbouncer-interactions.md": ("bullets", 4),
    "update-prometheus-and-exporters.md": ("template in a code fence", 8),
    "playbook-ransomware.md": ("numbered steps", 36),
    "examples-plan.md": ("numbered steps", 226),
    "release-cuts.md": ("numbered headings", 10),
    "Release-Timeline.md": ("numbered steps", 32),
    "during_an_incident.md": ("numbered steps", 30),
    "courses-incident_response.md": ("numbered steps", 4),
    "alertes-projet.md": ("numbered steps", 15),
    "cortex-mixin-docs-playbooks.md": ("numbered steps", 41),
    "ci-cd-operations.md": ("headings of work", 2),
    "onboarding-offboarding.md": ("numbered steps", 13),
    "Branch-Off.md": ("numbered steps", 39),
    "github-unavailable.html.md": ("numbered steps", 26),
    "rotating-rds.credentials.html.md": ("numbered steps", 25),
}
# Files that are refused, and why a person would agree.
EMPTY: Mapping[str, str] = {
    "live-env-module-commands.md": "a catalogue of commands by environment: no order, nothing that is ever done",
}


def _entries() -> list[Any]:
    if not (CORPUS / "index.json").is_file():
        return []
    entries: list[Any] = json.loads((CORPUS / "index.json").read_text(encoding="utf-8"))["files"]
    return entries


def _of(name: str, table: Mapping[str, Any]) -> Any:
    return next((value for end, value in table.items() if name.endswith(end)), None)


def test_the_corpus_is_there_and_every_entry_of_the_tables_is_met() -> None:
    entries = _entries()
    if not entries:
        pytest.skip("no runbook corpus beside the repository")
    names = [entry["file"] for entry in entries]
    for end in (*EXTENSIONS, *WITHOUT_BOXES, *EMPTY):
        assert sum(name.endswith(end) for name in names) == 1, end


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: str(entry["file"])[-40:])
def test_a_runbook_of_others_reads_as_its_reference_says(entry: Any) -> None:
    name, wanted = entry["file"], entry["reference"]["markdown_it_front_matter_aware"]["tasks"]
    data = (CORPUS / name).read_bytes()
    if _of(name, EMPTY):
        with pytest.raises(Refused, match="has no steps"):
            read_runbook(data, name)
        return
    book = read_runbook(data, name)
    kinds = Counter(step.kind.value for step in book.steps)
    if wanted:
        assert book.rule == "task items"
        assert kinds == {"task": wanted, **(_of(name, EXTENSIONS) or {})}
    else:
        assert (book.rule, len(book.steps)) == _of(name, WITHOUT_BOXES)
        assert StepKind.TASK not in kinds
    assert (book.rule, len(book.steps)) in [(found.rule, found.steps) for found in step_formats(data, name)]


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: str(entry["file"])[-40:])
def test_any_rule_that_finds_steps_can_be_chosen(entry: Any) -> None:
    data = (CORPUS / entry["file"]).read_bytes()
    for found in step_formats(data, entry["file"]):
        book = read_runbook(data, entry["file"], found.rule)
        assert (book.rule, len(book.steps)) == (found.rule, found.steps)
        for step in book.steps:
            start, end = step.span
            assert 0 <= start < end <= len(data)
