"""Which step of a newer version of a runbook is which of the older one: a tick must never move to another step."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import product
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from incident_cockpit.runbook.model import Gate, ProseBlock, Runbook, Step

ALIKE = 0.85
# Comparing every step of a section with every other costs time; where so much is new, nothing is guessed.
_MOST_PAIRS = 40_000
_NUMBERS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Words and beginnings that turn a step into its contrary while most of its letters stay.
_CONTRARY = frozenset(
    [
        "not",
        "no",
        "never",
        "without",
        "don't",
        "cannot",
        "except",
        "all",
        "only",
        "off",
        "on",
        "up",
        "down",
        "in",
        "out",
    ]
) | frozenset(["start", "stop", "before", "after", "add", "remove", "open", "close", "allow", "block"])
_TURNING = re.compile(r"(?:dis|un|de|re|non|in|im|en)(?=[^\W_]{3})")


class Merged(Struct, frozen=True):
    """What became of the steps: `moved` maps old keys to new ones, `changed` are the old keys whose words changed.

    `added` are new keys and `gone` old ones, each in the order of its file.
    """

    moved: Mapping[str, str]
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]


class _Known(Struct, frozen=True):
    """A step with what identifies it: the titles above it, the texts of its parents, and its neighbours."""

    step: Step
    section: tuple[str, ...]
    path: tuple[str, ...]
    near: tuple[str, str]


_Between = TypeVar("_Between", ProseBlock, Gate)
_Identity = Callable[[_Known], Hashable]
# Each finds what the one before it left; with several of a kind on both sides, their order decides.
_IN_PLACE: tuple[_Identity, ...] = (
    lambda known: (known.path, known.step.text, known.step.guidance, known.step.code),
    lambda known: (known.path, known.step.text, known.near),
    lambda known: (known.path, known.step.text),
)


def match_steps(old: Runbook, new: Runbook) -> Merged:
    """Find each old step in the newer version: by place and text, by text alone, by similar text in its section.

    What could be two steps is none: it counts as gone and as new, because a wrong tick is worse than none.
    """
    before, after = _known(old), _known(new)
    moved: dict[str, str] = {}
    for identity in _IN_PLACE:
        _pair(before, after, moved, identity, alone=False)
    _pair(before, after, moved, lambda known: known.step.text, alone=True)
    _pair_alike(before, after, moved)
    texts = {step.key: step.text for step in new.steps}
    found = set(moved.values())
    return Merged(
        moved={step.key: moved[step.key] for step in old.steps if step.key in moved},
        added=tuple(step.key for step in new.steps if step.key not in found),
        gone=tuple(step.key for step in old.steps if step.key not in moved),
        changed=tuple(step.key for step in old.steps if step.key in moved and texts[moved[step.key]] != step.text),
    )


def same_decision_points(old: Runbook, new: Runbook) -> dict[str, str]:
    """Return by new key the old one of each gate whose words stand once in both versions."""
    before, after = (Counter(gate.text for gate in book.gates) for book in (old, new))
    known = {gate.text: gate.key for gate in old.gates}
    return {gate.key: known[gate.text] for gate in new.gates if before[gate.text] == after[gate.text] == 1}


def rekey(new: Runbook, keys: Mapping[str, str]) -> Runbook:
    """Return the runbook with each step and gate called by its other key, wherever it is named; all need one.

    So a step keeps its key through every version, and what was recorded about it stays true.
    """
    return replace(
        new,
        steps=tuple(
            replace(step, key=keys[step.key], parent=keys[step.parent] if step.parent else None) for step in new.steps
        ),
        asides=tuple(_after(aside, keys) for aside in new.asides),
        gates=tuple(replace(_after(gate, keys), key=keys[gate.key]) for gate in new.gates),
    )


def _after(one: _Between, keys: Mapping[str, str]) -> _Between:
    return replace(one, after=keys[one.after]) if one.after else one


def _known(runbook: Runbook) -> list[_Known]:
    sections = _section_paths(runbook)
    paths: dict[str, tuple[str, ...]] = {}
    texts = ["", *(step.text for step in runbook.steps), ""]
    known: list[_Known] = []
    for number, step in enumerate(runbook.steps):
        inside = (*paths[step.parent],) if step.parent else sections[step.section]
        paths[step.key] = (*inside, step.text)
        known.append(_Known(step, sections[step.section], inside, (texts[number], texts[number + 2])))
    return known


def _section_paths(runbook: Runbook) -> list[tuple[str, ...]]:
    """Return for each section its title behind those of the sections it stands in."""
    above: list[tuple[int, str]] = []
    paths: list[tuple[str, ...]] = []
    for section in runbook.sections:
        while above and above[-1][0] >= section.level:
            above.pop()
        above.append((section.level, section.title))
        paths.append(tuple(title for _, title in above))
    return paths


def _left(known: Sequence[_Known], taken: Iterable[str]) -> list[_Known]:
    gone = set(taken)
    return [one for one in known if one.step.key not in gone]


def _pair(
    before: Sequence[_Known], after: Sequence[_Known], moved: dict[str, str], identity: _Identity, *, alone: bool
) -> None:
    """Pair the steps of one identity where there are as many before as after, or only where there is one of each."""
    groups: defaultdict[Hashable, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, known in enumerate((_left(before, moved), _left(after, moved.values()))):
        for one in known:
            groups[identity(one)][side].append(one.step.key)
    for old, new in groups.values():
        if len(old) == len(new) and (len(old) == 1 or not alone):
            moved.update(zip(old, new, strict=True))


def _pair_alike(before: Sequence[_Known], after: Sequence[_Known], moved: dict[str, str]) -> None:
    """Pair what differs in a few letters within one section, where neither has a second partner."""
    sections: defaultdict[tuple[str, ...], tuple[list[Step], list[Step]]] = defaultdict(lambda: ([], []))
    for side, known in enumerate((_left(before, moved), _left(after, moved.values()))):
        for one in known:
            sections[one.section][side].append(one.step)
    for old, new in sections.values():
        if len(old) * len(new) > _MOST_PAIRS:
            continue
        pairs = [(one.key, other.key) for one, other in product(old, new) if _alike(one.text, other.text)]
        partners = Counter(key for one, other in pairs for key in (f"old {one}", f"new {other}"))
        moved.update(pair for pair in pairs if partners[f"old {pair[0]}"] == partners[f"new {pair[1]}"] == 1)


def _alike(old: str, new: str) -> bool:
    """Say whether two texts mean the same step: nearly the same letters, the same numbers, and not the contrary."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < ALIKE or _NUMBERS.findall(old) != _NUMBERS.findall(new):
        return False
    return matcher.ratio() >= ALIKE and not _contrary(old, new)


def _contrary(old: str, new: str) -> bool:
    """Say whether the words that differ turn the meaning: "not", "stop" for "start", "disable" for "enable"."""
    before, after = (frozenset(_WORDS.findall(text.casefold())) for text in (old, new))
    if (before ^ after) & _CONTRARY:
        return True
    stems = {_TURNING.sub("", word, count=1) for word in before - after}
    return any(_TURNING.sub("", word, count=1) in stems for word in after - before)
