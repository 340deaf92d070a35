"""Clipboard: always a file, the desktop's clipboard if it works, otherwise tmux or the terminal.

Neither tmux nor the terminal can confirm that the text arrived, and the result says so.
"""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import NamedTuple, TypeVar

from incident_cockpit.clock import Clock, SystemClock
from incident_cockpit.files import make_private_folder, replace_file
from incident_cockpit.integrations.programs import Ended, find_program, run_limited

# For each route separately: a disk, a desktop and a terminal can each hang.
LIMIT_SECONDS = 1.0
# Terminals and multiplexers silently drop longer texts.
TERMINAL_LIMIT = 74_000

# pyperclip calls the Windows clipboard itself; in a process of its own it cannot block the cockpit.
_PYPERCLIP = "import sys, pyperclip; pyperclip.copy(sys.stdin.buffer.read().decode('utf-8'))"
# It puts the text into tmux's own buffer and sends it on, whatever set-clipboard says; tmux before 3.2 knows no -w.
_TMUX = ("tmux", "load-buffer", "-w", "-")
_PASSED_ON = {
    "tmux": "Copied to tmux (prefix ] pastes it) and sent to the terminal (not confirmed)",
    "terminal": "Copied (not confirmed by the terminal)",
}
_WSL_VERSION = Path("/proc/version")


@dataclass(frozen=True, slots=True)
class Copied:
    """The result of a copy: its route, whether that route confirmed it, and a message for the screen."""

    route: str
    verified: bool
    words: str
    file: Path | None


class Route(NamedTuple):
    """A route to the clipboard, for `incident doctor`."""

    name: str
    available: bool
    why: str


_Got = TypeVar("_Got")


class _Tool(NamedTuple):
    name: str
    command: tuple[str, ...]
    why_not: str
    encoding: str = "utf-8"


def copy(
    text: str,
    *,
    last_copy: Path,
    env: Mapping[str, str],
    write_terminal: Callable[[str], None] | None,
    clock: Clock | None = None,
) -> Copied:
    """Copy a text by the best route and return what is known; blocks for a few seconds at most.

    Call it in a worker thread. It never raises if a clipboard, a terminal or a disk fails.
    """
    clean = text.encode("utf-8", "replace").decode("utf-8")
    slow: tuple[Path | None, str] = None, f"it could not be saved to {last_copy}: the disk does not respond"
    file, trouble = _within(lambda: _save(clean, last_copy), slow)
    also = f"; also in {_short(last_copy, env)}" if file else f"; {trouble}"
    native = _native(clean, env, clock or SystemClock())
    # Over ssh the desktop that responded may not be the one in front of the user.
    terminal = _passed_on(clean, env, write_terminal) if native is None or _remote(env) else None
    if native is not None:
        outcome = f"Copied with {native}" + (" and sent to the terminal" if terminal else "")
        return Copied(native, True, outcome + ("" if file else also), file)
    if terminal is not None:
        return Copied(terminal, False, f"{_PASSED_ON[terminal]}{also}", file)
    if file is not None:
        return Copied("file", True, f"No clipboard found; saved to {_short(last_copy, env)}", file)
    return Copied("none", False, f"Not copied: no clipboard found, and {trouble}. Display the text and select it", None)


def routes(env: Mapping[str, str]) -> list[Route]:
    """Return every route in the order of use, with the reason why it works here or not."""
    routes_here = []
    for tool in _tools(env):
        program = None if tool.why_not else find_program(tool.command[0], env)
        why = tool.why_not or program or f"{tool.command[0]} is not installed"
        routes_here.append(Route(tool.name, program is not None, why))
    if env.get("TMUX"):
        tmux = find_program(_TMUX[0], env)
        routes_here.append(Route("tmux", tmux is not None, tmux or f"{_TMUX[0]} is not installed"))
        terms = "works if tmux has set-clipboard or allow-passthrough on, and the terminal accepts OSC 52"
    elif env.get("STY"):
        terms = "GNU screen drops it"
    else:
        terms = "works if the terminal accepts OSC 52, without confirmation"
    known = env.get("TERM", "dumb") != "dumb" and not (env.get("STY") and not env.get("TMUX"))
    return [*routes_here, Route("terminal", known, terms), Route("file", True, "always")]


