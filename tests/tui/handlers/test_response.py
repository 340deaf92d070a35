"""The response by key: evidence, outcomes, decisions and their reviews, and the situation page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from incident_cockpit.incident.facts.hypotheses import Belief
from incident_cockpit.incident.facts.notes import ActionOutcome
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from support.builders import plain_plan
from support.response import in_the_loop, incident, last, put, texts
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


# Evidence


@pytest.mark.parametrize(("key", "speaks_for"), [("plus", True), ("minus", False)])
async def test_a_timeline_entry_is_logged_as_evidence(tmp_path: Path, key: str, speaks_for: bool) -> None:
    scene = Scene(tmp_path).declare().do("hypothesis", text="bad deploy").do("hypothesis", text="DNS")
    seen = last(scene.do("test", hypothesis="DNS").do("note", text="5xx after the deploy"))
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("2", key)
        await until(lambda: isinstance(app.screen, FormScreen))
        drawn = text_of(app)
        assert "note: 5xx after the deploy" in drawn
        assert "testing" in drawn
        assert not re.search(r"\bh\d+\b", drawn), "an id that was counted says nothing"
        await pilot.press("enter")
        held = lambda: next(iter(incident(screen).hypotheses.values()))  # noqa: E731
        await until(lambda: held().evidence)
        [found] = held().evidence
        assert (found.speaks_for, found.text, found.line) == (speaks_for, "note: 5xx after the deploy", seen)


async def test_evidence_is_counted_and_listed_with_its_entry(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert "+1 -1" in text_of(app)
        await pilot.press("5", "enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        drawn = text_of(app)
        assert "• note: 5xx began two minutes after the deploy (#21, 14:09, Ana)" in drawn
        assert "Contradicting evidence" in drawn
        type_ahead(app, "a", "~the canary is well", "enter")
        await until(lambda: "against bad deploy 4512: the canary is well" in texts(screen))
        assert "+1 -2" in text_of(app)


async def test_actions_on_a_hypothesis_depend_on_its_status(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("5", "down", "enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        assert "- rule out" not in str(app.screen.query_one("#dialog").border_subtitle)
        await pilot.press("o")
        await until(lambda: [one.belief for one in incident(screen).hypotheses.values()] == [Belief.OPEN] * 2)


async def test_evidence_is_an_entry_or_text(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~5", "enter", "~f", "~scaled")
        await until(lambda: "use as typed" in text_of(app) and "action: scaled checkout to 40" in text_of(app))
        await pilot.press("down", "enter")
        await until(lambda: "for bad deploy 4512: action: scaled checkout to 40" in texts(screen))


@pytest.mark.parametrize(
    ("pane", "keys"),
    [
        ("2", "L attach   + supports   - contradicts"),
        ("4", "- unassign   space answer"),
        ("5", "space test   - rule out"),
    ],
)
async def test_the_footer_names_the_keys_of_a_pane(tmp_path: Path, pane: str, keys: str) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        await pilot.press(pane)
        await until(lambda: text_of(app).splitlines()[-1].strip().startswith(keys))


# Effects and decisions


async def test_outcome_is_for_the_action_under_the_cursor_or_newest(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).do("action", text="restarted pods").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("2")
        put(screen, "timeline", "scaled checkout")
        type_ahead(app, "~E", "~wor", "enter", "~queue grows", "enter")
        await until(lambda: texts(screen)[-1] == "scaled checkout to 40  worse: queue grows")
        type_ahead(app, "~1E", "enter", "enter", "enter")
        await until(lambda: texts(screen)[-1] == "restarted pods  helped")
        assert {one.verdict for one in incident(screen).effects.values()} == {ActionOutcome.HELPED, ActionOutcome.WORSE}


async def test_next_asks_for_an_outcome_after_a_while(tmp_path: Path) -> None:
    scene = Scene(tmp_path).follow(plain_plan()).declare().do("solo").do("impact", impact="EU")
    app = scene.do("action", text="rolled back").wait("6m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        assert re.search("NEXT .*outcome.*rolled back", text_of(app))
        type_ahead(app, "~g", "~no", "enter", "enter")
        await until(lambda: texts(screen)[-1] == "rolled back  no change")


@pytest.mark.parametrize(
    ("keys", "becomes"),
    [
        (("o", "~Mio: the queue", "enter"), "objections: Raj: drain first; Mio: the queue"),
        (("x", "~it did not help", "enter"), "reversed: roll back 4512 before the EU peak (it did not help)"),
        (("w", "enter"), "reviewed"),
        (("w", "down", "enter", "~30m", "enter"), "review at 14:57 UTC"),
    ],
)
async def test_a_decision_takes_objections_and_reviews(tmp_path: Path, keys: tuple[str, ...], becomes: str) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("2")
        put(screen, "timeline", "roll back 4512")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        assert "risk: loses two features" in text_of(app)
        type_ahead(app, *keys)
        await until(lambda: texts(screen)[-1].endswith(becomes))


@pytest.mark.parametrize(
    ("keys", "becomes"),
    [
        (("space", "enter"), "reviewed"),
        (("space", "~rev", "enter", "~worse", "enter"), "(worse)"),
        (("minus",), "reviewed"),
        (("w", "enter"), ""),
    ],
)
async def test_a_due_decision_is_kept_reversed_or_snoozed(tmp_path: Path, keys: tuple[str, ...], becomes: str) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3")
        put(screen, "due", "Review decision")
        before = screen.live.record.seq
        type_ahead(app, *keys)
        await until(lambda: screen.live.record.seq > before)
        assert texts(screen)[-1].endswith(becomes)
        assert bool(incident(screen).timers.snoozed) is (becomes == "")


async def test_the_page_of_a_due_decision_has_its_rationale(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3")
        put(screen, "due", "Review decision")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        drawn = text_of(app)
        assert "rationale: 8% fail" in drawn
        assert "o object · w review · x reverse · + supports · - contradicts" in drawn


async def test_next_reviews_a_late_decision(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().do("impact", impact="EU").do("decide", text="no deploys", revisit="5m").wait("6m")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, PickScreen))
        assert "Still valid" in text_of(app)
        await pilot.press("enter")
        await until(lambda: texts(screen)[-1] == "no deploys: reviewed")


async def test_an_entry_names_its_author_and_who_logged_it(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("chat", thread="[14:00] Raj: errors\n[14:00] Mio: tickets", after="5m").app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("2", "enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        assert re.search("Mio, .*Ana", text_of(app))


async def test_an_undone_entry_takes_no_actions(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("hypothesis", text="DNS").do("action", text="oops").do("undo").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("2")
        put(screen, "timeline", "oops")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        assert "undone        by Ana" in text_of(app)
        assert "effect" not in text_of(app).splitlines()[-1]


# How it stands


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_needs_and_affected_systems_are_on_the_border(tmp_path: Path, size: tuple[int, int]) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        assert "need: somebody with access to the… · search major outage · checkout" in text_of(app)
        screen.do("need-met", {"need": "gateway", "who": "Kim"})
        screen.do("system", {"system": "search", "health": "restored"})
        await until(lambda: "need: " not in text_of(app) and "search major" not in text_of(app))


async def test_the_situation_page_copies_the_situation(tmp_path: Path) -> None:
    scene = in_the_loop(Scene(tmp_path)).do("impact", impact="3% of EU card payments fail")
    app = scene.do("system", system="search", health="restored").app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("v")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        drawn = text_of(app)
        for words in (
            "3% of EU card payments fail (1m ago)",
            "peak: 8% of EU card payments at 14:03",
            "checkout: degraded (EU only), since 14:04",
            "search: restored, since 14:29",
            "somebody with access to the gateway (open for 23m",
            "review late 1m",
            "14:25 scaled checkout to 40 (Ana) → outcome unknown",
        ):
            assert words in drawn, words
        await pilot.press("c")
        await until((tmp_path / "last-copy.txt").exists)


async def test_a_new_incident_has_a_situation_page(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().app()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        type_ahead(app, "~n:situation", "enter")
        await until(lambda: "Impact: unknown" in text_of(app))
