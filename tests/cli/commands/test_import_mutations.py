"""Exports that were changed in any way, with figures that fit: refused in a sentence, or every view of them works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import ExitCode
from incident_cockpit.incident import codec
from incident_cockpit.journal import jsonl
from support.builders import breach_story, full_plan, loop_story, resolved_story
from support.cli import Shell

Way = tuple[str | int, ...]

# Of each type what is hardest on a reader; a time without a zone, and one at either end of the calendar.
_VALUES: tuple[Any, ...] = (
    None, 0, -1, 1, 2**31, 2**63, 10**30, 1.5, True, "", "x", "x" * 3_000, [], {}, "r1.s999", "@nobody",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2026-11-20T14:00:00Z", "2026-11-20T14:00:00",
)  # fmt: skip
COMMANDS = (
    ["list", "--all"], ["status"], ["status", "--line"], ["status", "--json"], ["show"], ["show", "--json"],
    ["timeline"], ["timeline", "--json"], ["postmortem"], ["adherence"], ["adherence", "--markdown"], ["breach"],
    ["handoff"], ["join"], ["stand-down"], ["ticket"], ["followups"], ["message"], ["log", "goes on"],
    ["verify"], ["doctor"],
)  # fmt: skip


def _ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """Yield the way to every value inside."""
    yield way
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from _ways(inner, (*way, key))


def _at(value: Any, way: Way) -> Any:
    for key in way:
        value = value[key]
    return value


def _change(events: list[dict[str, Any]], random: Random) -> None:
    """Change one thing: a value, a key, or which events there are and in what order."""
    event = random.choice(events)
    *above, key = random.choice([way for way in _ways(event) if way])
    inside = _at(event, tuple(above))
    match random.choice(["value", "value of its type", "value", "key", "gone", "swapped", "twice", "kind", "dropped"]):
        case "value":
            inside[key] = random.choice(_VALUES)
        case "value of its type":
            inside[key] = random.choice([value for value in _VALUES if type(value) is type(inside[key])] or [None])
        case "key" if isinstance(inside, dict):
            inside[f"{key}x"] = inside.pop(key)
        case "gone":
            del inside[key]
        case "swapped":
            first, second = random.randrange(len(events)), random.randrange(len(events))
            events[first], events[second] = events[second], events[first]
        case "twice":
            events.insert(random.randrange(len(events)), json.loads(json.dumps(event)))
        case "kind":
            event["kind"] = random.choice(events).get("kind")
        case "dropped":
            events.remove(event)


def _export(events: list[dict[str, Any]]) -> bytes:
    """Return the events as an export that is whole: in their order, chained, counted."""
    incident, head, written = "ab" * 16, jsonl.GENESIS, []
    for seq, event in enumerate(events, start=1):
        act = event.get("act")
        event.update(incident=incident, seq=seq, id=f"{seq:032x}", act=min(act, seq) if isinstance(act, int) else seq)
        line = json.dumps(event).encode()
        head = jsonl.chained(head, line)
        written.append(line)
    return b"\n".join([jsonl.header(incident, len(events), head), *written])


STORIES = {
    name: [codec.encode(event) for event in story.record.events]
    for name, story in (
        ("resolved", resolved_story(full_plan())), ("loop", loop_story()), ("breach", breach_story()),
    )
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_the_story_itself_is_imported(tmp_path: Path, story: str) -> None:
    shell = Shell(tmp_path)
    name = shell.good("import", "-", stdin=_export([json.loads(line) for line in STORIES[story]])).out.strip()
    for argv in COMMANDS:
        shell.good(*argv, INCIDENT=name)


# What is found is small as it is: to make it smaller takes minutes.
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(story=st.sampled_from(sorted(STORIES)), random=st.randoms(use_true_random=False), count=st.integers(1, 3))
def test_what_was_changed_is_refused_or_every_view_of_it_works(
    tmp_path_factory: pytest.TempPathFactory, story: str, random: Random, count: int
) -> None:
    events = [json.loads(line) for line in STORIES[story]]
    for _ in range(count):
        _change(events, random)
    shell = Shell(tmp_path_factory.mktemp("home"))
    ran = shell("import", "-", stdin=_export(events))
    if ran.code:
        assert (ran.code in (ExitCode.REFUSED, ExitCode.STORE), shell.events()) == (True, 0), ran
        assert ran.err.startswith("incident: -: ")
        return
    for argv in COMMANDS:
        shell.good(*argv, INCIDENT=ran.out.strip())
