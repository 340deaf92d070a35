"""The handoff on screen: brief, offer, read-back, and taking command."""

from __future__ import annotations

from pathlib import Path

import pytest

from incident_cockpit.incident.facts.roles import commander
from incident_cockpit.incident.views.timeline import timeline_entries
from incident_cockpit.tui.screens.cockpit import CockpitScreen
from incident_cockpit.tui.screens.form import FormScreen
from incident_cockpit.tui.screens.read_back import BRIEF, KEEP, Offer, Point, ReadBackScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from support.response import in_the_loop
from support.screen import Scene, opened, until
from support.single_screen import HOSTILE, Holder, text_of, type_ahead

SIZES = [(120, 40), (80, 24)]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENT_HOME", str(tmp_path))


def texts(screen: CockpitScreen) -> list[str]:
    return [said.text for said in timeline_entries(screen.live.record)]


@pytest.mark.parametrize("size", SIZES)
async def test_handoff_by_brief_offer_read_back_and_y(tmp_path: Path, size: tuple[int, int]) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        await pilot.press("H")
        await until(lambda: "Handoff brief" in text_of(app))
        type_ahead(app, "enter", "~Kim", "enter")
        await until(lambda: "H start read-back" in text_of(app))
        await pilot.press("H")
        await until(lambda: "on record: 8% of EU card payments fail" in text_of(app))
        type_ahead(app, "~EU cards fail, one in twelve", "enter", "~Raj and Kim, both late", "enter")
        await until(lambda: "▸ Promise" in text_of(app))
        assert "✓ Impact: EU cards fail, one in twelve" in text_of(app)
        await pilot.press("y", "enter")
        await pilot.pause()
        assert commander(screen.live.record.incident) == "Ana", "y is a letter until everything was read back"
        type_ahead(app, "backspace", "~external, at three", "enter")
        await until(lambda: "Press y to take command" in text_of(app))
        assert commander(screen.live.record.incident) == "Ana"
        await pilot.press("y")
        await until(lambda: app.screen is screen)
        assert commander(screen.live.record.incident) == "Kim"
        assert texts(screen)[-2:] == ["Kim has command, from Ana", "Incident Commander: Ana → Kim"]
        assert "now Kim: Raj: who dep" in text_of(app)


