"""Words to read aloud: the script that fits the moment on a calm page, the others in a list beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from incident_cockpit.actions.action import Kind
from incident_cockpit.actions.options import Option
from incident_cockpit.actions.registry import SAY
from incident_cockpit.errors import Refused
from incident_cockpit.exports.leaving import safe
from incident_cockpit.exports.scripts import aloud, is_aside, meant, script, scripts
from incident_cockpit.exports.update import Composed
from incident_cockpit.plan.templates import SCRIPT
from incident_cockpit.runbook.prose import ProseLine
from incident_cockpit.tui.copying import copy_text
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.screens.pick import PickScreen
from incident_cockpit.tui.screens.reader import ReaderScreen
from incident_cockpit.tui.stage import Stage

_COPY, _OTHERS = "y", "l"
# Whoever reads aloud finds the next line again where lines are short.
_WIDEST = 62
_SET_IN = 4


async def say_this(screen: Stage, word: str = "") -> None:
    """Show the script that is meant, or the one that fits the moment; y copies it, l shows the others."""
    if SAY in screen.around.keys.off:
        screen.say("scripts are switched off; scripts = true in config.toml brings them back")
        return
    names = dict(scripts(screen.following.record))
    facts: list[tuple[str, str]] = []
    try:
        chosen = meant(word) if word else next(iter(names))
        while True:
            way = await _read(screen, chosen, names[chosen], facts)
            facts = []
            if way == _COPY:
                # The box stands over the line below, where it would be said.
                facts = [("copied", await _copy(screen, chosen))]
            elif way == _OTHERS:
                chosen = await _other(screen, names, chosen)
            else:
                return
    except Refused as refused:
        screen.say(str(refused), "warn")


def spoken(text: str) -> Callable[[int], Sequence[ProseLine]]:
    """Return a script as a page: each sentence by itself, what is for the reader alone quietly and set in."""
    made = Page()
    for number, row in enumerate(text.splitlines()):
        if number:
            made.line("")
        if is_aside(row):
            made.quiet(row, indent=_SET_IN)
        else:
            made.entry(row)
    return lambda width: made(min(width, _WIDEST))


async def _read(screen: Stage, chosen: str, name: str, facts: Sequence[tuple[str, str]]) -> str | None:
    made = _written(screen, chosen)
    told = [*facts, *(("mind", warning) for warning in made.warnings)]
    ways = ((_COPY, "copy"), (_OTHERS, "others"))
    return await screen.app.push_screen_wait(ReaderScreen(f"Say this: {name}", spoken(made.text), told, ways=ways))


async def _other(screen: Stage, names: Mapping[str, str], chosen: str) -> str:
    """Return the script that is picked, or the one before; the one that fits the moment stands first."""
    known = [Option(word.removeprefix(SCRIPT), name) for word, name in names.items()]
    at = chosen.removeprefix(SCRIPT)
    picked: str | None = await screen.app.push_screen_wait(PickScreen("Say what?", known, Kind.SCRIPT, at=at))
    return meant(picked or at)


async def _copy(screen: Stage, chosen: str) -> str:
    copied = await copy_text(screen.app, safe(aloud(_written(screen, chosen).text)), screen.around.last_copy)
    return copied.words


def _written(screen: Stage, chosen: str) -> Composed:
    view = screen.following.view()
    return script(view.record, chosen, view.who, view.now)
