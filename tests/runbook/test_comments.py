"""Comments in a runbook: the page reads and ticks as before, and what proposes them is a diff that applies."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.runbook.reader import read_runbook
from incident_cockpit.runbook.write_back import LONGEST_COMMENT, apply_edits, comment, comments, diff
from incident_cockpit.text.sanitize import is_clean
from support.refusals import refuses


def annotated(text: str, steps: dict[str, list[str]], below: tuple[str, ...] = ()) -> str:
    data = text.encode()
    return apply_edits(data, comments(data, read_runbook(data, "a.md"), steps, {}, below)).decode()


def applied(folder: Path, data: bytes, patch: str, name: str = "a.md") -> bytes:
    """Return the file after git has applied the diff to it."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("no git here")
    (folder / name).write_bytes(data)
    (folder / "made.diff").write_bytes(patch.encode("utf-8", "surrogateescape"))
    for more in (["--check"], []):
        ran = subprocess.run(
            [git, "apply", "--whitespace=nowarn", *more, "made.diff"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{ran.stderr}\n{patch}"
    return (folder / name).read_bytes()


def test_a_comment_stands_below_its_step() -> None:
    text = "# T\n- [ ] One\n  more\n  - [ ] Two\n1. [ ] Three\r\n> - [ ] Four\n"
    said = {f"s{number}": [f"c{number}"] for number in range(1, 5)}
    assert annotated(text, said) == (
        "# T\n- [ ] One\n  more\n  <!-- c1 -->\n  - [ ] Two\n    <!-- c2 -->\n1. [ ] Three\r\n   <!-- c3 -->\r\n"
        "> - [ ] Four\n>   <!-- c4 -->\n"
    )


def test_a_table_has_room_in_its_rows_only() -> None:
    text = "| a | b |\n|---|---|\n| [ ] One | c |\n"
    assert annotated(text, {"s1": ["said"]}) == text.replace("c |", "c <!-- said --> |")


def test_what_is_below_everything_ends_the_file() -> None:
    assert annotated("- [ ] One", {}, ("a", "b")) == "- [ ] One\n<!-- a -->\n<!-- b -->"
    assert annotated("- [ ] One\n", {}, ("a", "b")) == "- [ ] One\n<!-- a -->\n<!-- b -->\n"


def test_a_heading_has_its_comment_below() -> None:
    data = b"# T\n\nOne\n===\n- [ ] a\n"
    book = read_runbook(data, "a.md")
    assert apply_edits(data, comments(data, book, {}, {0: ["x"], 1: ["y"]}, ())) == (
        b"# T\n<!-- x -->\n\nOne\n===\n<!-- y -->\n- [ ] a\n"
    )


def test_another_file_is_refused() -> None:
    with refuses():
        comments(b"- [ ] b\n", read_runbook(b"- [ ] a\n", "a.md"), {}, {}, ())


HOSTILE = st.one_of(
    st.sampled_from(
        ["--> <script>", "--", "->", ">", "-", "<!--", "--!>", "a\n+++ b/x\n@@ -1 +1 @@", "`", "|", "{{< x >}}",
         "{% x %}", "\x1b[31m", "\u202e", "", "x" * 5000, "- [x] done", "]]>", "- - -", "---->"]
    ),
    st.text(max_size=30),
)  # fmt: skip


@settings(max_examples=400)
@given(HOSTILE, HOSTILE)
def test_nothing_ends_a_comment_but_its_end(first: str, second: str) -> None:
    made = comment(first + second)
    inner = made.removeprefix("<!-- ").removesuffix(" -->")
    assert re.fullmatch(r"<!-- .* -->", made)
    assert is_clean(made)
    assert "--" not in inner
    assert not inner.startswith((">", "->"))
    assert not inner.endswith("-")
    assert not re.search(r"\{[{%<#]|`|\||<!", inner)
    assert len(inner) <= 2 * LONGEST_COMMENT


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "", "  ", "> ", "    "]),
        st.sampled_from(["- [ ] ", "* [x] ", "1. [-] ", "- ", "2. ", "## ", "", "## [ ] ", "| [ ] |"]),
        st.sampled_from(["word", "~~old~~", "ünï", "`co", "**b**", "a  ", "a\\", "|a|b|", "<b", "--|--", "", "[a](#b"]),
        st.sampled_from(["\n", "\n", "\r\n", "\n\n"]),
    ).map("".join),
    max_size=10,
).map("".join)


