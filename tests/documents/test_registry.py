"""Every registered document: what has a section is in each of them, in the same words on every surface."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from incident_cockpit.cli.views.layout import UNBROKEN, as_text
from incident_cockpit.cli.views.text import whole
from incident_cockpit.documents.document import Document
from incident_cockpit.documents.registry import DOCUMENTS
from incident_cockpit.documents.sections.asks import asks
from incident_cockpit.documents.sections.needs import needs
from incident_cockpit.documents.situation import SITUATION_PAGE
from incident_cockpit.documents.snapshot import Fit, Snapshot
from incident_cockpit.text.blocks import items, plain
from incident_cockpit.text.escape import mentions
from support.builders import Story, loop_story

UTC = ZoneInfo("UTC")
NEED = "a pilot for the gateway"


def lines(document: Document, story: Story) -> list[str]:
    return [line.strip() for line in as_text(document.private(story.record, story.now, UTC), UNBROKEN)]


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_new_need_is_in_every_document_with_its_section(document: Document) -> None:
    story = loop_story()
    before = document.text(story.record, story.now, UTC).count(NEED)
    story.do("need", text=NEED)
    after = document.text(story.record, story.now, UTC).count(NEED)
    assert before == 0
    if needs in document.sections or document.id in ("postmortem", "timeline"):
        assert after


def test_page_and_show_have_the_same_words_for_a_need_and_an_ask() -> None:
    story = loop_story()
    story.do("need", text=NEED)
    view = Snapshot(story.record, story.now, UTC)
    shown = [line.strip() for line in whole(story.record, story.now)]
    page = lines(SITUATION_PAGE, story)
    blocks = [block for section in (needs, asks) for block in section(view) if block.is_list]
    for text in (plain(line) for block in blocks for line in block.lines):
        assert f"- {text}" in page
        assert f"- {text}" in shown


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_no_document_calls_anyone_or_gives_a_secret_away(document: Document) -> None:
    story = Story().declare("@channel is down")
    story.do("impact", impact="@here password=hunter22")
    story.do("need", text="@everyone password=hunter22")
    story.do("action", text="@ana password=hunter22")
    story.do("decide", text="@ana password=hunter22", why="password=hunter22")
    story.do("ask", who="@Raj", within="10m", text="password=hunter22?")
    text = document.text(story.record, story.now, UTC)
    assert "hunter22" not in text
    if document.target != "markdown":
        assert mentions(text) == 0


def test_a_document_shows_no_more_than_fits() -> None:
    story = Story().declare()
    for number in range(4):
        story.do("action", text=f"step {number}")
    short = replace(SITUATION_PAGE, fit=Fit(actions=2))
    taken = [line for line in lines(short, story) if "→" in line]
    assert ["step 2" in taken[0], "step 3" in taken[1], len(taken)] == [True, True, 2]


def test_what_is_private_is_neither_veiled_nor_redacted() -> None:
    story = Story().declare("Customer records leak")
    story.do("restrict", codename="Heron")
    story.do("note", text="password=hunter22")
    private = "\n".join(lines(replace(SITUATION_PAGE, fit=Fit()), story))
    assert "Customer records leak" in private
    assert "hunter22" in private
    assert "Heron" in SITUATION_PAGE.text(story.record, story.now, UTC)


def test_a_document_of_several_lines_stays_a_list() -> None:
    document = Document("x", "X", (lambda _view: [items(["one\ntwo", "three"])],))
    story = Story().declare()
    assert document.text(story.record, story.now, UTC) == "- one two\n- three"