def _tools(env: Mapping[str, str]) -> list[_Tool]:
    """Return the tools of this system, best first, each with the reason why it does not work, if any."""
    if sys.platform in {"win32", "cygwin"}:
        return [_Tool("pyperclip", (sys.executable, "-c", _PYPERCLIP), "")]
    elsewhere = "over ssh this is the clipboard of another machine" if _remote(env) else ""
    if sys.platform == "darwin":
        return [_Tool("pbcopy", ("pbcopy",), elsewhere)]
    no_wayland = "" if env.get("WAYLAND_DISPLAY") else "WAYLAND_DISPLAY is not set"
    no_x = "" if env.get("DISPLAY") else "DISPLAY is not set"
    tools = [
        _Tool("wl-copy", ("wl-copy",), no_wayland),
        _Tool("xclip", ("xclip", "-selection", "clipboard"), no_x),
        _Tool("xsel", ("xsel", "--clipboard", "--input"), no_x),
    ]
    if _is_wsl():
        tools.insert(0, _Tool("clip.exe", ("clip.exe",), elsewhere, "utf-16-le"))
    return tools


def _native(text: str, env: Mapping[str, str], clock: Clock) -> str | None:
    """Return the tool that confirmed the text by its exit code, or None."""
    until = clock.monotonic() + LIMIT_SECONDS
    for tool in _tools(env):
        program = None if tool.why_not else find_program(tool.command[0], env)
        left = until - clock.monotonic()
        if program is None or left <= 0:
            continue
        # pbcopy decodes bytes by the locale; a bare environment would turn them into question marks.
        surroundings = {"LC_CTYPE": "UTF-8", **env} if tool.name == "pbcopy" else env
        data = text.encode(tool.encoding, "replace")
        ended = run_limited((program, *tool.command[1:]), env=surroundings, data=data, limit=left)
        if ended is Ended.WORKED:
            return tool.name
    return None


def _passed_on(text: str, env: Mapping[str, str], write_terminal: Callable[[str], None] | None) -> str | None:
    """Send the text to tmux or the terminal, and return the one that accepted it, or None."""
    tmux = find_program(_TMUX[0], env) if env.get("TMUX") else None
    if tmux is not None:
        data = text.encode("utf-8")
        if run_limited((tmux, *_TMUX[1:]), env=env, data=data, limit=LIMIT_SECONDS) is Ended.WORKED:
            return "tmux"
    return "terminal" if _sent(text, env, write_terminal) else None


def _sent(text: str, env: Mapping[str, str], write_terminal: Callable[[str], None] | None) -> bool:
    """Send the text as OSC 52, for tmux wrapped as well; return False without a terminal or if it is too long."""
    data = text.encode("utf-8", "replace")
    if write_terminal is None or len(data) >= TERMINAL_LIMIT:
        return False
    sequence = f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\x07"
    if env.get("TMUX"):
        sequence += "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    write = write_terminal

    def sent() -> bool:
        try:
            write(sequence)
        except Exception:  # a lost terminal must not lose the copy in the file
            return False
        return True

    # A terminal stopped with ctrl+s accepts nothing until ctrl+q.
    return _within(sent, otherwise=False)


def _within(do: Callable[[], _Got], otherwise: _Got) -> _Got:
    """Return the result of `do`, or `otherwise` if it takes too long; it is then abandoned."""
    done: list[_Got] = []
    thread = Thread(target=lambda: done.append(do()), name="clipboard", daemon=True)
    thread.start()
    thread.join(LIMIT_SECONDS)
    return done[0] if done else otherwise


def _save(text: str, file: Path) -> tuple[Path | None, str]:
    """Write the file whole or not at all, for its owner only; return it, or None and why not."""
    try:
        make_private_folder(file.parent)
        replace_file(file, text.encode(), durable=False)
    except OSError as error:
        return None, f"it could not be saved to {file}: {error.strerror or error}"
    return file, ""


def _remote(env: Mapping[str, str]) -> bool:
    return bool(env.get("SSH_CONNECTION") or env.get("SSH_TTY"))


def _is_wsl() -> bool:
    try:
        return "microsoft" in _WSL_VERSION.read_text(encoding="utf-8", errors="replace").lower()
    except OSError:
        return False


def _short(path: Path, env: Mapping[str, str]) -> str:
    home = env.get("HOME", "")
    if home and path.is_relative_to(home):
        return str(Path("~") / path.relative_to(home))
    return str(path)
