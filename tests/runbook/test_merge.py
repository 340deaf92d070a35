"""A newer version of a runbook: every tick stays with its step, and never goes to another one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident_cockpit.errors import Refused
from incident_cockpit.runbook.merge import Merged, match_steps, rekey
from incident_cockpit.runbook.model import Runbook
from incident_cockpit.runbook.reader import read_runbook

OLD = """\
# Outage
## Look
- [ ] Open the dashboard
- [ ] Check the disk of db-1
  - [ ] Wait
- [ ] Wait
## Mend
- [ ] Wait
- [ ] Restart the payment service in one region
"""


def book(text: str) -> Runbook:
    return read_runbook(text.encode(), "a.md")


def merged(old: str, new: str) -> Merged:
    return match_steps(book(old), book(new))


def listed(*steps: str) -> str:
    return "# T\n" + "".join(f"- [ ] {step}\n" for step in steps)


def test_the_same_file_is_the_same() -> None:
    keys = [step.key for step in book(OLD).steps]
    assert merged(OLD, OLD) == Merged({key: key for key in keys}, (), (), ())


def test_a_step_in_front_moves_nothing() -> None:
    found = merged(OLD, OLD.replace("## Look\n", "## Look\n- [ ] Breathe\n"))
    assert found.moved == {f"s{number}": f"s{number + 1}" for number in range(1, 7)}
    assert (found.added, found.gone, found.changed) == (("s1",), (), ())


def test_a_step_that_is_taken_away_is_gone() -> None:
    found = merged(OLD, OLD.replace("- [ ] Open the dashboard\n", ""))
    assert (found.added, found.gone) == ((), ("s1",))
    assert found.moved["s2"] == "s1"


def test_the_same_words_at_several_places_keep_apart() -> None:
    found = merged(OLD, OLD.replace("## Mend\n- [ ] Wait\n", "## Mend\n"))
    assert found.gone == ("s5",)
    assert (found.moved["s3"], found.moved["s4"]) == ("s3", "s4")


def test_the_same_words_twice_in_a_section_go_by_their_neighbours() -> None:
    found = merged(listed("a", "Wait", "b", "Wait", "c"), listed("a", "Wait", "b", "d", "Wait", "b", "Wait", "c"))
    assert (found.moved["s2"], found.moved["s4"]) == ("s2", "s7")


def test_what_could_be_two_steps_is_none() -> None:
    found = merged(listed("Wait"), listed("x", "Wait", "y", "Wait"))
    assert (found.moved, found.gone) == ({}, ("s1",))


def test_a_step_in_another_section_is_found_by_its_words() -> None:
    moved = OLD.replace("- [ ] Open the dashboard\n", "") + "- [ ] Open the dashboard\n"
    assert merged(OLD, moved).moved["s1"] == "s6"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Restart the payment service in one region", "Restart the payments service in one region"),
        ("Check dashboard", "Check dashboards"),
        ("Prüfe die Größe der Warteschlange", "Prüfe die Grösse der Warteschlange"),
    ],
)
def test_corrected_word_is_the_same_step(old: str, new: str) -> None:
    found = merged(listed(old), listed(new))
    assert (found.moved, found.changed) == ({"s1": "s1"}, ("s1",))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Drain node-1 and wait for it", "Drain node-2 and wait for it"),
        ("Enable writes on the primary database", "Disable writes on the primary database"),
        ("Start the replication of the primary", "Stop the replication of the primary"),
        ("Do failover to the second region", "Do not failover to the second region"),
        ("Mount the volume on the host", "Unmount the volume on the host"),
        ("Turn the feature flag on for everyone", "Turn the feature flag off for everyone"),
    ],
)
def test_what_looks_alike_and_means_something_else_is_another_step(old: str, new: str) -> None:
    found = merged(listed(old), listed(new))
    assert (found.moved, found.added, found.gone) == ({}, ("s1",), ("s1",))


def test_alike_counts_within_a_section_only() -> None:
    old = "# A\n- [ ] Restart the payment service\n# B\n- [ ] b\n"
    new = "# A\n- [ ] a\n# B\n- [ ] Restart the payments service\n"
    assert merged(old, new).moved == {}


def test_two_that_are_alike_are_not_told_apart() -> None:
    found = merged(
        listed("Restart the payment service"),
        listed("Restart the payments service", "Restart the payment servers"),
    )
    assert found.moved == {}


def test_a_section_that_was_rewritten_ends_soon() -> None:
    old = listed(*(f"look at thing {number:05}" for number in range(1200)))
    new = listed(*(f"thing {number:05} to look at" for number in range(1200)))
    assert merged(old, new).moved == {}


def test_a_step_keeps_its_key_everywhere() -> None:
    old, new = book(OLD), book("# Outage\n## Look\n- [ ] New\n\ntext\n\n" + OLD.partition("## Look\n")[2])
    found = match_steps(old, new)
    keys = {after: before for before, after in found.moved.items()} | {key: f"n{key}" for key in found.added}
    again = rekey(new, keys)
    assert [step.key for step in again.steps] == ["ns1", "s1", "s2", "s3", "s4", "s5", "s6"]
    assert [step.parent for step in again.steps if step.parent] == ["s2"]
    assert [aside.after for aside in again.asides] == ["ns1"]
    assert [step.span for step in again.steps] == [step.span for step in new.steps]


TEXTS = st.sampled_from(
    ["Wait", "Look at db-1", "Look at db-2", "Restart it", "Restart it now", "Call Raj", "Stop", "ü"]
)
FILES = st.lists(
    st.tuples(st.sampled_from(["- [ ] ", "- [ ] ", "- [x] ", "  - [ ] ", "# "]), TEXTS).map("".join), max_size=10
).map(lambda lines: "\n".join(["- [ ] First", *lines]))


@settings(max_examples=300)
@given(FILES, FILES)
def test_every_step_is_somewhere_and_only_once(old: str, new: str) -> None:
    before, after = book(old), book(new)
    found = match_steps(before, after)
    assert {*found.moved, *found.gone} == {step.key for step in before.steps}
    assert sorted([*found.moved.values(), *found.added]) == sorted(step.key for step in after.steps)
    assert len(set(found.moved.values())) == len(found.moved)
    assert not set(found.moved) & set(found.gone)
    assert set(found.changed) <= set(found.moved)
    texts = {step.key: step.text for step in after.steps}
    assert all(
        step.text == texts[found.moved[step.key]]
        for step in before.steps
        if step.key in {*found.moved} - {*found.changed}
    )


@settings(max_examples=100)
@given(FILES)
def test_merging_the_same_file_moves_nothing(text: str) -> None:
    found = match_steps(book(text), book(text))
    assert (found.added, found.gone, found.changed) == ((), (), ())
    assert all(before == after for before, after in found.moved.items())


def test_runbooks_of_others_keep_nearly_all_ticks(corpus: Path) -> None:
    """Lines put in at random, as an editor would, must not cost a tick of a step whose words are there once."""
    chance = random.Random(7)  # noqa: S311 - no secret
    for path in sorted((corpus / "runbooks").glob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            old = book(text)
        except Refused:
            continue
        lines = text.splitlines(keepends=True)
        places = [step.line - 1 for step in old.steps if step.depth == 0 and step.box is not None]
        for place in sorted(chance.sample(places, min(3, len(places))), reverse=True):
            lines.insert(place, lines[place].partition("[")[0] + f"[ ] Entirely new {place}\n")
        new = book("".join(lines))
        found = match_steps(old, new)
        once = [step.key for step in old.steps if sum(step.text == other.text for other in old.steps) == 1]
        assert not set(once) - set(found.moved), path.name
