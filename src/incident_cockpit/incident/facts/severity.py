"""Severity, impact and affected systems, and the peak of the impact."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.errors import Refused
from incident_cockpit.incident.event import Change, Moment
from incident_cockpit.incident.facts.report import check_declared
from incident_cockpit.incident.facts.topic import (
    Line,
    Topic,
    fold_by_name,
    fold_history,
    fold_value,
    parse_choice,
    value_of,
)

if TYPE_CHECKING:
    from incident_cockpit.incident.state import Incident


class DatedValue(Struct, frozen=True):
    """A value, since when it is valid, and the reason."""

    value: str
    since: datetime
    reason: str = ""


# Severity


class SeverityChanged(Change, frozen=True):
    """The severity was set or changed; `now.value` is the plan's severity id."""

    kind: ClassVar[str] = "severity.changed"
    announced: ClassVar[bool] = True
    now: DatedValue | None
    was: DatedValue | None


def severity_rank(incident: Incident) -> int:
    """Return the rank of the severity in the plan, 1 for the highest and for one that the plan does not have."""
    current = incident.severity.value if incident.severity is not None else ""
    return next((max(1, level.rank) for level in incident.plan.severities if level.id == current), 1)


def change_severity(incident: Incident, moment: Moment, severity: str, reason: str) -> SeverityChanged:
    """Change the severity; raises Refused for an unknown one, the current one, and without a reason."""
    check_declared(incident)
    chosen = incident.plan.find_severity(severity)
    if incident.severity is not None and incident.severity.value == chosen.id:
        raise Refused(f"Already {chosen.id}", "choose another severity", about="severity")
    if incident.severity is not None and not reason:
        raise Refused("Reason required", f"for example: :severity {chosen.id} all EU payments fail", about="reason")
    return SeverityChanged(now=DatedValue(chosen.id, moment.happened, reason), was=incident.severity)


def _words(fact: SeverityChanged, incident: Incident) -> Line:
    now = fact.now.value if fact.now else "none"
    change = f"{fact.was.value} → {now}" if fact.was else now
    reason = fact.now.reason if fact.now else ""
    return Line("severity", f"{change}: {reason}" if reason else change)


TOPIC = Topic("severities", (), (SeverityChanged,), fold_history, _words)


# Impact


class ImpactSet(Change, frozen=True):
    """The impact was described."""

    kind: ClassVar[str] = "impact.set"
    announced: ClassVar[bool] = True
    now: DatedValue | None
    was: DatedValue | None


def describe_impact(incident: Incident, moment: Moment, impact: str) -> ImpactSet:
    """Describe the impact; raises Refused without text."""
    if not impact:
        raise Refused("Impact required", "for example: :impact 8% of EU card payments fail", about="impact")
    return ImpactSet(now=DatedValue(impact, moment.happened), was=incident.impact)


IMPACT_TOPIC = Topic(
    "impact", None, (ImpactSet,), fold_value, lambda fact, _: Line("impact", fact.now.value if fact.now else "unknown")
)


# Systems


class Health(StrEnum):
    """Status of a system, in the words of public status pages, from worst to best."""

    MAJOR_OUTAGE = "major outage"
    PARTIAL_OUTAGE = "partial outage"
    DEGRADED = "degraded"
    RESTORED = "restored"
    NOT_AFFECTED = "not affected"


class Affected(Struct, frozen=True):
    """A system, its status and since when, and a note."""

    name: str
    health: Health
    since: datetime
    by: str
    note: str = ""


class SystemChanged(Change, frozen=True):
    """The status of a system changed; its id is its name in lower case."""

    kind: ClassVar[str] = "system.changed"
    announced: ClassVar[bool] = True
    names: ClassVar[str] = "system"
    system: str
    now: Affected | None
    was: Affected | None

    @property
    def is_progress(self) -> bool:
        """Return True: a system is known to be better or worse."""
        return True


def set_system_status(incident: Incident, moment: Moment, system: str, health: str, note: str = "") -> SystemChanged:
    """Set the status of a system; raises Refused without a name, and for an unknown status."""
    name = " ".join(system.split())
    if not name:
        raise Refused("System required", "for example: :system checkout degraded", about="system")
    status = parse_choice(health, Health, "health")
    key = name.casefold()
    was = incident.systems.get(key)
    if was is not None and was.health is status and was.note == note:
        raise Refused(f"{was.name} is already {status.value}", "choose another status, or add a note", about="health")
    now = Affected(was.name if was else name, status, moment.happened, moment.who, note)
    return SystemChanged(system=key, now=now, was=was)


def affected_systems(incident: Incident) -> tuple[Affected, ...]:
    """Return the systems that are impaired now, the worst first."""
    order = list(Health)
    ill = [
        system for system in incident.systems.values() if system.health not in (Health.RESTORED, Health.NOT_AFFECTED)
    ]
    return tuple(sorted(ill, key=lambda system: (order.index(system.health), system.name.casefold())))


