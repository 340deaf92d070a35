"""Matching of steps between two versions of a runbook; a tick must never move to another step."""

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
# Comparing all pairs of a section takes time; with so many new steps, nothing is guessed.
_MOST_PAIRS = 40_000
_NUMBERS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Words and prefixes that reverse the meaning of a step while most of its letters stay.
_OPPOSITES = frozenset(
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
_PREFIX = re.compile(r"(?:dis|un|de|re|non|in|im|en)(?=[^\W_]{3})")


class Merged(Struct, frozen=True):
    """The result of a match: `moved` maps old keys to new ones, `changed` are the old keys of reworded steps.

    `added` are new keys and `gone` old ones, each in the order of its file.
    """

    moved: Mapping[str, str]
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]


class _StepContext(Struct, frozen=True):
    """A step with its context: the titles above it, the texts of its parents, and its neighbours."""

    step: Step
    section: tuple[str, ...]
    path: tuple[str, ...]
    near: tuple[str, str]


_Between = TypeVar("_Between", ProseBlock, Gate)
_Identity = Callable[[_StepContext], Hashable]
# Each is tried on the steps that the one before left; among equals on both sides, their order decides.
_IN_PLACE: tuple[_Identity, ...] = (
    lambda known: (known.path, known.step.text, known.step.guidance, known.step.code),
    lambda known: (known.path, known.step.text, known.near),
    lambda known: (known.path, known.step.text),
)


def match_steps(old: Runbook, new: Runbook) -> Merged:
    """Match each old step with one of the newer version: by path and text, by text, by similar text in its section.

    An ambiguous match is none: the steps count as gone and as new, because a wrong tick is worse than none.
    """
    before, after = _known(old), _known(new)
    moved: dict[str, str] = {}
    for identity in _IN_PLACE:
        _pair(before, after, moved, identity, alone=False)
    _pair(before, after, moved, lambda known: known.step.text, alone=True)
    _pair_alike(before, after, moved)
    texts = {step.key: step.text for step in new.steps}
    matched = set(moved.values())
    return Merged(
        moved={step.key: moved[step.key] for step in old.steps if step.key in moved},
        added=tuple(step.key for step in new.steps if step.key not in matched),
        gone=tuple(step.key for step in old.steps if step.key not in moved),
        changed=tuple(step.key for step in old.steps if step.key in moved and texts[moved[step.key]] != step.text),
    )


def same_decision_points(old: Runbook, new: Runbook) -> dict[str, str]:
    """Return the old key by new key of each decision point whose text is unique in both versions."""
    before, after = (Counter(gate.text for gate in runbook.gates) for runbook in (old, new))
    known = {gate.text: gate.key for gate in old.gates}
    return {gate.key: known[gate.text] for gate in new.gates if before[gate.text] == after[gate.text] == 1}


def rekey(new: Runbook, keys: Mapping[str, str]) -> Runbook:
    """Return the runbook with the key of each step and decision point replaced everywhere; `keys` must have all.

    So a step keeps its key through every version, and its recorded events stay valid.
    """
    return replace(
        new,
        steps=tuple(
            replace(step, key=keys[step.key], parent=keys[step.parent] if step.parent else None) for step in new.steps
        ),
        asides=tuple(_after(aside, keys) for aside in new.asides),
        gates=tuple(replace(_after(gate, keys), key=keys[gate.key]) for gate in new.gates),
    )


def _after(block: _Between, keys: Mapping[str, str]) -> _Between:
    return replace(block, after=keys[block.after]) if block.after else block


def _known(runbook: Runbook) -> list[_StepContext]:
    sections = _section_paths(runbook)
    paths: dict[str, tuple[str, ...]] = {}
    texts = ["", *(step.text for step in runbook.steps), ""]
    known: list[_StepContext] = []
    for number, step in enumerate(runbook.steps):
        inside = (*paths[step.parent],) if step.parent else sections[step.section]
        paths[step.key] = (*inside, step.text)
        known.append(_StepContext(step, sections[step.section], inside, (texts[number], texts[number + 2])))
    return known


def _section_paths(runbook: Runbook) -> list[tuple[str, ...]]:
    """Return the titles of each section and of the sections above it, outermost first."""
    above: list[tuple[int, str]] = []
    paths: list[tuple[str, ...]] = []
    for section in runbook.sections:
        while above and above[-1][0] >= section.level:
            above.pop()
        above.append((section.level, section.title))
        paths.append(tuple(title for _, title in above))
    return paths


def _left(known: Sequence[_StepContext], taken: Iterable[str]) -> list[_StepContext]:
    gone = set(taken)
    return [each for each in known if each.step.key not in gone]


def _pair(
    before: Sequence[_StepContext],
    after: Sequence[_StepContext],
    moved: dict[str, str],
    identity: _Identity,
    *,
    alone: bool,
) -> None:
    """Pair the steps of one identity if as many are before as after; with `alone`, only one of each."""
    groups: defaultdict[Hashable, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, known in enumerate((_left(before, moved), _left(after, moved.values()))):
        for each in known:
            groups[identity(each)][side].append(each.step.key)
    for old, new in groups.values():
        if len(old) == len(new) and (len(old) == 1 or not alone):
            moved.update(zip(old, new, strict=True))


def _pair_alike(before: Sequence[_StepContext], after: Sequence[_StepContext], moved: dict[str, str]) -> None:
    """Pair steps of one section that differ in a few letters, if neither has a second partner."""
    sections: defaultdict[tuple[str, ...], tuple[list[Step], list[Step]]] = defaultdict(lambda: ([], []))
    for side, known in enumerate((_left(before, moved), _left(after, moved.values()))):
        for each in known:
            sections[each.section][side].append(each.step)
    for old, new in sections.values():
        if len(old) * len(new) > _MOST_PAIRS:
            continue
        pairs = [(step.key, other.key) for step, other in product(old, new) if _is_similar(step.text, other.text)]
        partners = Counter(key for first, second in pairs for key in (f"old {first}", f"new {second}"))
        moved.update(pair for pair in pairs if partners[f"old {pair[0]}"] == partners[f"new {pair[1]}"] == 1)


def _is_similar(old: str, new: str) -> bool:
    """Return whether two texts mean the same step: nearly the same letters, the same numbers, not the opposite."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < ALIKE or _NUMBERS.findall(old) != _NUMBERS.findall(new):
        return False
    return matcher.ratio() >= ALIKE and not _is_opposite(old, new)


def _is_opposite(old: str, new: str) -> bool:
    """Return whether the different words reverse the meaning: "not", "stop" for "start", "disable" for "enable"."""
    before, after = (frozenset(_WORDS.findall(text.casefold())) for text in (old, new))
    if (before ^ after) & _OPPOSITES:
        return True
    stems = {_PREFIX.sub("", word, count=1) for word in before - after}
    return any(_PREFIX.sub("", word, count=1) in stems for word in after - before)
