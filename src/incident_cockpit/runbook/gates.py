"""Decisions between steps: text that says "if … go to X, otherwise …", with the sections its branches lead to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING

from incident_cockpit.runbook.links import Anchors, Env, address, inline_tokens, text_parts
from incident_cockpit.runbook.model import Choice, Gate, ProseBlock, Section
from incident_cockpit.text.sanitize import clean_line

if TYPE_CHECKING:
    from markdown_it.token import Token

_IF = re.compile(
    r"^after\b|\b(?:if|when|once|unless|otherwise|else|as soon as|in case|"
    r"wenn|falls|sobald|sonst|andernfalls|si|sinon|dès que|lorsque|sino|cuando|una vez|en caso|se|caso|quando|"
    r"altrimenti|"
    r"если|когда|иначе|jeśli|gdy|als|zodra|anders|eğer)\b|如果|若|否则|否則|場合|もし|そうでな|만약|아니면|경우|إذا|אם|अगर|यदि",
    re.IGNORECASE,
)
_GO = re.compile(
    r"\b(?:go(?:ing)?\s+(?:on\s+|back\s+|straight\s+|directly\s+)?(?:to|with)|proceed\s+(?:directly\s+)?(?:to|with)|"
    r"move\s+(?:on\s+|back\s+)?to|continue\s+(?:with|to|at|in|from)|jump\s+(?:back\s+)?to|skip\s+(?:ahead\s+)?to|"
    r"return\s+to|start\s+(?:over\s+)?(?:at|with)|switch\s+to|follow)\s+",
    re.IGNORECASE,
)
# One of these stands in every text that _GO, _ESCALATE or an in-page link finds.
_SENDING = (
    "](#", "escalat", "go to", "go on ", "go back ", "go straight ", "go directly ", "go with", "going ", "proceed",
    "move to", "move on ", "move back ", "continue ", "jump ", "skip to", "skip ahead ", "return to", "start over",
    "start at", "start with", "switch to", "follow ",
)  # fmt: skip
_NO_PROSE = ("```", "~~~", "|", "    ", "<")
_PARAGRAPH = re.compile(r"\n[ \t>]*(?=\n|(?:[-*+]|\d{1,9}[.)])[ \t])")
_SIGNS = re.compile(r"^\s*(?:[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+|[ \t]*>[ \t]?)|\n[ \t]*>[ \t]?", re.MULTILINE)
_ESCALATE = re.compile(r"\bescalat(?:e|es|ing|ion)\b", re.IGNORECASE)
# Words that look like a condition and leave nothing to decide.
_POLITE = re.compile(
    r"\b(?:if|when|where)\s+(?:possible|necessary|needed|required|applicable|available|appropriate|in doubt|"
    r"you (?:prefer|like|want))\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"(?:and\s+|or\s+)?(?:otherwise|else|if\s+not|if\s+(?:it|this|that|they)\b)", re.IGNORECASE)
# Where one branch ends and the next begins: at a sentence, or before the words that turn the condition round.
_BRANCH = re.compile(
    r"(?<=[.!?;。；！？])(?:(?<!e\.g\.)(?<!i\.e\.)(?<!\s\d\.)|(?=\s+(?:if|when|once|otherwise)\b))\s+|(?<=[。！？])|"
    r"(?:[,;:]\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+)(?=(?:otherwise|if not|else)\b)|\s+(?=otherwise\b|if not\b)",
    re.IGNORECASE,
)
_ARTICLES = re.compile(r"^(?:the|section|step|chapter|phase|part|our|your)\s+", re.IGNORECASE)
_NUMBER = re.compile(r"^(?:step\s*)?\d{1,2}[.):]?\s+", re.IGNORECASE)
_WORDS = re.compile(r"\w+")
# A link keeps its place in the text between these, which clean text never has.
_OPEN, _CLOSE = "\x02", "\x03"
_LINK = re.compile(f"{_OPEN}(\\d+):([^{_CLOSE}]*){_CLOSE}")
_CHOICES = 12


def find_gates(asides: Sequence[ProseBlock], sections: Sequence[Section], anchors: Anchors) -> tuple[Gate, ...]:
    """Return the decisions among the texts between steps."""
    likely = [aside for aside in asides if not aside.text.startswith(_NO_PROSE) and _sends_on(aside.text)]
    names = _names(sections) if likely else {}
    numbers = count(1)
    made: list[Gate] = []
    for aside in likely:
        choices = tuple(_choices(aside.text, names, anchors))[:_CHOICES]
        if any(choice.section is not None or choice.escalate for choice in choices):
            made.append(Gate(f"g{next(numbers)}", aside.section, aside.after, aside.text, choices))
    return tuple(made)


def _sends_on(text: str) -> bool:
    """Say whether a text may send somebody somewhere: most prose does not, and looking closely is slow."""
    lower = text.lower().replace("\n", " ")
    return any(word in lower for word in _SENDING)


def _choices(markdown: str, names: dict[tuple[str, ...], int], anchors: Anchors) -> Iterator[Choice]:
    for paragraph in _PARAGRAPH.split(markdown):
        if not _IF.search(paragraph):
            continue
        text, urls = _marked(_SIGNS.sub("", paragraph), {})
        for branch in _BRANCH.split(text):
            choice = _choice(branch, urls, names, anchors)
            if choice:
                yield choice


def _marked(content: str, env: Env) -> tuple[str, list[str]]:
    """Return a paragraph as plain text whose in-page links are marked, and where those lead."""
    parts: list[str] = []
    urls: list[str] = []
    inside = False
    for token in inline_tokens(content, env):
        if token.type == "link_open":
            url = address(token)
            inside = url.startswith("#")
            if inside:
                parts.append(f"{_OPEN}{len(urls)}:")
                urls.append(url)
        elif token.type == "link_close":
            parts.append(_CLOSE if inside else "")
            inside = False
        else:
            parts.append("".join(_plain(token)))
    return "".join(parts), urls


def _plain(token: Token) -> Iterator[str]:
    return (piece.replace(_OPEN, "").replace(_CLOSE, "") for piece in text_parts([token]))


def _choice(branch: str, urls: list[str], names: dict[tuple[str, ...], int], anchors: Anchors) -> Choice | None:
    words = clean_line(_LINK.sub(r"\2", branch)).strip(" ,;")
    conditional = _IF.search(_POLITE.sub("", words)) is not None
    # An entry of a list of contents is a link and nothing else.
    if not conditional or (words.isascii() and " " not in words) or _LINK.fullmatch(branch.strip()):
        return None
    linked = (anchors.find(urls[int(match[1])]) for match in _LINK.finditer(branch))
    section = next((found for found in linked if found is not None), None)
    if section is None:
        section = _named(words, names)
    escalate = _ESCALATE.search(words) is not None
    if section is None and not escalate and not _NEGATION.match(words) and not words.lower().startswith("if "):
        return None
    return Choice(words.removesuffix("."), section, escalate)


def _names(sections: Sequence[Section]) -> dict[tuple[str, ...], int]:
    """Return the sections by the words of their titles, numbers in front left out."""
    found: dict[tuple[str, ...], int] = {}
    for number, section in enumerate(sections):
        for title in (section.title, _NUMBER.sub("", section.title)):
            found.setdefault(_split(title), number)
    found.pop((), None)
    return found


def _named(words: str, names: dict[tuple[str, ...], int]) -> int | None:
    """Return the section whose title stands after words that send somebody on; the longest title wins."""
    for match in _GO.finditer(words):
        rest = words[match.end() :]
        for text in (rest, _ARTICLES.sub("", rest)):
            told = _split(text)
            fitting = [name for name in names if told[: len(name)] == name]
            if fitting:
                return names[max(fitting, key=len)]
    return None


def _split(text: str) -> tuple[str, ...]:
    """Return the words of a text; "&" is one of them, spelt out."""
    return tuple(_WORDS.findall(text.lower().replace("&", " and ")))
