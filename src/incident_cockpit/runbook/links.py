"""The Markdown parser, inline text and links, and the sections that in-page links lead to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from incident_cockpit.runbook.model import Link
from incident_cockpit.text.sanitize import clean_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


_EXPLICIT = re.compile(r"\{#([\w.:-]+)[^}]*\}\s*$|<a\s[^<>]*?\b(?:id|name)=[\"']?([\w.:-]+)")
_DASHES = re.compile(r"[-_]+")


class Anchors:
    """The anchors of one file, by the rules of GitHub and, if they fail, of its neighbours."""

    def __init__(self, headings: Iterable[tuple[str, str]], shift: int) -> None:
        """Take titles and Markdown of all headings; `shift` is added to their indexes."""
        self._headings = headings
        self._shift = shift
        self._exact: dict[str, int] = {}
        self._loose: dict[str, int] = {}
        self._named = False

    def find(self, url: str) -> int | None:
        """Return the section that an in-page link leads to, None for any other URL."""
        if len(url) < 2 or url[0] != "#":
            return None
        if not self._named:
            # Most runbooks have no in-page link, so anchors are computed for the first one.
            self._named = True
            self._add_anchors()
        name = url[1:].lower().removeprefix("user-content-")
        loose = _loose(slug(name))
        return self._exact.get(name, self._loose.get(loose) if loose else None)

    def _add_anchors(self) -> None:
        seen: dict[str, int] = {}
        for number, (title, markdown) in enumerate(self._headings, self._shift):
            name = slug(title)
            count = seen.get(name, 0)
            seen[name] = count + 1
            self._exact.setdefault(f"{name}-{count}" if count else name, number)
            self._loose.setdefault(_loose(name), number)
            self._loose.setdefault(_loose(name.lstrip("0123456789")), number)
            for match in _EXPLICIT.finditer(markdown):
                self._exact.setdefault((match[1] or match[2]).lower(), number)


def slug(title: str) -> str:
    """Return the anchor that GitHub gives to a heading: lower case, no punctuation, hyphens for spaces."""
    return "".join(map(_kept, title.strip().lower()))


def _kept(char: str) -> str:
    if char.isalnum() or char in "-_":
        return char
    if char == " ":
        return "-"
    return char if unicodedata.category(char)[0] == "M" and char not in "\ufe0e\ufe0f" else ""


def _loose(name: str) -> str:
    """Return an anchor with single hyphens, as some generators write it."""
    return _DASHES.sub("-", name).strip("-")


def bare_title(markdown: str) -> str:
    """Return a heading's Markdown without an explicit anchor behind it."""
    return _EXPLICIT.sub("", markdown).rstrip() if markdown.endswith("}") else markdown


# -- the shared Markdown parser, and inline Markdown as plain text and links

# markdown-it's own limit, twenty, drops lists nested deeper than ten without a warning.
MAX_NESTING = 100
# Angle brackets in a runbook are more often a placeholder than HTML: only real tags are removed.
_TAGS = re.compile(
    r"a|abbr|b|br|center|code|dd|del|details|div|dl|dt|em|font|h1|h2|h3|h4|h5|h6|hr|i|img|input|ins|"
    r"kbd|label|li|mark|ol|p|pre|s|samp|small|span|strike|strong|sub|summary|sup|table|tbody|td|th|"
    r"thead|tr|tt|u|ul|var",
    re.IGNORECASE,
)
_TAG = re.compile(r"<!--.{0,4000}?-->|</?([A-Za-z][A-Za-z0-9-]{0,40})(?:\s[^<>]{0,2000})?/?>", re.DOTALL)
# Text without one of these has no markup.
_INLINE = re.compile(r"[\\`*_~\[<&\n]")
# The parser compares each of these with each other one; paragraphs of people have fewer.
_COSTLY = {"[": 80, "*": 250, "_": 250, "~": 250, "`": 250, "<": 250}
_HARMLESS = min(_COSTLY.values())
_BARE_URL = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]()]{1,2000}")
_URL_TAIL = ".,;:!?*_~"

