"""How large the harm was at its worst: the numbers in the words of an impact, and the highest of each sort."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.incident.topics.standing import Standing

_NUMBER = re.compile(
    r"(?<![\w.,:#/])(?<![A-Za-z]-)"
    r"(?P<money>[$€£¥]\s?)?"
    r"(?P<digits>[0-9]{1,3}(?:[,' \u00a0\u202f][0-9]{3}){1,4}|[0-9]{1,12})(?P<part>\.[0-9]{1,3})?"
    r"(?:(?P<scale>[kKM]|(?(money)m|(?<=[0-9])m(?=\s+[a-z]))|\s?(?:thousand|million|mn|billion|bn))(?![\w-]))?"
    r"(?:(?P<share>\s?%|\s?per\s?cent(?!\w))|(?![\w%]|[.:-][0-9]))"
    r"(?:\s?(?:/|out of|of)\s?(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){0,3}|[0-9]{1,12})(?![\w%:]|\.[0-9]))?",
)
_SHARES = {"all": 100.0, "every": 100.0, "half": 50.0, "a third": 100 / 3, "a quarter": 25.0}
_IN_WORDS = re.compile(rf"(?<!\w)(?P<word>{'|'.join(_SHARES)})(?!\w)", re.IGNORECASE)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}

# What follows a number up to the first sign: its noun stands there.
_FOLLOWS = re.compile(r"(?:\s+(?:of|the|our|their)(?!\w)){0,3}((?:\s+[^\W\d_][\w'’/-]{0,40}){1,6})")
_BEFORE = re.compile(r"([^\W\d_]{1,20})[\s#:-]{1,3}$")

# Counts of these are lengths of time, and after these words a number is a name: "deploy 4512", "port 443".
_TIME = frozenset({"ms", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "h", "hr", "hrs",
                   "hour", "hours", "day", "days", "week", "weeks", "month", "months", "year", "years", "times",
                   "time", "am", "pm", "utc", "bps"})  # fmt: skip
_NAMED = frozenset({"build", "change", "code", "commit", "deploy", "deployment", "error", "errors", "http", "inc",
                    "incident", "issue", "level", "line", "p", "page", "port", "pr", "release", "request", "returns",
                    "revision", "room", "sev", "status", "step", "ticket", "version", "with"})  # fmt: skip
# Words at which a noun has ended, and words that end in s and are none.
_ENDS = frozenset({"and", "are", "as", "at", "be", "been", "but", "by", "can", "cannot", "can't", "could", "couldn't",
                   "do", "does", "down", "drop", "drops", "due", "fail", "failed", "failing", "fails", "for", "from",
                   "get", "gets", "got", "had", "has", "have", "hit", "hits", "if", "in", "into", "is", "its", "it's",
                   "lose", "loses", "lost", "miss", "misses", "more", "no", "not", "now", "on", "or", "out", "over",
                   "per", "see", "sees", "since", "slow", "so", "still", "that", "than", "there", "this", "though",
                   "time", "times", "to", "today", "until", "up", "via", "wait", "waits", "was", "were", "when",
                   "while", "who", "will", "with", "without", "yet", "across", "always", "of"})  # fmt: skip
_NO_PLURAL = frozenset({"status", "has", "was", "does", "is", "its", "this", "plus", "us", "yes", "previous", "various",
                        "https", "dns", "tls", "ios", "aws", "rds", "sms", "gps", "pos", "cms"})  # fmt: skip
_MANY = frozenset({"people", "traffic", "revenue", "capacity", "staff", "data", "load", "volume"})
# A number of what works is none of the harm, unless the sentence takes it back.
_WELL = re.compile(
    r"\b(?:succe\w{2,12}|available|healthy|recovered|restored|unaffected|works?|working|fine|ok|normal|back)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|no|nor|never|cannot|hardly|longer|un\w{3,20}|stopped)\b|n['’]t\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;!?\n](?=\s|$)|,\s")


class Figure(Struct, frozen=True):
    """A number in the words of an impact: how much of what, and the words that say it.

    A `share` is in hundredths; `of` is the noun in the singular, "" where none is said; `whole` is the 12 of "3 of 12".
    """

    amount: float
    of: str
    said: str
    share: bool = False
    whole: float | None = None

    @property
    def sort(self) -> tuple[bool, str]:
        """Return what it can be compared by: shares of the same thing, or counts of it."""
        return self.share, self.of


class Peak(Struct, frozen=True):
    """The highest figure of its sort and since when it was; `past` says that it has fallen by now, or is not said."""

    figure: Figure
    since: datetime
    past: bool


def figures(text: str) -> tuple[Figure, ...]:
    """Return the numbers that measure harm, in their order; times, versions and what works are none."""
    found: list[Figure] = []
    for clause in _CLAUSE.split(text[:5_000]):
        if not (_WELL.search(clause) and not _NOT.search(clause)):
            numbers = list(_numbers(clause))
            # "8% of all payments" is one number.
            words = (one for one in _words(clause) if not any(start <= one[0] < end for start, end, _ in numbers))
            found += (one for *_, one in sorted((*numbers, *words), key=lambda one: one[0]))
    return tuple(found)


def highest(impacts: Iterable[Standing]) -> tuple[Peak, ...]:
    """Return the highest figure of each sort, in the order in which the sorts came up; the last impact holds now.

    A share that does not say of what is one of what the share before it was: "8% of payments", then "12%".
    """
    peaks: dict[tuple[bool, str], Peak] = {}
    last: dict[tuple[bool, str], float] = {}
    shared = ""
    for one in impacts:
        last = {}
        for said in figures(one.value):
            figure = replace(said, of=shared) if said.share and not said.of else said
            shared = figure.of if figure.share else shared
            held, last[figure.sort] = peaks.get(figure.sort), max(figure.amount, last.get(figure.sort, 0.0))
            if held is None or figure.amount > held.figure.amount:
                peaks[figure.sort] = Peak(figure, one.since, past=False)
    return tuple(replace(one, past=last.get(sort, -1.0) < one.figure.amount) for sort, one in peaks.items())


def _numbers(clause: str) -> Iterator[tuple[int, int, Figure]]:
    for found in _NUMBER.finditer(clause):
        noun, end = _noun(clause, found.end())
        said = " ".join(clause[found.start() : end].split())
        amount, share = _amount(found), found["share"] is not None
        if share:
            if found["whole"] is None and amount <= 100:
                yield found.start(), end, Figure(amount, noun, said, share=True)
        elif found["money"]:
            yield found.start(), end, Figure(amount, found["money"].strip(), found.group().strip())
        elif not _is_name(clause, found, noun) and (noun or found["scale"] or "," in found["digits"]):
            whole = float(found["whole"].replace(",", "")) if found["whole"] else None
            yield found.start(), end, Figure(_counted(found, amount), noun, said, whole=whole)


def _words(clause: str) -> Iterator[tuple[int, int, Figure]]:
    for found in _IN_WORDS.finditer(clause):
        noun, end = _noun(clause, found.end(), singular=found["word"].casefold() == "every")
        if noun:
            said = " ".join(clause[found.start() : end].split())
            yield found.start(), end, Figure(_SHARES[found["word"].casefold()], noun, said, share=True)


def _amount(found: re.Match[str]) -> float:
    plain = re.sub(r"\D", "", found["digits"])
    return float(plain + (found["part"] or "")) * _SCALES.get((found["scale"] or "").strip().casefold(), 1.0)


def _counted(found: re.Match[str], amount: float) -> float:
    """Return the amount of what comes in whole pieces: "1.200 customers" are as many as 1,200."""
    thousands = found["part"] is not None and len(found["part"]) == 4 and not found["scale"]
    return amount * 1_000 if thousands else amount


def _noun(clause: str, at: int, *, singular: bool = False) -> tuple[str, int]:
    """Return the noun that follows, in the singular, and where it ends; ("", at) where none does.

    It is the first word in the plural before the sentence goes on, or where all of a thing is meant, the last word.
    """
    follows = _FOLLOWS.match(clause, at)
    if follows is None:
        return "", at
    last = ""
    end = at
    for word in re.finditer(r"\S+", follows[1]):
        plain = word.group().strip("'’-/").casefold()
        if plain in _ENDS or (plain in _TIME and not last):
            break
        last, end = plain, follows.start(1) + word.end()
        if plain in _MANY or (len(plain) > 2 and plain.endswith("s") and not plain.endswith(("ss", "'s", "’s"))
                              and plain not in _NO_PLURAL):  # fmt: skip
            return _one(plain), end
    return (_one(last), end) if singular and last else ("", at)


def _one(word: str) -> str:
    """Return the noun in the singular, near enough to tell what is the same."""
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    return word.removesuffix("s") if not word.endswith("ss") else word


def _is_name(clause: str, found: re.Match[str], noun: str) -> bool:
    """Return whether the number names something, as a version or a status code does, or says when or how long."""
    before = _BEFORE.search(clause, max(0, found.start() - 24), found.start())
    if before is not None and before[1].casefold() in _NAMED and found["whole"] is None:
        return True
    code = found["digits"].isdigit() and 400 <= int(found["digits"]) < 600 and not found["scale"]
    follows = re.match(r"\s?([^\W\d_]+)", clause[found.end() : found.end() + 20])
    return (code and noun in ("error", "response")) or (follows is not None and follows[1].casefold() in _TIME)
