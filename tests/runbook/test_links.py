"""Block and inline tokens, and the plain text of inline Markdown."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from incident_cockpit.runbook.links import MAX_NESTING, block_tokens, inline_tokens, plain, plain_text

LINES = st.lists(
    st.tuples(
        st.sampled_from(["", " ", "    ", "\t", "> ", "- ", "1. ", "  * "]),
        st.sampled_from(
            [
                "",
                "a",
                "a | b",
                "|-|-|",
                "---",
                "===",
                "# h",
                "```",
                "~~~",
                "<div>",
                "<!-- c",
                "[a]: /u",
                "+",
                "12) x",
                "`",
                "_ _ _",
            ]
        ),
    ).map("".join),
    max_size=14,
).map("\n".join)


@cache
def reference() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    return markdown.disable(["inline", "text_join"])


@settings(max_examples=400, deadline=None)
@given(LINES)
def test_block_tokens_are_those_of_markdown_it(text: str) -> None:
    env: dict[str, Any] = {}
    assert block_tokens(text) == (reference().parse(text, env), env)


@settings(max_examples=200, deadline=None)
@given(st.text("ab *_`[]()<>&!\\~\n:/.", max_size=40))
def test_plain_text_is_the_text_of_the_tokens(text: str) -> None:
    assert plain_text(text, {}) == plain(inline_tokens(text, {}))


def test_too_many_markup_characters_are_text() -> None:
    tokens = inline_tokens("[a](b) " * 90, {})
    assert sum(token.type == "link_open" for token in tokens) < 90
    assert plain(tokens).endswith("[a](b)")