Env = MutableMapping[str, Any]


@cache
def parser() -> MarkdownIt:
    """Return the shared parser: CommonMark with tables and struck-out text; it is imported when first needed."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])


def block_tokens(text: str) -> tuple[list[Token], Env]:
    """Return the block tokens of a text with `\\n` line ends, and the link definitions that its inline text needs."""
    env: Env = {}
    tokens: list[Token] = []
    markdown = parser()
    # Inline text is parsed only where it is shown, by inline_tokens().
    markdown.block.parse(text, markdown, env, tokens)
    return tokens, env


def inline_tokens(text: str, env: Env) -> list[Token]:
    """Return the inline tokens of a paragraph; beyond a limit, a hostile text is plain."""
    from markdown_it.token import Token

    from incident_cockpit.runbook.source import MAX_LINE

    if not _INLINE.search(text):
        return [Token("text", "", 0, content=text)]
    tokens: list[Token] = []
    markdown = parser()
    end = len(text)
    if end > _HARMLESS:
        parts = {sign: text.split(sign, most) for sign, most in _COSTLY.items()}
        ends = [end - len(part[-1]) for sign, part in parts.items() if len(part) > _COSTLY[sign]]
        end = min([MAX_LINE, end, *ends])
    markdown.inline.parse(text[:end], markdown, env, tokens)
    if len(text) > end:
        tokens.append(Token("text", "", 0, content=text[end:]))
    return tokens


def without_tags(html: str) -> str:
    """Return HTML as text: known tags and comments are removed, a placeholder such as `<cluster>` stays."""
    return _TAG.sub(_tag, html)


def _tag(match: re.Match[str]) -> str:
    name = match.group(1)
    if name is None:
        return ""
    if not _TAGS.fullmatch(name):
        return match.group()
    return " " if name.lower() in ("br", "hr", "p", "li", "td", "tr", "div", "summary") else ""


def text_parts(tokens: Iterable[Token]) -> Iterator[str]:
    """Yield the plain text of inline tokens, hard line breaks as newlines."""
    for token in tokens:
        if token.type in ("text", "text_special", "code_inline"):
            yield token.content
        elif token.type == "softbreak":
            yield " "
        elif token.type == "hardbreak":
            yield "\n"
        elif token.type == "html_inline":
            yield without_tags(token.content)
        elif token.type == "image":
            yield token.content


def plain(tokens: Iterable[Token]) -> str:
    """Return inline tokens as one clean line of plain text."""
    return clean_line("".join(text_parts(tokens)))


def plain_text(text: str, env: Env) -> str:
    """Return inline Markdown as one clean line of plain text."""
    return clean_line(text) if not _INLINE.search(text) else plain(inline_tokens(text, env))


def address(token: Token) -> str:
    """Return the URL of a link; in-page links are decoded, so that they read like their heading."""
    url = str(token.attrs.get("href", ""))
    return clean_line(unquote(url) if url.startswith("#") else url)


def has_link_syntax(text: str, env: Env) -> bool:
    """Return whether inline Markdown may have a link; a cheap check before parsing."""
    return "](" in text or "://" in text or ("[" in text and "references" in env) or ("<" in text and ":" in text)


def links(tokens: list[Token]) -> Iterator[Link]:
    """Yield the links among inline tokens, bare URLs too, in their order."""
    start, url = -1, ""
    for number, token in enumerate(tokens):
        if token.type == "link_open":
            start, url = number + 1, address(token)
        elif token.type == "link_close" and start >= 0:
            yield Link(plain(tokens[start:number]) or url, url)
            start = -1
        elif token.type == "text" and start < 0 and "://" in token.content:
            for match in _BARE_URL.finditer(token.content):
                target = clean_line(match.group().rstrip(_URL_TAIL))
                yield Link(target, target)