def some(runbook: Runbook, text: str) -> dict[str, list[str]]:
    return {step.key: [text] for step in runbook.steps[::2]}


@settings(max_examples=300)
@given(LINES, HOSTILE)
@example("    - [ ] word\n**b**\n", "x")
@example("    - [ ] word\n-b\n#c\n2.d\n---\n", "x")
def test_a_page_with_comments_reads_as_before(text: str, said: str) -> None:
    data = text.encode()
    try:
        book = read_runbook(data, "a.md")
    except Refused:
        assume(False)
        raise
    again = read_runbook(apply_edits(data, comments(data, book, some(book, said), {}, ())), "a.md")
    assert [(step.text, step.mark, step.depth) for step in again.steps] == [
        (step.text, step.mark, step.depth) for step in book.steps
    ]


class TestDiff:
    """What an owner applies with one command gives exactly the file with the comments."""

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    @pytest.mark.parametrize("final", [True, False])
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    def test_it_applies(self, tmp_path: Path, end: str, final: bool, mark: bytes) -> None:
        text = end.join(["# T", *(f"- [ ] Step {number}" for number in range(30)), "text"]) + (end if final else "")
        data = mark + text.encode()
        book = read_runbook(data, "a.md")
        edits = comments(
            data, book, {"s1": ["one", "two"], "s20": ["--- a/x\n"], "s30": ["last"]}, {0: ["t"]}, ("end",)
        )
        made = diff(data, edits, "a.md")
        assert made.count("\n@@ ") == 3 if not final else made.count("\n@@ ") >= 2
        assert applied(tmp_path, data, made) == apply_edits(data, edits)

    @pytest.mark.parametrize("name", ["a b.md", "größe.md", 'a"b.md', "-x.md"])
    def test_any_name(self, tmp_path: Path, name: str) -> None:
        data = b"- [ ] a\n"
        edits = comments(data, read_runbook(data, name), {"s1": ["x"]}, {}, ())
        assert applied(tmp_path, data, diff(data, edits, name), name) == apply_edits(data, edits)

    def test_bytes_that_are_no_text_stay(self, tmp_path: Path) -> None:
        data = b"- [ ] caf\xe9\n- [ ] b\n"
        edits = comments(data, read_runbook(data, "a.md"), {"s1": ["größe"]}, {}, ())
        made = applied(tmp_path, data, diff(data, edits, "a.md"))
        assert made == "- [ ] café\n  <!-- größe -->\n- [ ] b\n".encode("cp1252")

    def test_a_table_row_is_changed(self, tmp_path: Path) -> None:
        data = b"| a | b |\n|---|---|\n| [ ] One | c |\n| [ ] Two | c |"
        edits = comments(data, read_runbook(data, "a.md"), {"s1": ["x"], "s2": ["y"]}, {}, ())
        assert applied(tmp_path, data, diff(data, edits, "a.md")) == apply_edits(data, edits)

    def test_nothing_to_say_is_nothing(self) -> None:
        assert diff(b"- [ ] a\n", [], "a.md") == ""

    def test_every_runbook_of_others(self, corpus: Path, tmp_path: Path) -> None:
        for path in sorted((corpus / "runbooks").glob("*.md")):
            data = path.read_bytes()
            try:
                book = read_runbook(data, path.name)
            except Refused:
                continue
            edits = comments(data, book, some(book, "seen"), {}, ("end",))
            assert applied(tmp_path, data, diff(data, edits, "a.md")) == apply_edits(data, edits), path.name
            again = read_runbook(apply_edits(data, edits), path.name)
            assert [step.text for step in again.steps] == [step.text for step in book.steps], path.name
