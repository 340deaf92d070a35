"""Edited texts in every format: without secrets, with the bold and lists that the person typed."""

from __future__ import annotations

import pytest
from hypothesis import assume, given

from incident_cockpit.documents.blocks import redacted, write
from incident_cockpit.documents.document import edited
from incident_cockpit.documents.formats.registry import FORMATS
from incident_cockpit.text import redact
from support.formats import HEADING, HOSTILE, blocks_of

TOKEN = "ghp_" + "a1B2" * 9
KEY = "-----BEGIN PRIVATE" + " KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE" + " KEY-----"


@pytest.mark.parametrize("name", FORMATS)
def test_secrets_are_redacted_in_every_part_of_every_format(name: str) -> None:
    rendered, found = edited(f"*Impact:* {TOKEN}\n- *{TOKEN}*\n{KEY}\nNext at 15:00", name, HEADING)
    everything = repr((rendered.messages, rendered.fields, rendered.payloads))
    assert TOKEN not in everything
    assert "hkiG9w0BAQEFAASC" not in everything
    assert sorted(found) == ["GitHub token", "GitHub token", "private key"]


def test_typed_bold_and_items_are_markup() -> None:
    rendered, found = edited("*Now:* fine\n- a *b*\n- \\*c\\*", "markdown", HEADING)
    assert rendered.messages == ("**Now:** fine\n\n- a **b**\n- \\*c\\*",)
    assert found == ()


@pytest.mark.parametrize("name", FORMATS)
@given(words=HOSTILE)
def test_unedited_text_is_rendered_unchanged(name: str, words: str) -> None:
    blocks = blocks_of(words, words, words)
    assume(not redacted(blocks)[1] and not redact.find(write(blocks)))
    assert edited(write(blocks), name, HEADING)[0] == FORMATS[name].render(blocks, HEADING)
