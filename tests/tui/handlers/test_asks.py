"""Asks in the Due and People panes: answering, acknowledging, extending, reassigning, dropping, and their page."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.actions.arguments.of_incident import AskArg
from incident_cockpit.actions.arguments.people import PersonArg
from incident_cockpit.incident.facts.asks import AskStatus, open_asks
from incident_cockpit.tui.screens.reader import ReaderScreen
from support.response import in_the_loop, incident, put, texts
from support.screen import Scene, opened, until
from support.single_screen import text_of, type_ahead


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("keys", "becomes"),
    [
        (("a",), "Raj acknowledged: replica lag?"),
        (("plus",), "Raj, extended to 14:37 UTC: replica lag?"),
        (("greater_than_sign", "~Mio", "enter", "enter"), "Raj → Mio: replica lag?"),
        (("minus",), "dropped: Raj: replica lag?"),
        (("space", "~3 seconds", "enter"), "Raj: replica lag? → 3 seconds"),
        (("enter", "a"), "Raj acknowledged: replica lag?"),
        (("enter", "plus", "~20m", "enter"), "Raj, extended to 14:47 UTC: replica lag?"),
        (("enter", "minus", "~we know", "enter"), "dropped: Raj: replica lag? (we know)"),
    ],
)
async def test_due_keys_act_on_an_ask(tmp_path: Path, keys: tuple[str, ...], becomes: str) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3")
        put(screen, "due", "Raj: replica lag?")
        type_ahead(app, *keys)
        await until(lambda: texts(screen)[-1] == becomes)
        assert app.screen is screen


async def test_extending_twice_is_for_the_same_ask(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3")
        put(screen, "due", "who deployed")
        type_ahead(app, "plus", "plus", "greater_than_sign", "~Mio", "enter", "enter")
        await until(lambda: texts(screen)[-1] == "Raj → Mio: who deployed 4512?")
        assert next(one for one in incident(screen).asks.values() if one.who == "Mio").extended == 2


async def test_enter_opens_the_page_of_an_ask(tmp_path: Path) -> None:
    scene = (
        in_the_loop(Scene(tmp_path)).do("extend", ask="who deployed", within="5m").do("reassign", ask="who", who="Kim")
    )
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3")
        put(screen, "due", "who deployed")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        drawn = text_of(app)
        for words in ("asked         14:14 by Ana", "acknowledged  no", "extended      once", "Raj"):
            assert words in drawn
        assert "space answer · a acknowledge · + extend · > reassign · - drop" in drawn
        await pilot.press("escape")
        await until(lambda: app.screen is screen)


async def test_people_pane_lists_late_asks_first(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(200, 60)) as pilot:
        screen = await opened(pilot)
        rows = [
            " ".join(cell.text.strip() for cell in (*row.left, *row.right)).split()
            for row in screen.query_one("#people").rows
        ]
        at = next(place for place, row in enumerate(rows) if "Raj" in row)
        assert " ".join(rows[at + 1]) == "▲ late 10m who deployed 4512? ✓ acknowledged"
        assert " ".join(rows[at + 2]) == "▲ late 4m replica lag?"
        assert [row[-1] for row in rows].count("lag?") == 2, "Kim, who holds no role, stands below with the other one"


async def test_asks_hide_no_role_until_the_people_pane_is_in_use(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        people = screen.query_one("#people")
        drawn = text_of(app)
        assert "Technical Lead        Raj         ▲ who deployed…  +1" in drawn
        assert "                      Kim         ▲ replica lag?" in drawn, "before roles that nobody has to hold"
        assert "Scribe" in drawn
        # Typed at once: the second key is about the lines as they are for whoever works there.
        type_ahead(app, "4", "down", "down")
        await until(lambda: people.cursor_key == "?a27")
        assert screen.cursor(AskArg) == "a27"
        await until(lambda: "▲ late 10m     who deployed 4512?" in text_of(app))
        await pilot.press("1")
        await until(lambda: "Scribe" in text_of(app))
        assert people.cursor_key == "tech:Raj"


async def test_unassigned_role_is_in_view_after_leaving_people(tmp_path: Path) -> None:
    scene = in_the_loop(Scene(tmp_path)).do("release", role="tech")
    for who in ("Noor", "Zoë", "Tim", "Uma", "Pia"):
        scene.do("ask", who=who, within="5m", text="who is awake?")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        people = screen.query_one("#people")
        await until(lambda: "Technical Lead        unassigned" in text_of(app))
        type_ahead(app, "4", "end", "up", "up")
        await until(lambda: "Technical Lead        unassigned" not in text_of(app))
        await pilot.press("1")
        await until(lambda: "Technical Lead        unassigned" in text_of(app))
        left = people.cursor_key
        await pilot.press("4")
        await until(lambda: "Technical Lead        unassigned" not in text_of(app))
        assert people.cursor_key == left


@pytest.mark.parametrize("keys", ["1", "4"])
async def test_a_long_name_is_not_cut_beside_its_ask(tmp_path: Path, keys: str) -> None:
    app = in_the_loop(Scene(tmp_path)).do("ask", who="Network provider", within="10m", text="is the line down?").app()
    async with app.run_test(size=(120, 70)) as pilot:
        await opened(pilot)
        await pilot.press(keys)
        await until(lambda: "Network provider" in text_of(app).partition("4 People")[2].partition("5 Hypotheses")[0])


async def test_people_keys_act_on_an_ask(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("4")
        put(screen, "people", "who deployed")
        assert screen.cursor(PersonArg) is None
        type_ahead(app, "space", "~Noor did", "enter")
        await until(lambda: texts(screen)[-1] == "Raj: who deployed 4512? → Noor did")
        put(screen, "people", "replica lag?")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        await pilot.press("escape", "minus")
        await until(lambda: texts(screen)[-1] == "dropped: Raj: replica lag?")
        assert [ask.who for ask in open_asks(incident(screen)).values()] == ["Kim"]
        put(screen, "people", "Technical Lead")
        await pilot.press("minus")
        await until(lambda: "tech" not in incident(screen).roles)


async def test_answering_on_a_person_answers_their_ask(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("4")
        people = screen.query_one("#people")
        people.move_to(":Kim")
        type_ahead(app, "space", "~3 seconds", "enter")
        await until(lambda: texts(screen)[-1] == "Kim: replica lag? → 3 seconds")
        people.move_to("tech:Raj")
        type_ahead(app, "space", "enter", "~Noor did", "enter")
        await until(lambda: texts(screen)[-1] == "Raj: who deployed 4512? → Noor did")
        # With one ask left it needs no choice, and the role is still what there is to free.
        people.move_to("tech:Raj")
        await pilot.press("minus")
        await until(lambda: "tech" not in incident(screen).roles)
        assert [ask.who for ask in open_asks(incident(screen)).values()] == ["Raj"]
        people.move_to(":Raj")
        await pilot.press("minus")
        await until(lambda: texts(screen)[-1] == "dropped: Raj: replica lag?")


async def test_several_people_are_asked_at_once(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "at", "~ra", "enter")
        await until(lambda: "Due in" in text_of(app))
        await pilot.press("shift+tab")
        type_ahead(app, *["backspace"] * 3, "~Raj, mi", "enter", "enter", "~who is awake?", "enter")
        await until(lambda: "Mio, 10m: who is awake?" in texts(screen)[-1])
        assert texts(screen)[-2] == "Raj, 10m: who is awake?"


async def test_an_ask_that_ended_elsewhere_is_not_changed(tmp_path: Path) -> None:
    scene = in_the_loop(Scene(tmp_path))
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("3")
        put(screen, "due", "who deployed")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        with scene.another("Raj") as theirs:
            session = theirs.session(screen.live.record.id)
            session.act("answer", {"ask": "who deployed", "answer": "Noor"})
        await until(lambda: "Raj: who deployed 4512? → Noor" in texts(screen))
        await pilot.press("space")
        await until(lambda: "Already answered" in text_of(app))
        assert [one.status for one in incident(screen).asks.values()].count(AskStatus.ANSWERED) == 1
