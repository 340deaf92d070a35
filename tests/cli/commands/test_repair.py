"""Stores and incidents that are damaged: found, worked around, rebuilt, taken out."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from incident_cockpit.errors import ExitCode
from support.cli import Shell
from support.naming import naming

Event = dict[str, Any]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.good("new", "Checkout is down", "--severity", "2")
    shell.good("log", "5xx at 8%")
    return shell


@pytest.fixture
def store(shell: Shell) -> Path:
    return shell.home / "incidents.db"


def run(store: Path, *statements: str) -> None:
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "emptied": lambda store: os.truncate(store, 0),
    "truncated": lambda store: os.truncate(store, 20_480),
    "garbage": lambda store: store.write_bytes(os.urandom(9_000)),
    "an event altered": lambda store: run(
        store, "DROP TRIGGER events_are_never_changed", "UPDATE events SET line = x'7b' WHERE seq = 3"
    ),
    "events deleted": lambda store: run(
        store, "DROP TRIGGER events_are_never_deleted", "DELETE FROM events WHERE seq > 4"
    ),
}


class TestDamagedStore:
    """Every kind of damage is found by `doctor`, and undone by the command that it names."""

    @pytest.mark.parametrize("damage", DAMAGES)
    def test_doctor_finds_it_and_restore_undoes_it(self, shell: Shell, store: Path, damage: str) -> None:
        before = shell.timeline()
        DAMAGES[damage](store)
        found = shell("doctor")
        assert found.code == ExitCode.STORE
        assert "incident restore" in found.out
        shell.good("restore")
        assert shell.timeline() == before
        assert shell.good("verify").err == ""
        assert shell("doctor").code == ExitCode.OK
        assert shell.good("restore", "--json").data["changed"] is False

    def test_what_is_missing_is_said_and_is_no_success(self, shell: Shell, store: Path) -> None:
        [copy] = (shell.home / "rescue").glob("*.jsonl")
        lines = copy.read_bytes().splitlines()
        copy.write_bytes(b"\n".join([*lines[:-2], b"\x00", lines[-1]]))
        store.unlink()
        ran = shell("restore", "--json")
        assert ran.code == ExitCode.STORE
        [one] = ran.data["incidents"]
        assert one["missing"] == 2
        assert shell("restore").code == ExitCode.OK

    def test_a_backup_given_as_a_file(self, shell: Shell, store: Path, tmp_path: Path) -> None:
        other = Shell(tmp_path / "other")
        assert "Checkout is down" in other.good("restore", str(store)).out
        assert other.timeline() == shell.timeline()

    def test_nothing_to_restore_from(self, tmp_path: Path) -> None:
        other = Shell(tmp_path / "other")
        assert other("restore").code == ExitCode.NOT_FOUND
        assert other("restore", "nowhere.db").code == ExitCode.NOT_FOUND

    def test_rescue_copies_that_differ_are_found_and_made_anew(self, shell: Shell) -> None:
        [copy] = (shell.home / "rescue").glob("*.jsonl")
        whole = copy.read_bytes()
        for content in (whole.replace(b"5xx at 8%", b"5xx at 9%"), whole[: len(whole) // 2], b"", b"\xff" * 99):
            copy.write_bytes(content)
            assert shell("doctor").code == shell("verify").code == ExitCode.STORE, content
            shell.good("restore")
            assert copy.read_bytes() == whole
            shell.good("doctor")
        copy.unlink()
        assert shell("doctor").code == ExitCode.STORE
        shell.good("restore")
        assert copy.read_bytes() == whole

    def test_an_incident_that_only_a_rescue_copy_has_is_found(self, shell: Shell, store: Path) -> None:
        older = store.read_bytes()
        shell.good("new", "Login is slow")
        store.write_bytes(older)
        assert shell("doctor").code == ExitCode.STORE
        shell.good("restore")
        assert "Login is slow" in shell.good("list").out
        shell.good("doctor")

    def test_a_store_that_cannot_be_written_is_found(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
        for command in ("doctor", "restore"):
            ran = shell(command)
            assert (ran.code, "chmod" in ran.out + ran.err) == (ExitCode.STORE, True)

    def test_what_a_newer_version_made_is_found_and_left_alone(self, shell: Shell, store: Path) -> None:
        run(store, "PRAGMA user_version = 99")
        before = store.read_bytes()
        for command in ("doctor", "restore"):
            ran = shell(command)
            assert (ran.code, "newer version" in ran.out + ran.err) == (ExitCode.STORE, True)
        assert store.read_bytes() == before


def _without(kind: str) -> Callable[[list[Event]], list[Event]]:
    return lambda events: [event for event in events if event["kind"] != kind]


def _with(kind: str, change: Callable[[Event], object]) -> Callable[[list[Event]], list[Event]]:
    def changed(events: list[Event]) -> list[Event]:
        for event in events:
            if event["kind"] == kind:
                change(event)
        return events

    return changed


def _plan(**changes: Any) -> Callable[[list[Event]], list[Event]]:
    return _with("plan.adopted", lambda event: event["fact"]["now"].update(changes))


# What an older program imported without a word.
BROKEN: dict[str, Callable[[list[Event]], list[Event]]] = {
    "no start": _with("milestone.reached", lambda event: event["fact"].update(name="startedx")),
    "no milestones": _without("milestone.reached"),
    "no plan": _without("plan.adopted"),
    "a plan without severities": _plan(severities=[]),
    "a plan without phases": _plan(phases=[]),
    "a plan without roles": _plan(roles=[]),
    "a plan without working time": _plan(hours={"days": []}),
    "a plan with endless times": _plan(progress=10**15),
    "a plan that begins nowhere": _plan(first_phase="gone"),
    "a time without a zone": _with(
        "severity.changed", lambda event: event["fact"]["now"].update(since="2026-11-20T14:00:00")
    ),
    "a time at the end of the calendar": _with(
        "note.logged", lambda event: event.update(happened="9999-12-31T23:59:59Z")
    ),
    "a note from nothing to nothing": _with("note.logged", lambda event: event["fact"].update(now=None)),
}  # fmt: skip


def exported(shell: Shell, tmp_path: Path, change: Callable[[list[Event]], list[Event]]) -> Path:
    """Return an export of the first incident, changed, with its seqs in order and no figures to check it by."""
    header, *lines = map(json.loads, shell.good("export", "1", "-").out.splitlines())
    documents = [line for line in lines if "document" in line]
    events = change([line for line in lines if "kind" in line])
    for seq, event in enumerate(events, start=1):
        event.update(seq=seq, act=min(event["act"], seq), id=f"{seq:032x}", incident="ab" * 16)
    head = {"format": header["format"], "version": header["version"], "incident": "ab" * 16}
    file = tmp_path / "broken.jsonl"
    file.write_text("\n".join(map(json.dumps, [head, *documents, *events])))
    return file


@pytest.mark.parametrize("name", BROKEN)
def test_unusable_import_is_refused_with_file_and_line(shell: Shell, tmp_path: Path, name: str) -> None:
    file = exported(shell, tmp_path, BROKEN[name])
    before = shell.events()
    ran = shell("import", str(file))
    assert (ran.code, shell.events()) == (ExitCode.REFUSED, before)
    assert f"{file}: line " in ran.err


COMMANDS = (
    ["status"], ["status", "--line"], ["status", "--json"], ["show"], ["show", "--json"], ["timeline"],
    ["update", "--for", "internal"],
    ["postmortem"], ["adherence"], ["breach"], ["handoff"], ["join"], ["stand-down"], ["ticket"], ["followups"],
    ["message"], ["log", "a line"], ["do", "impact", "8%"],
)  # fmt: skip


class TestBrokenIncident:
    """One that is in the store already keeps no other from being worked on, is named, and can be taken out."""

    @pytest.fixture(params=[*BROKEN, "an event that is no JSON", "an event that is missing"])
    def broken(self, request: pytest.FixtureRequest, shell: Shell, store: Path, tmp_path: Path) -> str:
        """Store a second incident that is broken in this way, and return how."""
        name: str = request.param
        # A restore takes whatever is there: it is for what must not be lost.
        shell.good("restore", str(exported(shell, tmp_path, BROKEN.get(name, lambda events: events))))
        if name not in BROKEN:
            run(store, "DROP TRIGGER events_are_never_changed", "DROP TRIGGER events_are_never_deleted")
            what = "UPDATE events SET line = x'7b'" if "JSON" in name else "DELETE FROM events"
            run(store, f"{what} WHERE seq = 5 AND incident = '{'ab' * 16}'")
        return name

    def test_it_is_named_and_the_others_are_worked_on(self, shell: Shell, broken: str) -> None:
        shell.good("list")
        shell.good("list", "--all", "--json")
        for argv in COMMANDS:
            ran = shell(*argv, "--incident", "2")
            assert ran.code in (ExitCode.OK, ExitCode.REFUSED, ExitCode.STORE), (argv, ran)
            if ran.code == ExitCode.STORE:
                assert ran.err.splitlines()[0] == naming("INC-2", "cannot"), argv
            shell.good(*argv, "--incident", "1")
        shell.good("new", "Login is slow")
        shell.good("followups", "--all")
        found = shell("verify")
        assert (found.code, broken and "ab" * 16 in found.err) == (ExitCode.STORE, True)
        assert shell("doctor").code == ExitCode.STORE

    def test_it_is_taken_out(self, shell: Shell, broken: str) -> None:
        assert shell("remove", "2").code == ExitCode.USAGE
        ran = shell("remove", "2", "--reason", broken)
        if ran.code:
            # It can still be shown; what is wrong with it is only that it says too little.
            assert ran.code == ExitCode.REFUSED
            ran = shell.good("remove", "2", "--reason", broken, "--confirm", "Checkout is down")
        assert Path(ran.out.strip()).exists()
        assert [one["number"] for one in shell.good("list", "--all", "--json").data] == [1]


def test_list_names_the_unreadable_incident_and_commands_use_the_other(
    shell: Shell, store: Path, tmp_path: Path
) -> None:
    shell.good("restore", str(exported(shell, tmp_path, BROKEN["no plan"])))
    marks = {one["number"]: one["unreadable"] for one in shell.good("list", "--json").data}
    assert marks[1] is None
    assert "plan" in marks[2]
    assert "cannot" in shell.good("list").out
    assert shell.good("log", "goes on").err.startswith("INC-1")
    assert shell.good("status", "--line", INCIDENT="2").out == naming("INC-2", "cannot")
    shell.good("use", "1")
    shell.good("do", "resolve", "5xx at baseline for 15 minutes")
    shell.good("use", "--none")
    run(store, "UPDATE incidents SET live = 0, ended = updated WHERE number = 2")
    assert shell.good("status").out.startswith("SEV2 INC-1")


def test_no_screen_is_opened_on_one_that_cannot_be_read(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.good("restore", str(exported(shell, tmp_path, BROKEN["no plan"])))
    monkeypatch.setattr("incident_cockpit.integrations.terminal.need_terminal", lambda _env: None)
    monkeypatch.setattr("incident_cockpit.cli.terminal.show_wall", lambda _library, _incident: ExitCode.OK)
    assert shell("watch", "2").code == ExitCode.STORE
    shell.good("watch", "1")


class TestRemove:
    """One that can be read is removed by its title alone."""

    def test_without_its_title_it_stays(self, shell: Shell) -> None:
        for more in ([], ["--confirm", "Checkout"], ["--confirm", ""]):
            assert shell("remove", "1", "--reason", "drill", *more).code == ExitCode.REFUSED
        assert shell("remove", "1", "--reason", " ").code == ExitCode.USAGE
        assert shell("remove", "9", "--reason", "drill").code == ExitCode.NOT_FOUND
        assert "Checkout is down" in shell.good("list").out

    def test_with_its_title_it_goes_and_an_import_brings_it_back(self, shell: Shell) -> None:
        before = shell.timeline()
        ran = shell.good("remove", "1", "--reason", "drill", "--confirm", "Checkout  is down", "--json")
        assert shell.good("list", "--all").out == ""
        [line] = (shell.home / "removed" / "removed.jsonl").read_text().splitlines()
        assert (json.loads(line)["reason"], json.loads(line)["who"]) == ("drill", "ana")
        shell.good("import", ran.data["file"])
        assert shell.timeline() == before

    def test_on_a_terminal_the_title_is_asked_for(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        for typed, code in ((b"no\n", ExitCode.REFUSED), (b"", ExitCode.REFUSED), (b"Checkout is down\n", ExitCode.OK)):
            with monkeypatch.context() as patch:
                patch.setattr("incident_cockpit.cli.commands.repair.sys", _Talking())
                assert shell("remove", "1", "--reason", "drill", stdin=typed).code == code


class _Talking:
    """Stands for a terminal: standard input as it is, which says that a person types there."""

    @property
    def stdin(self) -> Any:
        stream = sys.stdin
        stream.isatty = lambda: True  # type: ignore[method-assign]
        return stream