async def test_handoff_brief_can_be_copied_repeatedly(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("H")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        await pilot.press("c")
        await until((tmp_path / "last-copy.txt").exists)
        copied = (tmp_path / "last-copy.txt").read_text()
        assert copied.startswith("*Handoff brief: SEV2 INC-1")
        assert "roll back 4512 before the EU peak; because 8% fail" in copied
        # The line that says so otherwise stands behind the box.
        await until(lambda: isinstance(app.screen, ReaderScreen) and "clipboard     " in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        assert screen.live.record.incident.handoff is None


@pytest.mark.parametrize(("key", "starts"), [("o", "*SEV2 INC-1"), ("W", "*Stand-down: SEV2 INC-1")])
async def test_keys_copy_join_brief_and_stand_down(tmp_path: Path, key: str, starts: str) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press(key)
        await until(
            lambda: "brief: " in screen.query_one("#message").text or "list: " in screen.query_one("#message").text
        )
        assert (tmp_path / "last-copy.txt").read_text().startswith(starts)


async def test_next_key_opens_read_back_and_withdraws(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().do("impact", impact="EU cards").do("handoff", who="Kim")
    app = scene.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        assert "Kim reads back: " in text_of(app)
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, ReadBackScreen) and app.screen.focused is not None)
        assert "no open" in text_of(app)
        await pilot.press("ctrl+g")
        await until(lambda: screen.live.record.incident.handoff is None)
        assert texts(screen)[-1] == "Ana keeps command"


@pytest.mark.parametrize(("who", "first"), [("Kim", "Kim reads back: "), ("Ana", "Raj: who deployed 4512? (late")])
async def test_offer_of_command_is_next_for_incoming(tmp_path: Path, who: str, first: str) -> None:
    scene = in_the_loop(Scene(tmp_path)).do("handoff", who="kim")
    scene.who = who
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        assert f"NEXT   {first}".casefold() in text_of(app).casefold()
        await pilot.press("g")
        await until(lambda: isinstance(app.screen, ReadBackScreen if who == "Kim" else FormScreen))


async def test_brief_can_be_reread_during_read_back(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().do("handoff", who="Kim").do("read-back", point="impact", words="EU")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await pilot.press("H")
        await until(lambda: isinstance(app.screen, ReadBackScreen) and app.screen.focused is not None)
        await pilot.press("ctrl+b")
        await until(lambda: isinstance(app.screen, ReaderScreen))
        assert "Kim reads back" in text_of(app)
        await pilot.press("enter")
        await until(lambda: "✓ Impact: EU" in text_of(app))
        assert "unknown" in text_of(app)


async def test_read_back_elsewhere_keeps_typed_point(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().do("handoff", who="Kim")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("H")
        await until(lambda: isinstance(app.screen, ReadBackScreen) and app.screen.focused is not None)
        await pilot.press(*"half")
        with scene.another("Kim") as theirs:
            session = theirs.session(screen.live.record.id)
            session.act("read-back", {"point": "impact", "words": "EU cards"})
            await until(lambda: "✓ Impact: EU cards" in text_of(app))
            await pilot.press("enter")
            await until(lambda: "already" in text_of(app).casefold())
            type_ahead(app, *["backspace"] * 4)
            await until(lambda: "▸ Asks" in text_of(app))
            for point in ("asks", "promise"):
                session.act("read-back", {"point": point, "words": "said"})
            session.act("take-command", {})
        await until(lambda: "The offer was withdrawn" in text_of(app))
        await pilot.press("escape")
        await until(lambda: app.screen is screen)
        assert commander(screen.live.record.incident) == "Kim"


async def test_read_back_text_is_not_keys_after_offer_ends(tmp_path: Path) -> None:
    scene = Scene(tmp_path).declare().do("handoff", who="Kim")
    app = scene.app()
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("H")
        await until(lambda: isinstance(app.screen, ReadBackScreen) and app.screen.focused is not None)
        with scene.another("Ana") as library:
            theirs = library.session(screen.live.record.id)
            theirs.act("undo", {})
            await until(lambda: "The offer was withdrawn" in text_of(app))
            before = len(texts(screen))
            type_ahead(app, "~all of EU", "enter")
            await until(lambda: "not offered" in text_of(app))
            theirs.act("redo", {})
        await until(lambda: "was withdrawn" not in text_of(app))
        await pilot.press("enter")
        await until(lambda: "Kim read back impact: all of EU" in texts(screen)[-1])
        assert len(texts(screen)) == before + 2


async def test_command_without_read_back_logs_reason(tmp_path: Path) -> None:
    app = Scene(tmp_path).declare().do("handoff", who="Kim").app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        type_ahead(app, "~n:take-command Ana is unwell", "enter")
        await until(lambda: commander(screen.live.record.incident) == "Kim")
        assert all(part in texts(screen)[-2] for part in ("impact, asks, promise", "Ana is unwell"))


@pytest.mark.parametrize("typed", [":handoff Kim", "-2m :handoff Kim"])
async def test_typed_handoff_keeps_its_time(tmp_path: Path, typed: str) -> None:
    scene = Scene(tmp_path).declare().wait("10m")
    app = scene.app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.entry.start(typed)
        await pilot.press("enter")
        await until(lambda: screen.live.record.incident.handoff is not None)
        event = screen.live.record.events[-1]
        assert (event.recorded - event.happened).total_seconds() == (120 if typed.startswith("-") else 0)


async def test_resolving_offers_stand_down_list(tmp_path: Path) -> None:
    app = in_the_loop(Scene(tmp_path)).app()
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await opened(pilot)
        screen.do("resolve", {"verified": "5xx at baseline"})
        await until(lambda: "Press y" in text_of(app))
        await pilot.press("y")
        await until(lambda: app.screen is screen)
        assert "W copy" in screen.query_one("#message").text


# The box by itself


def points(*said: str) -> tuple[Point, ...]:
    words = (*said, "", "", "")
    return tuple(
        Point(name, f"{name}?", word, ("on record",))
        for name, word in zip(("impact", "asks", "promise"), words, strict=False)
    )


class Talk:
    """An offer that is read back into a list."""

    def __init__(self, *said: str, refuses: str = "") -> None:
        self.offer: Offer | None = Offer("Ana", "Kim", points(*said))
        self.refuses = refuses
        self.heard: list[tuple[str, str]] = []

    async def say(self, point: str, words: str) -> str:
        if self.refuses:
            return self.refuses
        self.heard.append((point, words))
        self.offer = Offer("Ana", "Kim", points(*(words for _, words in self.heard)))
        return ""

    async def take(self) -> str:
        self.offer = None
        return ""

    def screen(self) -> ReadBackScreen:
        return ReadBackScreen(lambda: self.offer, self.say, self.take)


async def test_read_back_requires_text_and_keeps_it() -> None:
    talk = Talk(refuses="the store is locked")
    app = Holder(talk.screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, ReadBackScreen) and app.screen.focused is not None)
        await pilot.press("enter")
        await until(lambda: "▲ Required" in text_of(app))
        type_ahead(app, "~EU", "enter")
        await until(lambda: "the store is locked" in text_of(app))
        assert app.screen.field.text == "EU"
        assert talk.heard == []


@pytest.mark.parametrize(("key", "wanted"), [("ctrl+b", BRIEF), ("ctrl+g", KEEP), ("escape", None)])
async def test_read_back_returns_brief_or_keep(key: str, wanted: str | None) -> None:
    app = Holder(Talk().screen)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, ReadBackScreen) and app.screen.focused is not None)
        await pilot.press(key)
        await until(lambda: app.results == [wanted])


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 15), (40, 10)])
async def test_read_back_survives_any_text_and_size(size: tuple[int, int]) -> None:
    talk = Talk(*HOSTILE[:1])
    talk.offer = Offer(HOSTILE[1], HOSTILE[4], tuple(Point(one, one, one, (one, one)) for one in HOSTILE[:3]))
    app = Holder(talk.screen)
    async with app.run_test(size=size) as pilot:
        await until(lambda: isinstance(app.screen, ReadBackScreen))
        await pilot.pause()
        assert "\x1b" not in text_of(app)
        assert app.rang == 0
        talk.offer = None
        await until(lambda: app.results == [None])
