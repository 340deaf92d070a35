"""The list of incidents, the declare dialog, and the command palette."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from textual.command import CommandPalette
from textual.message import Message

from incident_cockpit.actions.arguments.argument import Choice
from incident_cockpit.actions.arguments.of_plan import severity_choices
from incident_cockpit.actions.registry import find
from incident_cockpit.clock import SetClock
from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.incident.facts.followups import FollowUp
from incident_cockpit.incident.views.due import DueItem, DueKind
from incident_cockpit.journal.read import Listed
from incident_cockpit.service.overview import Group, Overview
from incident_cockpit.tui.app.keys import Keys
from incident_cockpit.tui.screens.declare import DeclareScreen
from incident_cockpit.tui.screens.incidents import IncidentsScreen, incident_rows
from incident_cockpit.tui.screens.palette import PROVIDERS
from incident_cockpit.tui.screens.pick import Picker
from incident_cockpit.tui.widgets.list_view import LineList
from incident_cockpit.tui.widgets.text_field import Field
from support.builders import default_plan
from support.naming import naming
from support.screen import until
from support.single_screen import HOSTILE, SIZES, Holder, text_of, type_ahead

NOW = datetime(2026, 11, 20, 14, 37, tzinfo=UTC)


def listed(number: int, title: str = "Checkout fails", *, live: bool = True, severity: str = "SEV2") -> Listed:
    opened = NOW - timedelta(minutes=37)
    return Listed(
        id=f"id-{number}",
        number=number,
        title=title,
        severity=severity,
        phase="investigating" if live else "closed",
        live=live,
        opened=opened,
        ended=None if live else NOW - timedelta(minutes=5),
        commander="Ana",
        seq=9,
        updated=NOW,
    )


class Board(Holder):
    """Holds the list screen and what it asked for."""

    COMMANDS: ClassVar = set(PROVIDERS)

    def __init__(self, *incidents: Listed) -> None:
        self.incidents: Sequence[Listed] = incidents
        self.known: Sequence[Overview] = ()
        self.trouble: Refused | None = None
        self.wanted: list[Message] = []
        self.went: list[str] = []
        self.clock = SetClock(NOW)
        self.keys = Keys({"new": "Y"})
        super().__init__(lambda: IncidentsScreen(self.overview, self.clock, ZoneInfo("Europe/Paris"), self.keys))

    async def listed(self) -> Sequence[Listed]:
        return self.incidents

    async def overview(self) -> Sequence[Overview]:
        if self.trouble is not None:
            raise self.trouble
        return self.known or [Overview(one, Group.OPEN if one.live else Group.CLOSED) for one in self.incidents]

    def open_incident(self, incident_id: str) -> None:
        self.went.append(incident_id)

    def on_incidents_screen_open_requested(self, message: IncidentsScreen.OpenRequested) -> None:
        self.wanted.append(message)

    def on_incidents_screen_declare_requested(self, message: IncidentsScreen.DeclareRequested) -> None:
        self.wanted.append(message)

    def on_incidents_screen_help_requested(self, message: IncidentsScreen.HelpRequested) -> None:
        self.wanted.append(message)

    def on_incidents_screen_action_requested(self, message: IncidentsScreen.ActionRequested) -> None:
        self.wanted.append(message)

    def has_come(self) -> bool:
        return isinstance(self.screen, IncidentsScreen) and bool(self.screen._overviews) and "open" in text_of(self)


async def test_list_puts_open_incidents_first() -> None:
    app = Board(listed(9, "First [/x]", severity="SEV1"), listed(8, "Old one", live=False), listed(7, "Second"))
    async with app.run_test(size=(120, 40)):
        await until(app.has_come)
        drawn = text_of(app).splitlines()
        places = [
            next(y for y, line in enumerate(drawn) if word in line) for word in ("First [/x]", "Second", "Old one")
        ]
        assert places == sorted(places)
        assert "T+37m" in drawn[places[0]]
        assert "Ana" in drawn[places[0]]
        assert "investigating" in drawn[places[0]]
        assert "5m ago" in drawn[places[2]]
        assert "14:37:00 UTC" in drawn[0]
        assert "15:37 Paris" in drawn[0]


async def test_list_shows_legal_duties_of_closed() -> None:
    app = Board(listed(9), replace(listed(8, "Orders leaked to strangers", live=False), legal_duties=3))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app.has_come)
        assert "3 legal duties outstanding" in text_of(app)
        await pilot.press("slash", *"legal")
        await until(lambda: "INC-9" not in text_of(app))
        assert "INC-8" in text_of(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_list_groups_show_late_and_next(size: tuple[int, int]) -> None:
    app = Board(listed(9, "x" * 200), listed(8, "Second"), listed(7, "Third", live=False), listed(6, "Old", live=False))
    ago = [DueItem(f"ask:a{n}", DueKind.ASK, NOW - timedelta(minutes=n), "Raj: lag?", "asked") for n in (19, 2, 1)]
    review = DueItem("deadline:review", DueKind.DEADLINE, NOW + timedelta(hours=8), "Hold the review", "")
    late = FollowUp("Cache limit", "Kim", NOW, "Kim", due=NOW - timedelta(days=3))
    one, two, three, four = app.incidents
    app.known = [
        Overview(one, Group.OPEN, tuple(ago)),
        Overview(two, Group.OPEN),
        Overview(three, Group.RESOLVED, (ago[0], review)),
        Overview(four, Group.CLOSED, follow_ups=(late,), closed=NOW),
    ]
    async with app.run_test(size=size) as pilot:
        await until(app.has_come)
        drawn = [" ".join(line.split()).strip("│ ") for line in text_of(app).splitlines()]
        shown = [line for line in drawn if any(word in line for word in ("Open", "Resolved,", "Closed", "late"))]
        assert shown == [
            naming("Open"), naming("3 late", "19m"), naming("Resolved"), naming("1 late", "19m", "8h: Hold the review"),
            naming("Closed"), naming("1 follow-up late", "3d"),
        ]  # fmt: skip
        await pilot.press("down", "down", "down", "enter")
        await until(lambda: app.wanted)
    assert isinstance(app.wanted[0], IncidentsScreen.OpenRequested)
    assert app.wanted[0].listed.number == 6, "the cursor steps over what stands below an incident"


async def test_list_keys_post_requests() -> None:
    app = Board(listed(9), listed(8))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app.has_come)
        await pilot.press("down", "enter", "Y", "question_mark", "q")
        await until(lambda: len(app.wanted) == 4)
    opened, declare, asked, left = app.wanted
    assert isinstance(opened, IncidentsScreen.OpenRequested)
    assert opened.listed.number == 8
    assert isinstance(declare, IncidentsScreen.DeclareRequested)
    assert isinstance(asked, IncidentsScreen.HelpRequested)
    assert isinstance(left, IncidentsScreen.ActionRequested)
    assert left.name == "back"


def test_list_badge_has_the_rank_of_the_plan() -> None:
    minor = Overview(replace(listed(9), severity="MINOR"), Group.OPEN, rank=3)
    [badge] = [cell for row in incident_rows([minor], NOW) for cell in row.left if cell.text == " MINOR "]
    assert badge.style == "sev3"


async def test_empty_list_names_the_declare_key() -> None:
    app = Board()
    async with app.run_test(size=(80, 24)):
        await until(lambda: "Press Y to declare one" in text_of(app))
        assert "no open" in text_of(app)


@pytest.mark.parametrize(
    ("incidents", "told"),
    [((), "inside an incident: Y declare"), ((listed(9),), "enter open, Y declare")],
)
async def test_incident_key_in_list_names_open_and_declare(incidents: tuple[Listed, ...], told: str) -> None:
    app = Board(*incidents)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: "open" in text_of(app))
        await pilot.pause()
        await pilot.press("n")
        await until(lambda: told in text_of(app))


async def test_list_filter_matches_opens_and_clears() -> None:
    app = Board(listed(9, "Checkout fails"), listed(8, "Search is slow"), listed(7, "Login loops"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app.has_come)
        await pilot.press("slash")
        await until(lambda: isinstance(app.focused, Field))
        type_ahead(app, "~search", "enter")
        await until(lambda: app.wanted)
        assert isinstance(app.wanted[0], IncidentsScreen.OpenRequested)
        assert app.wanted[0].listed.number == 8
        await until(lambda: "Login loops" not in text_of(app))
        await pilot.press("escape")
        await until(lambda: "Login loops" in text_of(app))
        assert isinstance(app.focused, LineList)


async def test_list_shows_store_error_and_keeps_rows() -> None:
    app = Board(listed(9))
    async with app.run_test(size=(80, 24)):
        await until(app.has_come)
        app.trouble = StoreError("the store is locked [/x]", "wait")
        assert isinstance(app.screen, IncidentsScreen)
        await app.screen.reload()
        await until(lambda: "▲ the store is locked [/x]: wait" in text_of(app))
        assert "Checkout fails" in text_of(app)
        app.trouble = None
        await app.screen.reload()
        await until(lambda: "the store is locked" not in text_of(app))


async def test_list_reloads_and_keeps_cursor() -> None:
    app = Board(listed(8))
    async with app.run_test(size=(80, 24)):
        await until(app.has_come)
        app.incidents = (listed(9, "New one"), listed(8))
        assert isinstance(app.screen, IncidentsScreen)
        await app.screen.reload()
        await until(lambda: "New one" in text_of(app))
        assert app.screen.query_one(LineList).cursor_key == "id-8"


@pytest.mark.parametrize("size", [*SIZES, (20, 5)])
async def test_list_survives_any_title_and_size(size: tuple[int, int]) -> None:
    app = Board(*(listed(number, text) for number, text in enumerate(HOSTILE)))
    async with app.run_test(size=size) as pilot:
        await until(lambda: isinstance(app.screen, IncidentsScreen) and bool(app.screen._overviews))
        await pilot.press("down", "pagedown", "end", "home")
        await pilot.click(LineList)
        drawn = text_of(app)
        assert app.rang == 0
    assert all(char.isprintable() or char == "\n" for char in drawn.replace("\u200d", ""))


# Declaring

SEVERITIES = severity_choices(default_plan())


class Registrar:
    """Declares as the library would: refuses what is wrong, remembers what came."""

    def __init__(self) -> None:
        self.given: list[dict[str, str]] = []

    async def declare(self, values: dict[str, str]) -> tuple[str, str]:
        self.given.append(values)
        if not values["title"]:
            return "", "an incident needs a title: say what is broken, for whom"
        if values.get("runbook") == "missing.md":
            raise Refused("the runbook missing.md is not there [/x]", "name another")
        return "id-1", ""

    def app(self) -> Holder:
        return Holder(lambda: DeclareScreen(SEVERITIES, self.declare))


async def declaring(app: Holder) -> None:
    await until(lambda: isinstance(app.screen, DeclareScreen) and app.focused is app.screen.query_one("#title"))


async def test_declare_takes_title_and_severity() -> None:
    registrar = Registrar()
    app = registrar.app()
    async with app.run_test(size=(80, 24)):
        await declaring(app)
        type_ahead(app, "~Checkout returns 500", "enter", "down", "enter")
        await until(lambda: app.results == ["id-1"])
    assert registrar.given == [{"title": "Checkout returns 500", "severity": "SEV2"}]


async def test_declare_severity_can_be_typed() -> None:
    registrar = Registrar()
    app = registrar.app()
    async with app.run_test(size=(80, 24)):
        await declaring(app)
        type_ahead(app, "~Search slow", "enter")
        await until(lambda: app.focused is app.screen.query_one(Picker).field)
        type_ahead(app, "~minor", "enter")
        await until(lambda: app.results == ["id-1"])
    assert registrar.given[0]["severity"] == "SEV3"


async def test_declare_refuses_empty_title() -> None:
    registrar = Registrar()
    app = registrar.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await declaring(app)
        await pilot.press("enter", "enter")
        await until(lambda: "▲ an incident needs a title" in text_of(app))
        await until(lambda: app.focused is app.screen.query_one("#title"))
        await pilot.press("escape")
        await until(lambda: app.results == [None])


async def test_declare_refuses_unknown_severity() -> None:
    registrar = Registrar()
    app = registrar.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await declaring(app)
        await pilot.press("x", "enter")
        type_ahead(app, "~P9", "enter")
        await until(lambda: "▲ No match" in text_of(app))
        assert app.screen.query_one("#title", Field).text == "x"
    assert not registrar.given


async def test_declare_shows_more_fields_on_request() -> None:
    registrar = Registrar()
    app = registrar.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await declaring(app)
        assert "Which runbook?" not in text_of(app)
        await pilot.press("x", "ctrl+o")
        await until(lambda: app.focused is app.screen.query_one("#runbook"))
        type_ahead(app, "~missing.md", "enter")
        await until(lambda: app.focused is app.screen.query_one("#started"))
        type_ahead(app, "~-20m", "enter", "enter", "enter")
        await until(lambda: "▲ the runbook missing.md is not there [/x]: name another" in text_of(app))
        runbook = app.screen.query_one("#runbook", Field)
        await until(lambda: app.focused is runbook)
        assert runbook.text == "missing.md"
        await pilot.press("ctrl+u")
        await pilot.press(*["enter"] * 4)
        await until(lambda: app.results == ["id-1"])
    assert registrar.given[-1] == {"title": "x", "severity": "SEV1", "started": "-20m"}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", HOSTILE)
async def test_declare_survives_any_title_and_size(text: str, size: tuple[int, int]) -> None:
    async def refuse(_values: dict[str, str]) -> tuple[str, str]:
        return "", f"refused {text}"

    app = Holder(lambda: DeclareScreen([Choice(text or "id", text, text, rank=1)], refuse, title=text))
    async with app.run_test(size=size) as pilot:
        await declaring(app)
        await pilot.press("enter", "enter", "ctrl+o", "down", "down", "up", "ctrl+o")
        drawn = text_of(app)
        assert app.rang == 0
    assert all(char.isprintable() or char == "\n" for char in drawn.replace("\u200d", ""))


# The palette


async def found(app: Board, words: str, pilot: Any, shows: str) -> str:
    """Type words into the palette and choose what is found, once the list shows it; return what was drawn."""
    app.action_command_palette()
    await until(lambda: isinstance(app.screen, CommandPalette))
    type_ahead(app, f"~{words}")
    # The list is hidden while it is laid out anew, so both are looked at at once.
    await until(lambda: shows in text_of(app) and app.screen.query_one("CommandList").display)
    drawn = text_of(app)
    await pilot.press("enter")
    return drawn


async def test_palette_runs_an_action() -> None:
    app = Board(listed(9))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app.has_come)
        drawn = await found(app, "new", pilot, "(Y)")
        assert find("new").title in drawn
        await until(lambda: app.wanted)
    assert isinstance(app.wanted[0], IncidentsScreen.DeclareRequested)


async def test_palette_opens_incident_with_hostile_title() -> None:
    app = Board(listed(9), listed(8, "Search [/x] [@click=app.bell]slow[/]"))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(app.has_come)
        drawn = await found(app, "open inc-8", pilot, "Search [/x]")
        assert "Search [/x] [@click=app.bell]slow[/]" in drawn
        await until(lambda: app.went == ["id-8"])


async def test_palette_changes_the_theme() -> None:
    app = Board(listed(9))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(app.has_come)
        await found(app, "theme cockpit-light", pilot, "Theme: cockpit-light")
        await until(lambda: app.theme == "cockpit-light")
