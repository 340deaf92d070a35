"""What the tests of all formats share: hostile words, a text with such words in every place, and what it has to say."""

from __future__ import annotations

from hypothesis import strategies as st

from incident_cockpit.documents.blocks import literal, read
from incident_cockpit.documents.formats.format import Heading
from incident_cockpit.text.blocks import Blocks, Line, plain
from incident_cockpit.text.escape import WORD_JOINER
from incident_cockpit.text.sanitize import clean

HEADING = Heading("INC-7", "Checkout returns 500", "SEV1", "Investigating", 3)

# The three that everything that is written is tried with; what holds for all formats is tried with each of them apart.
TARGETS = ("slack", "markdown", "text")

# One for each thing that some target would obey.
PIECES = [
    "*", "**", "_", "__", "~", "`", "```", "\\", "\\*", "- ", "* ", "1. ", "# ", "h1. ", "bq. ", "----", "> ", "| ",
    "||", "[", "](", "]", "(", ")", "{", "}", "{{", "${", "{noformat}", "{code}", "{color:red}", "[~admin]",
    "[x|https://e.example]", "!pic.png!", "??", "@here", "@channel", "@ana", "<!here>", "<!channel>", "<@U024BE7LH>",
    "<!subteam^S1>", "<#C1>", "<https://e.example|good>", "<at>Ana</at>", "<b>", "</b>", "<!--", "&lt;", "&amp;",
    "&#42;", "&", "#12", "GH-12", "o/r#12", "https://e.example/a_b*c", "https://e.example/[~admin]",
    "http://e.example.", "www.e.example", "ana@e.example", "pay.py", "mailto:a@e.example", ":tada:", "(x)", "(!)",
    ":)", "/remind", "{{DATE(2026-01-01)}}", "\n", "\r\n", "\u2028", "\t", "\ue000", "\ue001", "\ue002", "é",
    "e\u0301", "中文", "👩\u200d👩\u200d👧", "🇫🇷", "…", "€", " ", "a", "Ana", "500", "pay_api",
]  # fmt: skip

# As hostile as what comes through the entrance can be.
HOSTILE = (
    st.lists(st.sampled_from(PIECES) | st.text(st.characters(codec="utf-8"), max_size=4), min_size=1, max_size=10)
    .map(lambda parts: str(clean("".join(parts))))
    .filter(lambda text: bool(text.strip()))
)


def told(title: str, action: str, impact: str) -> str:
    """Return a text with people's words in a bold line, beside a bold word, in items, and alone on a line."""
    title, action, impact = literal(title), literal(action), literal(impact)
    return (
        f"*SEV1 INC-7 {title}*: Investigating\n{title}\n*Impact:* {impact}\n\n*Done:*\n- {action}\n"
        f"- 14:31 {action} *now*\nWe write again at *15:00 UTC*, {impact}"
    )


def blocks_of(title: str, action: str = "restarted", impact: str = "8% of payments") -> Blocks:
    """Return the text as blocks."""
    return read(told(title, action, impact))


def shape(blocks: Blocks) -> list[tuple[bool, list[list[bool]]]]:
    """Return the structure without the words: which blocks are lists, and which runs of their lines are bold."""
    return [(block.is_list, [[run.bold for run in line] for line in block.lines]) for block in blocks]


def said(line: Line) -> str:
    """Return the words of a line as a reader sees them."""
    return seen(plain(line))


def seen(text: str) -> str:
    """Return a text without the signs that nobody sees, and with each blank as one."""
    return " ".join(text.replace(WORD_JOINER, "").split())


def cleaned(words: str) -> str:
    """Return people's words as they stand in a text: what a format uses for itself is no sign of theirs."""
    for sign in "\ue000\ue001\ue002":
        words = words.replace(sign, "\ufffd")
    return words.strip()
