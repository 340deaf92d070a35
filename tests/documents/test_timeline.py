from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from incident_cockpit.documents.blocks import redacted
from incident_cockpit.documents.markdown import as_markdown, lines_in
from incident_cockpit.documents.timeline import TIMELINE
from incident_cockpit.errors import Refused
from incident_cockpit.text.blocks import items, paragraph, table
from support.builders import Story, busy_story, plain_plan
from support.golden import check_golden

UTC = ZoneInfo("UTC")
GFM = MarkdownIt("gfm-like", {"linkify": False})


def test_the_timeline_reads_as_it_was_approved() -> None:
    story = busy_story()
    check_golden("timeline-busy.md", TIMELINE.text(story.record, story.now, UTC))


def test_only_what_stands_is_in_it() -> None:
    story = Story().declare()
    story.do("note", text="wrong window")
    story.do("undo")
    assert "wrong window" not in TIMELINE.text(story.record, story.now, UTC)


def test_days_are_divided_in_the_zone_of_the_reader() -> None:
    story = Story().declare()
    assert "## 2026" not in TIMELINE.text(story.record, story.now, UTC)
    story.do("note", text="next day", after="9h30m")
    assert "## 2026" not in TIMELINE.text(story.record, story.now, UTC)
    text = TIMELINE.text(story.record, story.now, ZoneInfo("Europe/Paris"))
    assert "## 2026-11-20\n\n- 15:00" in text
    assert "## 2026-11-21\n\n- 00:30 **note** next day" in text
    assert "Times in Paris." in text


def test_what_was_recorded_late_says_so() -> None:
    story = Story().declare()
    story.do("note", text="seen by support", after="30m", when="-20m")
    story.do("note", text="seen much earlier", after="24h", when="-24h")
    text = TIMELINE.text(story.record, story.now, UTC)
    assert "14:10 **note** seen by support (Ana, recorded 14:30)" in text
    assert "14:30 **note** seen much earlier (Ana, recorded 2026-11-21 14:30)" in text


def test_a_note_of_several_lines_stays_readable() -> None:
    note = "Traceback:\n  File 'a.py'\n```\n\n    KeyError: 'iban'"
    story = Story().declare()
    story.do("note", text=note)
    tokens = GFM.parse(TIMELINE.text(story.record, story.now, UTC))
    assert [token.content for token in tokens if token.type == "fence"] == [note + "\n"]


WORDS = st.text(
    alphabet=st.one_of(st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&\n 1x")), st.characters(codec="utf-8")),
    min_size=1,
    max_size=80,
).filter(lambda text: bool(text.strip()))


@given(WORDS, WORDS)
@example("one\n\n- two\n```\n# three", "|x|\n|-|")
def test_no_note_breaks_the_list(first: str, second: str) -> None:
    story = Story().declare(plan=plain_plan())
    try:
        story.do("note", text=first)
        story.do("decision", by="*Bo* |", text=second)
        story.do("note", text="the end")
    except Refused:
        return
    tokens = GFM.parse(TIMELINE.text(story.record, story.now, UTC))
    top = [token.type for token in tokens if token.level == 0]
    pairs = ["heading", "paragraph", "bullet_list"]
    assert top == [f"{name}_{side}" for name in pairs for side in ("open", "close")]
    kinds = {token.type for token in tokens if token.level == 2}
    assert kinds <= {"paragraph_open", "paragraph_close", "fence"}
    assert sum(token.type == "list_item_open" for token in tokens) == 7
    inline = {child.type for token in tokens for child in token.children or ()}
    assert inline <= {"text", "strong_open", "strong_close", "text_special"}


@given(st.lists(st.lists(WORDS, min_size=2, max_size=2), min_size=1, max_size=4))
def test_no_words_break_a_table(rows: list[list[str]]) -> None:
    tokens = GFM.parse(as_markdown((table(("A", "B"), rows), paragraph("after"))))
    assert [token.type for token in tokens if token.level == 0] == [
        "table_open",
        "table_close",
        "paragraph_open",
        "paragraph_close",
    ]
    assert sum(token.type == "td_open" for token in tokens) == 2 * len(rows)


@pytest.mark.parametrize(
    ("text", "lines"), [("a\r\nb\rc\n\n", ["a", "b", "c"]), ("", [""]), ("a\n\nb", ["a", "", "b"])]
)
def test_lines_are_told_apart_as_markdown_does(text: str, lines: list[str]) -> None:
    assert lines_in(text) == lines


def test_secrets_do_not_reach_a_document() -> None:
    text = "password=hunter22"
    blocks = (items((f"a\n{text}", text, f"a\n{text}\nb")), table(("A",), [(f"a\n{text}",)]))
    assert "hunter22" not in as_markdown(redacted(blocks)[0])
