"""A store, exports and plan files written by version 0.1 before the code was rearranged: each opens as it did then.

The JSON answers of that version are in `answers.json`, without the sentences that are worded for people.
"""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from incident_cockpit.clock import SetClock
from incident_cockpit.ids import RandomIds
from incident_cockpit.journal.journal import Journal
from incident_cockpit.plan.loader import load_plan
from incident_cockpit.service import store
from support.builders import START
from support.cli import Shell

WRITTEN = Path(__file__).with_name("version_0")
ANSWERS: dict[str, Any] = json.loads((WRITTEN / "answers.json").read_text(encoding="utf-8"))
NUMBERS = {"busy": "7", "resolved": "8", "loop": "9", "breach": "10", "whole_plan": "11"}
EXPORTED = ("busy", "breach")
COMMANDS = ("show", "status", "timeline", "followups", "adherence")
# The sentences for people, by the name of what they stand in: their words may change, everything else may not.
WORDED = {"due": ("text", "detail"), "next": ("text", "detail"), "timeline": ("text",), "adherence": ("text", "why")}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the clock of every command to the time at which the answers were written."""
    monkeypatch.setattr(store, "SystemClock", lambda: SetClock(START + timedelta(hours=3)))


@pytest.fixture
def old_store(tmp_path: Path) -> Shell:
    """Return a shell whose home holds the store that was written."""
    shutil.copy(WRITTEN / "incidents.db", tmp_path / "incidents.db")
    return Shell(tmp_path)


def without_words(value: Any, name: str) -> Any:
    """Return JSON without the sentences for people; `name` is the key at which the value stands."""
    if isinstance(value, list):
        return [without_words(item, name) for item in value]
    if not isinstance(value, dict):
        return value
    worded = WORDED.get(name, ())
    return {key: "" if key in worded and item is not None else without_words(item, key) for key, item in value.items()}


def without_wording(value: Any) -> Any:
    """Return JSON without the wording of periods: their seconds, working time and days are compared."""
    if isinstance(value, list):
        return [without_wording(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: without_wording(item) for key, item in value.items() if key != "said"}


def check_contains(answer: Any, before: Any, path: str) -> None:
    """Check that an answer says all that it said before; it may have further keys."""
    if isinstance(before, dict):
        missing = [key for key in before if key not in answer]
        assert not missing, f"{path} lacks {missing}"
        for key, value in before.items():
            check_contains(answer[key], value, f"{path}.{key}")
    elif isinstance(before, list):
        assert len(answer) == len(before), path
        for place, (item, value) in enumerate(zip(answer, before, strict=True)):
            check_contains(item, value, f"{path}[{place}]")
    else:
        assert answer == before, path


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("incident", NUMBERS)
def test_old_store_gives_the_same_json(old_store: Shell, incident: str, command: str) -> None:
    answer = old_store.good(command, NUMBERS[incident], "--json").data
    check_contains(without_words(answer, command), ANSWERS[incident][command], f"{command} {incident}")


def test_old_store_lists_the_same_incidents(old_store: Shell) -> None:
    answer = old_store.good("list", "--all", "--json").data
    check_contains(without_words(answer, "list"), ANSWERS["list"], "list")


def test_old_store_verifies(old_store: Shell) -> None:
    # Without rescue copies, which are beside the store and not in it.
    with Journal(old_store.home / "incidents.db", None, RandomIds()) as journal:
        assert len(journal.incidents()) == len(NUMBERS)
        assert journal.verify() == []


@pytest.mark.parametrize("incident", NUMBERS)
def test_old_store_can_be_written_on(old_store: Shell, incident: str) -> None:
    before = old_store.events()
    old_store.good("log", "still here", "--incident", NUMBERS[incident])
    assert old_store.events() == before + 1


@pytest.mark.parametrize("incident", EXPORTED)
def test_old_store_exports_the_same_bytes(old_store: Shell, tmp_path: Path, incident: str) -> None:
    old_store.good("export", NUMBERS[incident], str(tmp_path / "again.jsonl"))
    assert (tmp_path / "again.jsonl").read_bytes() == (WRITTEN / f"{incident}.jsonl").read_bytes()


@pytest.mark.parametrize("incident", EXPORTED)
def test_old_export_is_imported_as_it_was(tmp_path: Path, incident: str) -> None:
    shell = Shell(tmp_path)
    shell.good("import", str(WRITTEN / f"{incident}.jsonl"))
    for command in COMMANDS:
        answer = shell.good(command, NUMBERS[incident], "--json").data
        check_contains(without_words(answer, command), ANSWERS[incident][command], f"{command} {incident}")


@pytest.mark.parametrize("name", ["default", "every_key"])
def test_old_plan_file_gives_the_same_plan(name: str) -> None:
    plan = msgspec.json.decode(msgspec.json.encode(load_plan(WRITTEN / "plans" / f"{name}.toml")))
    before = json.loads((WRITTEN / "plans" / f"{name}.json").read_text(encoding="utf-8"))
    for deadline in (*plan["deadlines"], *before["deadlines"]):
        if deadline["kind"] in ("target", "rung", "role", "window"):
            # Their text is the program's own, such as "Notify CTO".
            del deadline["text"]
    check_contains(without_wording(plan), without_wording(before), name)
