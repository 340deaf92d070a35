"""The runbooks that are shipped: each reads as a checklist that a commander can trust at three in the morning."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from incident_cockpit.plan.loader import load_plan
from incident_cockpit.resources import shipped
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.runbook.reader import load_runbook

FOLDER = shipped("sample_data", "runbooks")
NAMES = (
    "alert-triage",
    "api-error-rate-spike",
    "backup-and-restore",
    "data-breach",
    "database-connection-failure",
    "performance-degradation",
    "security-incident",
    "service-outage",
)
LANGUAGES = {"bash", "promql", "sql"}
# The first lines of blocks that are followed by no "Expected", because they only set what the others use.
WITHOUT_EXPECTED = ("export ",)
KEYS = ("title", "severity", "owner", "tags")
_BRANCH = re.compile(r"\bIf\s")
_LINK = re.compile(r"\]\(#([^)]+)\)")
_HOST = re.compile(r"https?://([^\s/:\"')]+)|\b((?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|example))\b")
_OURS = re.compile(r"(?:.+\.)?example(?:\.com|\.org|\.net)?|127\.0\.0\.1")
# Dotted names of the tools themselves, which are no hosts that a command would reach.
_TOOL_NAMES = ("kubernetes.io", "networking.k8s.io", "nginx.ingress.kubernetes.io", "certificates.cert-manager.io")


@cache
def book_of(name: str) -> Runbook:
    return load_runbook(FOLDER / f"{name}.md")[0]


@cache
def text_of(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


@cache
def fences_of(name: str) -> tuple[Token, ...]:
    return tuple(token for token in MarkdownIt("gfm-like").parse(text_of(name)) if token.type == "fence")


def anchors(book: Runbook) -> set[str]:
    """Return what a link in the page may name: headings as GitHub turns them into anchors."""
    kept = (re.sub(r"[^\w\- ]", "", section.title.lower()) for section in book.sections)
    return {title.strip().replace(" ", "-") for title in kept if title}


def test_these_are_the_shipped_runbooks() -> None:
    assert sorted(path.stem for path in FOLDER.iterdir()) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
class TestShippedRunbook:
    def test_it_reads_as_task_items_without_a_warning(self, name: str) -> None:
        book = book_of(name)
        assert (book.rule, book.warnings) == ("task items", ())

    def test_its_front_matter_says_what_it_is(self, name: str) -> None:
        lines = text_of(name).split("\n")
        front = lines[1 : lines.index("---", 1)]
        assert [line.partition(":")[0] for line in front if line.partition(":")[2].strip()] == list(KEYS)
        assert {front[2], f"title: {book_of(name).title}"} == {"owner: platform on-call", front[0]}
        severities = {severity.id for severity in load_plan(shipped("sample_data", "plans", "default.toml")).severities}
        assert set(front[1].partition(": ")[2].split(", ")) <= severities

    def test_its_steps_fill_several_sections(self, name: str) -> None:
        book = book_of(name)
        outer = [step for step in book.steps if step.parent is None]
        assert len(outer) >= 18
        assert len({step.section for step in outer}) >= 4
        assert book.sections[outer[-1].section].title == "Wrap-up"

    def test_it_asks_questions_that_are_answered_in_place(self, name: str) -> None:
        questions = [step for step in book_of(name).steps if step.parent is not None]
        assert len(questions) >= 4
        assert [step.text for step in questions if "?" not in step.text and not step.text.endswith(".")] == []

    def test_its_steps_are_short_and_differ(self, name: str) -> None:
        texts = [step.text for step in book_of(name).steps]
        assert [text for text in texts if len(text) > 90] == []
        assert len(set(texts)) == len(texts)

    def test_it_gives_work_only_to_roles_of_the_default_plan(self, name: str) -> None:
        roles = {role.id for role in load_plan(shipped("sample_data", "plans", "default.toml")).roles}
        texts = [step.text for step in book_of(name).steps]
        assert {word for text in texts for word in re.findall(r"(?<!\S)@(\w+)", text)} <= roles

    def test_its_code_says_its_language(self, name: str) -> None:
        assert len(fences_of(name)) >= 6
        assert {fence.info for fence in fences_of(name)} <= LANGUAGES

    def test_its_steps_hold_all_code_but_the_setting_of_names(self, name: str) -> None:
        held = sum(len(step.code) for step in book_of(name).steps)
        silent = [fence for fence in fences_of(name) if fence.content.startswith(WITHOUT_EXPECTED)]
        assert len(fences_of(name)) - held == len(silent)

    def test_each_command_is_followed_by_what_to_expect(self, name: str) -> None:
        silent = []
        for step in book_of(name).steps:
            after = re.split(r"^```\w+\n(?:.*\n)*?```$", step.guidance, flags=re.MULTILINE)[1:]
            assert len(after) == len(step.code), step.text
            silent += [step.text for words in after if "Expected" not in words]
        assert silent == []

    def test_its_decisions_lead_to_sections_that_exist(self, name: str) -> None:
        book = book_of(name)
        gates = [aside for aside in book.asides if aside.text.startswith("If ")]
        assert len([gate for gate in gates if _LINK.search(gate.text)]) >= 2
        assert [gate.text for gate in gates if len(_BRANCH.findall(gate.text)) < 2] == []
        assert set(_LINK.findall(text_of(name))) <= anchors(book)
        assert any("escalate" in gate.text for gate in gates)

    def test_every_section_with_steps_but_the_last_ends_in_a_decision(self, name: str) -> None:
        book = book_of(name)
        worked = sorted({step.section for step in book.steps})
        decided = {aside.section for aside in book.asides if aside.text.startswith("If ")}
        assert [book.sections[number].title for number in worked[:-1] if number not in decided] == []

    @pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
    def test_its_shell_commands_parse(self, name: str, tmp_path: Path) -> None:
        for number, fence in enumerate(fence for fence in fences_of(name) if fence.info == "bash"):
            script = tmp_path / f"{number}.sh"
            script.write_text(fence.content, encoding="utf-8")
            done = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, ""), fence.content

    def test_it_names_only_hosts_that_nobody_owns(self, name: str) -> None:
        found = {match.group(1) or match.group(2) for match in _HOST.finditer(text_of(name))}
        assert {host for host in found if not _OURS.fullmatch(host) and host not in _TOOL_NAMES} == set()

    def test_its_lines_fit_a_diff(self, name: str) -> None:
        words = re.sub(r"^ *>? *```\w+\n(?:.*\n)*? *>? *```$", "", text_of(name), flags=re.MULTILINE)
        assert [line for line in words.split("\n") if len(line) > 140] == []
