from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from incident_cockpit.text.escape import WORD_JOINER, fence, markdown, mentions, slack_api, slack_paste

PIECES = [
    "`", "```", "~~~", "*", "**", "_", "__", "~~", "[", "]", "](", "(http://x)", "![", "|", "||", "\\", "\\|", "<", ">",
    "<b>", "</td>", "<!--", "<!here>", "&", "&amp;", "&#35;", "#", "## ", " #", "- ", "+ ", "* ", "1. ", "12) ", "---",
    "===", ":--", "> ", "\n", "\r", "\n\n", "    ", "@here", "@raj", "raj@example.org", "https://x.y", "www.x.y",
    "mailto:", "[^1]", "[x]: /y", "- [ ] ", "$x$", "^", "word", "a_b_c", "é", "日本", " ",
]  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map("".join)
printable = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"]) | st.sampled_from("`*_|\\<>&#-+@[]~"), max_size=60
)


def gfm() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def document(text: str) -> str:
    safe = markdown(text)
    return (
        f"## {safe}\n\n{safe}\n{safe}\n\n- {safe}\n- b {safe}\n\n> {safe}\n\n1. {safe}\n\n"
        f"|{safe}| {safe} |\n|---|---|\n|{safe}|x|\n| y |{safe}|\n\n{fence(text, 'sh')}\n\nend\n"
    )


def shape(tokens: list[Token]) -> list[str]:
    """The structure without the words: every inline token but text and line breaks counts."""
    found: list[str] = []
    for token in tokens:
        inner = [t for t in token.children or [] if t.type not in {"text", "softbreak", "text_special"}]
        found += [token.type, *shape(inner)]
    return found


def shown(token: Token) -> str:
    return "".join(child.content for child in token.children or []).replace(WORD_JOINER, "")


def squeezed(text: str) -> str:
    return " ".join(text.replace(WORD_JOINER, "").split())


@settings(max_examples=300)
@given(hostile)
def test_no_text_changes_the_structure_of_a_document(text: str) -> None:
    parser = gfm()
    assert shape(parser.parse(document(text))) == shape(parser.parse(document("word"))) or not text.strip()


@settings(max_examples=200)
@given(printable)
def test_the_reader_sees_what_was_written(text: str) -> None:
    tokens = gfm().parse(document(text))
    inlines = [token for token in tokens if token.type == "inline"]
    assert squeezed(shown(inlines[0])) == squeezed(text) or not squeezed(text)
    cells = [inlines[i] for i in range(len(inlines)) if inlines[i].content and inlines[i] is not inlines[-1]]
    for cell in (cells[-1], cells[-4]) if squeezed(text) else ():
        assert squeezed(shown(cell)) == squeezed(text)


@given(hostile)
def test_a_fence_holds_its_text_literally(text: str) -> None:
    whole = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    tokens = gfm().parse(f"{fence(whole, 'sh')}\n\nafter\n")
    assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]
    assert tokens[0].content == whole.removesuffix("\n") + "\n"
    assert tokens[0].info == "sh"


def test_a_language_cannot_break_out_of_its_fence() -> None:
    assert fence("x", "sh\n```\n# no") == "```sh#no\nx\n```"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("plain words, 5% off!", "plain words, 5% off!"),
        ("a*b_c _d_ __init__", "a\\*b_c \\_d\\_ \\_\\_init\\_\\_"),
        ("- 7 pods", "\\- 7 pods"),
        ("1. first", "1\\. first"),
        ("v1.2 stays", "v1.2 stays"),
        ("# head #", "\\# head \\#"),
        ("PR #4512 merged", "PR #4512 merged"),
        ("a|b", "a\\|b"),
        ("C:\\", "C:&#92;"),
        ("two\nlines", "two lines"),
        ("@raj", f"&#64;{WORD_JOINER}raj"),
        ("raj@example.org", "raj&#64;example.org"),
        ("https://x.y", "https&#58;//x.y"),
        ("www.x.y", "www&#46;x.y"),
        ("at 10:30", "at 10:30"),
        ("<script>&", "&lt;script&gt;&amp;"),
    ],
)
def test_markdown_escapes_only_what_means_something(raw: str, expected: str) -> None:
    assert markdown(raw) == expected


def test_slack_api_escapes_exactly_three_characters() -> None:
    assert slack_api('<!here> & "it\'s" *b* @x') == '&lt;!here&gt; &amp; "it\'s" *b* @x'


@given(st.text())
def test_slack_api_leaves_no_live_token_and_can_be_read_back(text: str) -> None:
    sent = slack_api(text)
    assert "<" not in sent
    assert ">" not in sent
    assert sent.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("@here now", f"@{WORD_JOINER}here now"),
        ("(@Channel)", f"(@{WORD_JOINER}Channel)"),
        ("x@everyone", f"x@{WORD_JOINER}everyone"),
        ("bob@here.now", f"bob@{WORD_JOINER}here.now"),
        ("@@raj", f"@{WORD_JOINER}@{WORD_JOINER}raj"),
        ("mail raj@example.org", "mail raj@example.org"),
        ("3 @ 5, a & b <c>", "3 @ 5, a & b <c>"),
        ("ends @", "ends @"),
    ],
)
def test_pasted_text_calls_nobody(raw: str, expected: str) -> None:
    assert slack_paste(raw) == expected
    assert mentions(raw) == expected.count(WORD_JOINER)
    assert slack_paste(expected) == expected
