"""Which section an in-page link names, by the rules of GitHub and, where they fail, of its neighbours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_EXPLICIT = re.compile(r"\{#([\w.:-]+)[^}]*\}\s*$|<a\s[^<>]*?\b(?:id|name)=[\"']?([\w.:-]+)")
_DASHES = re.compile(r"[-_]+")


class Anchors:
    """The anchors of one file; `find` answers with the place of a section."""

    def __init__(self, headings: Iterable[tuple[str, str]], shift: int) -> None:
        """Take the titles and the Markdown of all headings; `shift` is added to their places."""
        self._headings = headings
        self._shift = shift
        self._exact: dict[str, int] = {}
        self._loose: dict[str, int] = {}
        self._named = False

    def find(self, url: str) -> int | None:
        """Return the section that the address of an in-page link names, None for all else."""
        if len(url) < 2 or url[0] != "#":
            return None
        if not self._named:
            # Most runbooks have no in-page link, so names are given when the first one is followed.
            self._named = True
            self._give_names()
        name = url[1:].lower().removeprefix("user-content-")
        loose = _loose(slug(name))
        return self._exact.get(name, self._loose.get(loose) if loose else None)

    def _give_names(self) -> None:
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
    """Return the anchor that GitHub gives to a heading: small letters, no punctuation, hyphens for spaces."""
    return "".join(map(_kept, title.strip().lower()))


def _kept(char: str) -> str:
    if char.isalnum() or char in "-_":
        return char
    if char == " ":
        return "-"
    return char if unicodedata.category(char)[0] == "M" and char not in "\ufe0e\ufe0f" else ""


def _loose(name: str) -> str:
    """Return an anchor as those have it who write one hyphen for several."""
    return _DASHES.sub("-", name).strip("-")


def bare_title(markdown: str) -> str:
    """Return a heading's Markdown without the anchor that some generators put behind it."""
    return _EXPLICIT.sub("", markdown).rstrip() if markdown.endswith("}") else markdown