def _systems_words(fact: SystemChanged, incident: Incident) -> Line:
    system = value_of(fact.now, fact.was)
    return Line("system", f"{system.name}: {system.health.value}" + (f" ({system.note})" if system.note else ""))


SYSTEMS_TOPIC = Topic("systems", {}, (SystemChanged,), fold_by_name, _systems_words)


# Peak of the impact

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
    """A number in the text of an impact: the amount, its noun, and its words.

    A `share` is in percent; `of` is the noun in the singular, "" where there is none; `whole` is the 12 of "3 of 12".
    """

    amount: float
    of: str
    said: str
    share: bool = False
    whole: float | None = None

    @property
    def sort(self) -> tuple[bool, str]:
        """Return the key by which figures compare: shares of the same thing, or counts of it."""
        return self.share, self.of


class Peak(Struct, frozen=True):
    """The peak figure of its kind and since when; `past` where the present figure is lower or missing."""

    figure: Figure
    since: datetime
    past: bool


def figures(text: str) -> tuple[Figure, ...]:
    """Return the numbers that measure impact, in order; not times, versions and what works."""
    result: list[Figure] = []
    for clause in _CLAUSE.split(text[:5_000]):
        if not (_WELL.search(clause) and not _NOT.search(clause)):
            numbers = list(_numbers(clause))
            # "8% of all payments" is one number.
            worded = (
                match
                for match in _impacts_words(clause)
                if not any(start <= match[0] < end for start, end, _ in numbers)
            )
            result += (figure for *_, figure in sorted((*numbers, *worded), key=lambda figure: figure[0]))
    return tuple(result)


def peak_figures(impacts: Iterable[DatedValue]) -> tuple[Peak, ...]:
    """Return the peak figure of each kind, in the order in which the kinds came up; the last impact is the present one.

    A share without a noun has the noun of the share before it: "8% of payments", then "12%".
    """
    peaks: dict[tuple[bool, str], Peak] = {}
    last: dict[tuple[bool, str], float] = {}
    shared = ""
    for impact in impacts:
        last = {}
        for raw in figures(impact.value):
            figure = replace(raw, of=shared) if raw.share and not raw.of else raw
            shared = figure.of if figure.share else shared
            peak, last[figure.sort] = peaks.get(figure.sort), max(figure.amount, last.get(figure.sort, 0.0))
            if peak is None or figure.amount > peak.figure.amount:
                peaks[figure.sort] = Peak(figure, impact.since, past=False)
    return tuple(replace(peak, past=last.get(sort, -1.0) < peak.figure.amount) for sort, peak in peaks.items())


def _numbers(clause: str) -> Iterator[tuple[int, int, Figure]]:
    for match in _NUMBER.finditer(clause):
        noun, end = _noun(clause, match.end())
        text = " ".join(clause[match.start() : end].split())
        digits = re.sub(r"\D", "", match["digits"]) + (match["part"] or "")
        amount = float(digits) * _SCALES.get((match["scale"] or "").strip().casefold(), 1.0)
        share = match["share"] is not None
        if share:
            if match["whole"] is None and amount <= 100:
                yield match.start(), end, Figure(amount, noun, text, share=True)
        elif match["money"]:
            yield match.start(), end, Figure(amount, match["money"].strip(), match.group().strip())
        elif not _is_name(clause, match, noun) and (noun or match["scale"] or "," in match["digits"]):
            whole = float(match["whole"].replace(",", "")) if match["whole"] else None
            # "1.200 customers" are as many as 1,200, for customers are countable.
            thousands = match["part"] is not None and len(match["part"]) == 4 and not match["scale"]
            yield match.start(), end, Figure(amount * 1_000 if thousands else amount, noun, text, whole=whole)


def _impacts_words(clause: str) -> Iterator[tuple[int, int, Figure]]:
    for match in _IN_WORDS.finditer(clause):
        noun, end = _noun(clause, match.end(), singular=match["word"].casefold() == "every")
        if noun:
            text = " ".join(clause[match.start() : end].split())
            yield match.start(), end, Figure(_SHARES[match["word"].casefold()], noun, text, share=True)


def _noun(clause: str, at: int, *, singular: bool = False) -> tuple[str, int]:
    """Return the noun that follows, in the singular, and where it ends; ("", at) where there is none.

    It is the first plural before the sentence goes on, or where all of a thing is meant, the last word.
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


def _is_name(clause: str, match: re.Match[str], noun: str) -> bool:
    """Return whether a number names something, as a version or a status code does, or is a time."""
    before = _BEFORE.search(clause, max(0, match.start() - 24), match.start())
    if before is not None and before[1].casefold() in _NAMED and match["whole"] is None:
        return True
    code = match["digits"].isdigit() and 400 <= int(match["digits"]) < 600 and not match["scale"]
    follows = re.match(r"\s?([^\W\d_]+)", clause[match.end() : match.end() + 20])
    return (code and noun in ("error", "response")) or (follows is not None and follows[1].casefold() in _TIME)
