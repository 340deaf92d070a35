"""Attachments of lines from the command line: with logging, to an older line, in every document, and checked."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from incident_cockpit.errors import ExitCode
from support.cli import Shell
from support.naming import naming

URL = "https://graphs.example/d/5xx?from=now-1h&token=abcd1234"
TEXT = b"5xx by region\nEU 8%\n"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.good("new", "Checkout is down", "--severity", "SEV2", "--started", "-20m")
    return shell


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "graph of 5xx.txt"
    path.write_bytes(TEXT)
    return path


def evidence(shell: Shell) -> list[Path]:
    folder = shell.home / "evidence"
    return sorted(folder.iterdir()) if folder.exists() else []


# With logging


def test_a_line_comes_with_a_link_and_a_file_at_once(shell: Shell, graph: Path) -> None:
    before = shell.events()
    ran = shell.good("log", "5xx graph", "--link", URL, "--file", str(graph))
    graph.unlink()
    [copy] = evidence(shell)
    assert copy.read_bytes() == TEXT
    assert copy.stat().st_mode & 0o777 == 0o600
    assert ran.err.splitlines() == [
        ran.err.splitlines()[0],
        f"attached: {URL}",
        "attached: graph of 5xx.txt (20 bytes)",
        naming("copy", str(copy)),
    ]
    assert ran.err.splitlines()[0].endswith("note  5xx graph")
    assert shell.events() == before + 3
    line = shell.timeline()[-1]
    assert (line["sort"], line["text"]) == ("note", "5xx graph")
    link, file = line["pinned"]
    assert (link["link"], link["file"], link["line"]) == (URL, None, line["seq"])
    assert (file["file"]["name"], file["file"]["size"], file["file"]["copy"]) == (graph.name, len(TEXT), copy.name)


@pytest.mark.parametrize(
    ("words", "sort"),
    [(["! rolled back"], "action"), (["--decision", "stay"], "decision"), (["--ask", "Raj", "10m", "why?"], "ask"),
     ([":finding it is 4512"], "finding"), (["-7m", "5xx began"], "note")],
)  # fmt: skip
def test_any_line_can_have_one(shell: Shell, words: list[str], sort: str) -> None:
    shell.good("log", *words, "--link", URL)
    line = next(line for line in shell.timeline() if line["sort"] == sort and line["pinned"])
    assert line["pinned"][0]["link"] == URL


def test_piped_text_can_have_one(shell: Shell, graph: Path) -> None:
    shell.good("log", "-", "--file", str(graph), stdin=b"from a pipe")
    line = shell.timeline()[-1]
    assert (line["text"], len(line["pinned"])) == ("from a pipe", 1)


def test_several_are_given_one_by_one_and_the_same_twice_is_one(shell: Shell, graph: Path, tmp_path: Path) -> None:
    other = tmp_path / "-other.txt"
    other.write_bytes(TEXT + b"more")
    files = ["--file", str(graph), "--file", str(other), "--file", str(graph)]
    shell.good("log", "graphs", *files, "--link", URL, "--link", URL)
    assert len(shell.timeline()[-1]["pinned"]) == 3
    assert len(evidence(shell)) == 2


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--file", "{graph}", "--file", "{home}/nothing"], "File not found"),
        (["--file", "{graph}", "--file", "{home}"], "is a folder"),
        (["--file", "{graph}", "--file", "/dev/zero"], "device"),
        (["--file", "{graph}", "--file", URL], "File not found"),
        (["--file", "{graph}", "--link", "ftp://graphs.example"], "https://"),
        (["--file", "{graph}", "--link", "{graph}"], "https://"),
        (["--file", "{graph}", "--at", "tomorrow 10:00"], "tomorrow"),
        (["--file", "{graph}", "--at", "2031-01-01T10:00Z"], "2031-01-01"),
    ],
)
def test_it_is_refused_as_a_whole(shell: Shell, graph: Path, options: list[str], why: str) -> None:
    before = shell.events()
    ran = shell("log", "5xx graph", *(word.format(graph=graph, home=shell.home) for word in options))
    assert ran.code in (ExitCode.REFUSED, ExitCode.NOT_FOUND)
    assert why in ran.err
    assert (ran.out, shell.events(), evidence(shell)) == ("", before, [])


def test_an_empty_line_is_refused_with_its_file(shell: Shell, graph: Path) -> None:
    assert shell("log", "--note", " ", "--file", str(graph)).code == ExitCode.REFUSED
    assert evidence(shell) == []


def test_a_pipe_is_not_waited_for(shell: Shell, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    ran = shell("log", "5xx", "--file", str(tmp_path / "pipe"))
    assert (ran.code, "pipe" in ran.err) == (ExitCode.REFUSED, True)


def test_a_home_that_takes_no_file_refuses_the_line(shell: Shell, graph: Path) -> None:
    (shell.home / "evidence").write_text("in the way")
    before = shell.events()
    ran = shell("log", "5xx graph", "--file", str(graph))
    assert (ran.code, shell.events()) == (ExitCode.STORE, before)
    assert "is a file" in ran.err


def test_one_undo_takes_both_back_and_the_copy_stays(shell: Shell, graph: Path) -> None:
    shell.good("log", "5xx graph", "--file", str(graph))
    shell.good("do", "undo")
    assert [line for line in shell.timeline() if line["pinned"]] == []
    assert "5xx graph" not in [line["text"] for line in shell.timeline()]
    assert len(evidence(shell)) == 1


# To a line that is there


def test_a_file_is_pinned_to_an_older_line(shell: Shell, graph: Path) -> None:
    shell.good("log", "5xx at 8%")
    shell.good("log", "Raj is here")
    number = next(line["seq"] for line in shell.timeline() if line["text"] == "5xx at 8%")
    ran = shell.good("do", "pin", str(graph), str(number))
    assert f"{graph.name} (20 bytes) → note: 5xx at 8%" in ran.err
    assert str(evidence(shell)[0]) in ran.err
    shell.good("do", "pin", URL, "5xx", "at", "8%")
    line = next(line for line in shell.timeline() if line["text"] == "5xx at 8%")
    assert [pin["link"] for pin in line["pinned"]] == [None, URL]


def test_without_a_line_it_is_ones_own_newest(shell: Shell, graph: Path) -> None:
    shell.good("log", "mine")
    shell.good("log", "hers", "--as", "Mio")
    shell.good("do", "pin", str(graph))
    assert next(line["text"] for line in shell.timeline() if line["pinned"]) == "mine"


def test_a_path_is_read_from_where_one_is_and_from_ones_home(
    shell: Shell, graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell.good("log", "mine")
    monkeypatch.chdir(graph.parent)
    monkeypatch.setenv("HOME", str(graph.parent))
    shell.good("do", "pin", graph.name)
    shell.good("log", "again", "--file", f"~/{graph.name}")
    assert len(evidence(shell)) == 1


@pytest.mark.parametrize("words", [["{graph}", "#99"], ["{graph}", "no", "such", "line"], ["{graph}.gone", "1"]])
def test_nothing_is_copied_for_a_line_that_is_not_there(shell: Shell, graph: Path, words: list[str]) -> None:
    ran = shell("do", "pin", *(word.format(graph=graph) for word in words))
    assert (ran.code in (ExitCode.REFUSED, ExitCode.NOT_FOUND), evidence(shell)) == (True, [])


def test_a_name_like_an_option_or_of_signs_does_no_harm(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["-rf", "./--force", "\x1b[31mred\n.txt", "$(touch owned)"]
    for name in names:
        Path(name).write_text(name)
        shell.good("log", "5xx", "--file", name)
    assert not Path("owned").exists()
    assert len(evidence(shell)) == len(names)
    shown = shell.good("show").out + shell.good("timeline").out + shell.good("postmortem").out
    assert "\x1b" not in shown
    assert "red .txt" in shown


# Where it is shown


def test_it_is_shown_wherever_the_line_is(shell: Shell, graph: Path) -> None:
    shell.good("log", "5xx graph", "--link", URL, "--file", str(graph))
    [copy] = evidence(shell)
    redacted = r"graphs.example/d/5xx?from=now-1h&amp;token=\[redacted: password\]"
    for document in (shell.good("timeline").out, shell.good("postmortem").out):
        assert f"  - link: https&#58;//{redacted}" in document
        assert f"  - file: graph of 5xx.txt (20 bytes), evidence/{copy.name}" in document
        assert "abcd1234" not in document
    brief = shell.good("handoff").out
    assert "note: 5xx graph: https://graphs.example/d/5xx?from=now-1h&token=[redacted: password]" in brief
    assert f"note: 5xx graph: graph of 5xx.txt (20 bytes) in evidence/{copy.name}" in brief
    shown = " ".join(shell.good("show").out.split())
    assert f"note: 5xx graph: graph of 5xx.txt (20 bytes) in evidence/{copy.name}" in shown
    found = shell.good("show", "--json").data["pinned"]
    assert [one["line"] for one in found] == [shell.timeline()[-1]["seq"]] * 2


def test_the_postmortem_lists_what_each_file_is_known_by(shell: Shell, graph: Path) -> None:
    assert "Links and files" not in shell.good("postmortem").out
    shell.good("log", "5xx graph", "--file", str(graph))
    chapter = shell.good("postmortem").out.partition("## Links and files")[2].partition("\n## ")[0]
    digest = shell.timeline()[-1]["pinned"][0]["file"]["sha256"]
    assert f"| `{digest}` |" in chapter
    assert "| note: 5xx graph |" in chapter


def test_plain_lines_tell_what_is_pinned(shell: Shell) -> None:
    shell.good("log", "5xx graph", "--link", "https://graphs.example/1")
    ran = shell.good("line", stdin=b":log\n:pin https://graphs.example/2\n")
    assert "note  5xx graph  (ana), attached: https://graphs.example/1" in ran.out
    assert "https://graphs.example/2 → note: 5xx graph" in ran.out


def test_a_restricted_incident_tells_no_title_by_it(shell: Shell, graph: Path) -> None:
    named = graph.with_name("Checkout is down.txt")
    graph.rename(named)
    shell.good("log", "graph", "--file", str(named))
    shell.good("do", "restrict", "Kestrel")
    for document in ("timeline", "postmortem", "handoff"):
        assert "Checkout is down" not in shell.good(document).out


# Checked, and carried elsewhere


def test_verify_says_that_files_are_as_they_were(shell: Shell, graph: Path) -> None:
    shell.good("log", "5xx graph", "--file", str(graph))
    assert "1 attached file unchanged" in shell.good("verify").out
    assert shell.good("verify", "--json").data["pinned_files"] == {"whole": 1, "missing": [], "altered": []}


def test_verify_finds_a_file_that_was_altered(shell: Shell, graph: Path) -> None:
    shell.good("log", "5xx graph", "--file", str(graph))
    [copy] = evidence(shell)
    copy.write_bytes(TEXT + b"!")
    ran = shell("verify")
    assert (ran.code, ran.out) == (ExitCode.STORE, "")
    number = shell.timeline()[-1]["seq"]
    assert ran.err.splitlines() == [naming("INC-1", "graph of 5xx.txt", f"#{number}", "altered", str(copy))]
    assert shell("verify", "--json").data["complaints"] == ran.err.splitlines()


def test_verify_takes_a_missing_file_calmly(shell: Shell, graph: Path) -> None:
    shell.good("log", "5xx graph", "--file", str(graph))
    [copy] = evidence(shell)
    copy.unlink()
    ran = shell.good("verify")
    assert "1 incident, OK" in ran.out
    assert f"is not on this machine: {copy} not found" in ran.err
    copy.mkdir()
    assert "is not on this machine" in shell.good("verify").err


def test_verify_does_not_ask_for_what_was_taken_back(shell: Shell, graph: Path) -> None:
    shell.good("log", "5xx graph", "--file", str(graph))
    shell.good("do", "undo")
    evidence(shell)[0].unlink()
    assert shell.good("verify").err == ""


def test_the_file_stays_where_it_is_when_the_incident_travels(shell: Shell, graph: Path, tmp_path: Path) -> None:
    shell.good("log", "5xx graph", "--link", URL, "--file", str(graph))
    [copy] = evidence(shell)
    ran = shell.good("export", "1", str(tmp_path / "inc.jsonl"))
    assert naming("1 attached file", "not exported", str(shell.home / "evidence")) in ran.err.splitlines()
    other = Shell(tmp_path / "other")
    ran = other.good("import", str(tmp_path / "inc.jsonl"))
    wanted = other.home / "evidence"
    assert naming("1 attached file", graph.name, copy.name, str(wanted)) in ran.err.splitlines()
    assert other.timeline() == shell.timeline()
    assert "is not on this machine" in other.good("verify").err
    wanted.mkdir()
    (wanted / copy.name).write_bytes(copy.read_bytes())
    assert "1 attached file unchanged" in other.good("verify").out


def test_a_link_alone_needs_no_word_on_the_way(shell: Shell, tmp_path: Path) -> None:
    shell.good("log", "5xx graph", "--link", URL)
    assert shell.good("export", "1", str(tmp_path / "inc.jsonl")).err.count("\n") == 1
    assert "machine" not in Shell(tmp_path / "other").good("import", str(tmp_path / "inc.jsonl")).err


@pytest.mark.parametrize("copy", ["../incidents.db", "/etc/passwd", "..", "a\x00b", "sub/file"])
def test_a_file_from_elsewhere_leads_nowhere(shell: Shell, graph: Path, tmp_path: Path, copy: str) -> None:
    """What is imported was written by others: no name in it may lead out of the folder."""
    shell.good("log", "5xx graph", "--file", str(graph))
    kept = evidence(shell)[0].name
    rows = shell.good("export", "1", "-").out.splitlines()
    head = {key: value for key, value in json.loads(rows[0]).items() if key not in ("head", "events")}
    changed = [row.replace(json.dumps(kept), json.dumps(copy)) for row in rows[1:]]
    assert changed != rows[1:]
    other = Shell(tmp_path / "other")
    data = "\n".join([json.dumps(head), *changed]).encode()
    assert "is not on this machine" in other.good("import", "-", stdin=data).err
    assert "is not on this machine" in other.good("verify").err
    assert other.good("show").code == ExitCode.OK
