"""Escaping of text for each target: what protects one target appears as litter in another."""

from __future__ import annotations

import re

WORD_JOINER = "\u2060"

_AT_NAME = re.compile(r"@(?![\s\u2060]|$)")
_MAIL_DOMAIN = re.compile(r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_EVERYBODY = re.compile(r"@(?:here|channel|everyone)\b", re.IGNORECASE)

_LINE_BREAKS = re.compile(r"[\r\n]+")
# An underscore inside a word never means anything, so service_names stay readable.
_INLINE = re.compile(r"[\\`*\[\]|~^$&<>@]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=[Ww]{3})\.|(?<=mailto):|(?<=xmpp):")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", ":": "&#58;", ".": "&#46;"}
# What opens a list, a heading, a rule or an underlined heading when it stands first on a line.
_OPENING = re.compile(r"#{1,6}|[-+=:]|(?P<number>[0-9]{1,9})(?P<sign>[.)])")
_CLOSING_HASHES = re.compile(r"(?<![\\#])#+$")
_BACKTICKS = re.compile(r"`+")
_NOT_A_LANGUAGE = re.compile(r"[^A-Za-z0-9+#.-]")


def slack_api(text: str) -> str:
    """Escape text for Slack's API and webhooks: exactly `&`, `<` and `>`, or readers see entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def slack_paste(text: str) -> str:
    """Return text for Slack's composer in which no `@name` notifies anyone; email addresses stay."""
    return _AT_NAME.sub(lambda at: "@" if _is_mail(at) else "@" + WORD_JOINER, text)


def mentions(text: str) -> int:
    """Return the number of mentions that would have notified people, for a preview."""
    return sum(not _is_mail(at) for at in _AT_NAME.finditer(text))


def markdown(text: str) -> str:
    """Escape text for one place in GitHub's Markdown (paragraph, item, heading, table cell): it adds no structure.

    Line breaks become spaces; nothing in it links or notifies anyone.
    """
    line = _LINE_BREAKS.sub(" ", text).strip()
    # GitHub looks for names after it has read the entities, so a name needs the word joiner as well.
    escaped = _INLINE.sub(lambda sign: _ENTITIES.get(sign.group(), "\\" + sign.group()), slack_paste(line))
    escaped = _OPENING.sub(_opening, escaped, count=1) if _OPENING.match(escaped) else escaped
    escaped = _CLOSING_HASHES.sub(lambda run: "\\#" * len(run.group()), escaped)
    # A last backslash would take the meaning of whatever the template puts next, a table's bar for one.
    return escaped[:-2] + "&#92;" if escaped.endswith("\\\\") else escaped


def fence(text: str, lang: str = "") -> str:
    """Return text as a fenced code block whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    ticks = "`" * max(3, longest + 1)
    body = text.removesuffix("\n")
    return f"{ticks}{_NOT_A_LANGUAGE.sub('', lang)}\n{body}\n{ticks}"


def _is_mail(at: re.Match[str]) -> bool:
    """Say whether the sign stands in a mail address, which must stay whole to be of use."""
    before = at.string[at.start() - 1] if at.start() else ""
    return (
        before.isalnum()
        and bool(_MAIL_DOMAIN.match(at.string, at.start()))
        and not _EVERYBODY.match(at.string, at.start())
    )


def _opening(start: re.Match[str]) -> str:
    if start["number"]:
        return f"{start['number']}\\{start['sign']}"
    return "".join("\\" + sign for sign in start.group())
