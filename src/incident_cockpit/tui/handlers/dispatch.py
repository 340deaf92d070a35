"""Handlers of actions: how they are declared, and how an action chosen by key, entry line or palette is run.

A handler is what an action does beyond its rule. An action without one is filled from the cursor, asked for and done by
`Context.ask`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from incident_cockpit.actions.action import Action
from incident_cockpit.actions.grammar import ParsedLine
from incident_cockpit.actions.registry import find
from incident_cockpit.errors import Refused, StoreError
from incident_cockpit.tui.panes.pane import Pane

if TYPE_CHECKING:
    from incident_cockpit.tui.handlers.context import Context

# The group of the workers that run actions.
_WORKERS = "actions"

Values = Mapping[str, str]
NONE: Values = MappingProxyType({})

Handle = Callable[["Context", Values], Awaitable[None]]
Move = Callable[["Context"], None]
Open = Callable[["Context", str], Awaitable[None]]
Follow = Callable[["Context", str], Awaitable[None]]


class Handler(NamedTuple):
    """A handler; with `keeps_line` it gets every typed line, which stays in the draft until it ends or is refused."""

    handle: Handle
    keeps_line: bool = False


HANDLERS: dict[str, Handler] = {}
MOVES: dict[str, Move] = {}
OPENERS: dict[type[Pane], Open] = {}
FOLLOWERS: dict[str, Follow] = {}


def handles(action: str, *, keeps_line: bool = False) -> Callable[[Handle], Handle]:
    """Declare what an action does on the screen; it may open dialogs, and keys wait until it has ended."""

    def declare(handle: Handle) -> Handle:
        HANDLERS[action] = Handler(handle, keeps_line)
        return handle

    return declare


def moves(action: str) -> Callable[[Move], Move]:
    """Declare what an action does within its key: what is typed right after it goes where it leads."""

    def declare(move: Move) -> Move:
        MOVES[action] = move
        return move

    return declare


def opens(pane: type[Pane]) -> Callable[[Open], Open]:
    """Declare what enter opens on a row of a pane, by the key of the row; the key is empty without a row."""

    def declare(open_row: Open) -> Open:
        OPENERS[pane] = open_row
        return open_row

    return declare


def follows(*actions: str) -> Callable[[Follow], Follow]:
    """Declare what the screen does once one of these actions is done; it receives the name of the action."""

    def declare(follow: Follow) -> Follow:
        FOLLOWERS.update(dict.fromkeys(actions, follow))
        return follow

    return declare


def load_handlers() -> None:
    """Import every module of this package, because a module declares its handlers when it is imported."""
    package = __name__.rpartition(".")[0]
    for module in iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")


def start(context: Context, name: str, values: Values = NONE) -> None:
    """Run an action without waiting for it: dialogs and the store take their time."""
    if name in MOVES:
        MOVES[name](context)
    else:
        context.app.type_ahead.hold()
        work = _then_release(context, run(context, name, values))
        context.screen.run_worker(work, group=_WORKERS, exit_on_error=True)


async def run(context: Context, name: str, values: Values = NONE) -> None:
    """Run an action by its handler, or by its rule with what the cursor and a form give."""
    try:
        if name in HANDLERS:
            await HANDLERS[name].handle(context, values)
        else:
            await context.ask(name, values)
    except Refused as refused:
        context.say(str(refused), "warn")


def log_line(context: Context, reading: ParsedLine, typed: str) -> None:
    """Do what a typed line says; the line leaves the draft only once it is on the disk."""
    action, work = find(reading.action), _log(context, reading, typed)
    if _needs_handler(action, reading.values) or context.lacks(action, reading.values):
        context.app.type_ahead.hold()
        work = _then_release(context, work)
    # If nothing opens, keys are not held: what is typed next is the next line.
    context.screen.run_worker(work, group=_WORKERS, exit_on_error=True)


async def _log(context: Context, reading: ParsedLine, typed: str) -> None:
    action, values, entry = find(reading.action), reading.values, context.screen.entry
    when = reading.when.at if reading.when else None
    handler = HANDLERS.get(action.name) if _needs_handler(action, values) else None
    try:
        if handler is not None and handler.keeps_line and values:
            await handler.handle(context, values)
        elif _needs_handler(action, values):
            entry.settle(typed)
            start(context, action.name, values)
            return
        elif context.lacks(action, values):
            done = await context.ask(action.name, values, when=when)
            entry.settle(typed, "" if done else "Not saved")
            return
        else:
            await context.perform(action.name, values, when)
    except Refused as refused:
        # Only what the rule refused is replaced by the next line: the store may take it later.
        by_rule = handler is None and not isinstance(refused, StoreError)
        entry.settle(typed, str(refused), refused=by_rule)
    else:
        entry.settle(typed)


def _needs_handler(action: Action, values: Values) -> bool:
    """Return whether a typed action needs its handler: one with a rule and all required values goes by the rule."""
    handler = HANDLERS.get(action.name)
    if handler is None and action.name not in MOVES:
        return False
    if handler is not None and handler.keeps_line:
        return True
    complete = bool(values) and all(values.get(arg.name) for arg in action.args if arg.required)
    return action.decide is None or not complete


async def _then_release(context: Context, work: Awaitable[None]) -> None:
    try:
        await work
    finally:
        context.app.type_ahead.release()
