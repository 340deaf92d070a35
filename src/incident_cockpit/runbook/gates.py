"""Decision points: text that says "if … go to X, otherwise …", with the sections of its branches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING

from incident_cockpit.runbook.links import Anchors, Env, address, inline_tokens, text_parts
from incident_cockpit.runbook.model import Branch, Gate, ProseBlock, Section
from incident_cockpit.text.sanitize import clean_line

if TYPE_CHECKING:
    pass

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
# Every text that matches _GO, _ESCALATE or an in-page link has one of these; a cheap check before parsing.
_BRANCH_WORDS = (
    "](#", "escalat", "go to", "go on ", "go back ", "go straight ", "go directly ", "go with", "going ", "proceed",
    "move to", "move on ", "move back ", "continue ", "jump ", "skip to", "skip ahead ", "return to", "start over",
    "start at", "start with", "switch to", "follow ",
)  # fmt: skip
_NO_PROSE = ("```", "~~~", "|", "    ", "<")
_PARAGRAPH = re.compile(r"\n[ \t>]*(?=\n|(?:[-*+]|\d{1,9}[.)])[ \t])")
_SIGNS = re.compile(r"^\s*(?:[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+|[ \t]*>[ \t]?)|\n[ \t]*>[ \t]?", re.MULTILINE)
_ESCALATE = re.compile(r"\bescalat(?:e|es|ing|ion)\b", re.IGNORECASE)
# Conditions that leave nothing to decide.
_POLITE = re.compile(
    r"\b(?:if|when|where)\s+(?:possible|necessary|needed|required|applicable|available|appropriate|in doubt|"
    r"you (?:prefer|like|want))\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(r"(?:and\s+|or\s+)?(?:otherwise|else|if\s+not|if\s+(?:it|this|that|they)\b)", re.IGNORECASE)
# The boundary between two branches: the end of a sentence, or before words that negate the condition.
_BRANCH = re.compile(
    r"(?<=[.!?;。；！？])(?:(?<!e\.g\.)(?<!i\.e\.)(?<!\s\d\.)|(?=\s+(?:if|when|once|otherwise)\b))\s+|(?<=[。！？])|"
    r"(?:[,;:]\s+(?:and\s+|or\s+)?|\s+(?:and|or)\s+)(?=(?:otherwise|if not|else)\b)|\s+(?=otherwise\b|if not\b)",
    re.IGNORECASE,
)
_ARTICLES = re.compile(r"^(?:the|section|step|chapter|phase|part|our|your)\s+", re.IGNORECASE)
_NUMBER = re.compile(r"^(?:step\s*)?\d{1,2}[.):]?\s+", re.IGNORECASE)
_WORDS = re.compile(r"\w+")
# Marks of a link in the text; clean text never has these characters.
_OPEN, _CLOSE = "\x02", "\x03"
_LINK = re.compile(f"{_OPEN}(\\d+):([^{_CLOSE}]*){_CLOSE}")
_MOST_CHOICES = 12


def find_gates(asides: Sequence[ProseBlock], sections: Sequence[Section], anchors: Anchors) -> tuple[Gate, ...]:
    """Return the decision points in the prose between steps."""
    likely = [
        block
        for block in asides
        if not block.text.startswith(_NO_PROSE)
        and any(word in block.text.lower().replace("\n", " ") for word in _BRANCH_WORDS)
    ]
    names = _names(sections) if likely else {}
    numbers = count(1)
    gates: list[Gate] = []
    for block in likely:
        choices = tuple(_choices(block.text, names, anchors))[:_MOST_CHOICES]
        if any(choice.section is not None or choice.escalate for choice in choices):
            gates.append(Gate(f"g{next(numbers)}", block.section, block.after, block.text, choices))
    return tuple(gates)


def _choices(markdown: str, names: dict[tuple[str, ...], int], anchors: Anchors) -> Iterator[Branch]:
    for paragraph in _PARAGRAPH.split(markdown):
        if not _IF.search(paragraph):
            continue
        text, urls = _marked(_SIGNS.sub("", paragraph), {})
        for branch in _BRANCH.split(text):
            choice = _choice(branch, urls, names, anchors)
            if choice:
                yield choice


def _marked(content: str, env: Env) -> tuple[str, list[str]]:
    """Return a paragraph as plain text with marked in-page links, and the URLs of those."""
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
            parts += (part.replace(_OPEN, "").replace(_CLOSE, "") for part in text_parts([token]))
    return "".join(parts), urls


def _choice(branch: str, urls: list[str], names: dict[tuple[str, ...], int], anchors: Anchors) -> Branch | None:
    text = clean_line(_LINK.sub(r"\2", branch)).strip(" ,;")
    is_conditional = _IF.search(_POLITE.sub("", text)) is not None
    # An entry of a table of contents is only a link.
    if not is_conditional or (text.isascii() and " " not in text) or _LINK.fullmatch(branch.strip()):
        return None
    linked = (anchors.find(urls[int(match[1])]) for match in _LINK.finditer(branch))
    section = next((index for index in linked if index is not None), None)
    if section is None:
        section = _named_section(text, names)
    escalate = _ESCALATE.search(text) is not None
    if section is None and not escalate and not _NEGATION.match(text) and not text.lower().startswith("if "):
        return None
    return Branch(text.removesuffix("."), section, escalate)


def _names(sections: Sequence[Section]) -> dict[tuple[str, ...], int]:
    """Return the sections by the words of their titles, with and without leading numbers."""
    sections_by_words: dict[tuple[str, ...], int] = {}
    for number, section in enumerate(sections):
        for title in (section.title, _NUMBER.sub("", section.title)):
            sections_by_words.setdefault(_split(title), number)
    sections_by_words.pop((), None)
    return sections_by_words


def _named_section(text: str, names: dict[tuple[str, ...], int]) -> int | None:
    """Return the section whose title follows "go to" and the like; the longest title wins."""
    for match in _GO.finditer(text):
        rest = text[match.end() :]
        for target in (rest, _ARTICLES.sub("", rest)):
            target_words = _split(target)
            fitting = [name for name in names if target_words[: len(name)] == name]
            if fitting:
                return names[max(fitting, key=len)]
    return None


def _split(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, "&" as "and"."""
    return tuple(_WORDS.findall(text.lower().replace("&", " and ")))
