"""Copying with the real programs: each test needs one, and says so where it is missing."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from incident_cockpit.integrations import clipboard
from incident_cockpit.integrations.clipboard import Copied, copy
from support.patience import Deadline, patience
from support.terminal import Terminal

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tools tried here are those of Linux desktops")

TEXT = "*SEV1 INC-7* Größe 中文 👩\u200d👩\u200d👧 `x` $(reboot) \\ % \n\n- 14:31 back\n"
NOBODY = 65534


def need(*names: str) -> None:
    """Skip where a program is missing."""
    for name in names:
        if shutil.which(name) is None:
            pytest.skip(f"{name} is missing here")


def until(done: Callable[[], object], what: str) -> None:
    """Wait for a condition, and say what did not come about."""
    deadline = Deadline()
    while not done():
        if deadline.passed:
            pytest.fail(f"{what} did not happen within {deadline.waited:.0f} s")
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take its time over a program that works."""
    monkeypatch.setattr(clipboard, "LIMIT_SECONDS", patience())


@pytest.fixture
def display() -> Iterator[str]:
    """Return the name of an X display nobody sees."""
    need("Xvfb")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "64x64x8", "-nolisten", "tcp"],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as said:
        number = said.readline().strip()
    if not number:
        server.wait(patience())
        pytest.skip("Xvfb does not start here")
    yield f":{number}"
    server.terminate()
    server.wait(patience())


@pytest.fixture
def wayland(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Return the surroundings of a Wayland desktop nobody sees."""
    need("sway")
    folder = Path("/tmp") / f"w-{os.getpid()}"  # the path of a socket is short, and that of a test is long
    folder.mkdir(mode=0o700)
    runs_as: list[str] = []
    if os.geteuid() == 0:
        # Sway does not run as root.
        need("setpriv")
        os.chown(folder, NOBODY, NOBODY)
        runs_as = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    quiet = {"WLR_BACKENDS": "headless", "WLR_RENDERER": "pixman", "WLR_LIBINPUT_NO_DEVICES": "1"}
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(folder)}
    desktop = subprocess.Popen(
        [*runs_as, "sway", "-c", "/dev/null"], env=env | quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def sockets() -> list[Path]:
        return [path for path in folder.glob("wayland-*") if path.suffix != ".lock"]

    until(lambda: sockets() or desktop.poll() is not None, "a Wayland desktop")
    found = sockets()
    if not found:
        shutil.rmtree(folder)
        pytest.skip("sway does not start here")
    yield env | {"WAYLAND_DISPLAY": found[0].name}
    desktop.terminate()
    desktop.wait(patience())
    shutil.rmtree(folder, ignore_errors=True)


def copied(env: dict[str, str], tmp_path: Path, text: str = TEXT) -> Copied:
    return copy(text, last_copy=tmp_path / "last-copy.txt", env=env, write_terminal=None)


def expect_pasted(text: str, *command: str, env: dict[str, str]) -> None:
    """Wait until pasting gives the text: a tool ends a moment before its heir in the background owns the selection."""

    def there() -> bool:
        done = subprocess.run(command, env=env, capture_output=True, check=False, timeout=patience())
        return done.returncode == 0 and done.stdout.decode() == text

    until(there, f"{command[0]} gives the text back")


@pytest.mark.parametrize("text", [TEXT, "x" * 1_000_000], ids=["signs", "a megabyte"])
def test_xclip_has_the_whole_text(display: str, tmp_path: Path, text: str) -> None:
    need("xclip")
    env = {"PATH": os.environ["PATH"], "DISPLAY": display, "HOME": str(tmp_path)}
    assert copied(env, tmp_path, text).words == "Copied with xclip"
    expect_pasted(text, "xclip", "-selection", "clipboard", "-o", env=env)


def test_xsel_takes_over_where_xclip_is_missing(display: str, tmp_path: Path) -> None:
    need("xsel")
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "xsel").symlink_to(shutil.which("xsel") or "")
    env = {"PATH": str(tools), "DISPLAY": display, "HOME": str(tmp_path)}
    assert copied(env, tmp_path).words == "Copied with xsel"
    expect_pasted(TEXT, "xsel", "--clipboard", "--output", env=env)


def test_wl_copy_has_the_whole_text(wayland: dict[str, str], tmp_path: Path) -> None:
    need("wl-copy", "wl-paste")
    assert copied(wayland, tmp_path).words == "Copied with wl-copy"
    expect_pasted(TEXT, "wl-paste", "--no-newline", env=wayland)


@pytest.mark.parametrize(
    ("tool", "env"),
    [("xclip", {"DISPLAY": ":6511"}), ("xsel", {"DISPLAY": ":6511"}), ("wl-copy", {"WAYLAND_DISPLAY": "wayland-6511"})],
)
def test_a_desktop_that_is_gone_is_not_taken_for_a_copy(tmp_path: Path, tool: str, env: dict[str, str]) -> None:
    need(tool)
    made = copied({"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(tmp_path), **env}, tmp_path)
    assert made.route == "file"
    assert (tmp_path / "last-copy.txt").read_text(encoding="utf-8") == TEXT


class Tmux:
    """A tmux of the test's own, with or without a terminal that looks at it."""

    def __init__(self, folder: Path) -> None:
        self.socket = str(folder / "t")
        self.run("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "cat")

    def run(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-S", self.socket, *words], capture_output=True, check=False, timeout=patience())
        return done.stdout.decode()

    def buffer(self) -> str:
        return self.run("show-buffer")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    need("tmux")
    # The path of a socket has about a hundred bytes, which a test's folder may exceed.
    with tempfile.TemporaryDirectory(prefix="t-", dir="/tmp") as folder:
        server = Tmux(Path(folder))
        yield server
        server.run("kill-server")


# Copies from inside a pane, as the cockpit would, with a terminal to write to and without the desktop's tools.
_INSIDE = """
import os, sys
from pathlib import Path
from incident_cockpit.integrations import clipboard
clipboard.LIMIT_SECONDS = 300.0
env = dict(TMUX=os.environ["TMUX"], PATH=sys.argv[2], TERM="screen")
def write(sequence):
    with open("/dev/tty", "w") as terminal:
        terminal.write(sequence)
folder = Path(sys.argv[1])
made = clipboard.copy((folder / "text").read_text(), last_copy=folder / "last", env=env, write_terminal=write)
(folder / "made").write_text(made.route)
"""


def copied_inside(tmux: Tmux, folder: Path, path: str) -> str:
    """Copy in a pane of tmux and return the route that was taken."""
    (folder / "text").write_text(TEXT, encoding="utf-8")
    (folder / "code.py").write_text(_INSIDE)
    tmux.run("new-window", "-d", shlex.join((sys.executable, str(folder / "code.py"), str(folder), path)) + "; cat")
    until(lambda: (folder / "made").exists() and (folder / "made").read_text(), "a copy in tmux")
    return (folder / "made").read_text()


@pytest.mark.parametrize("setting", ["external", "on", "off"])
def test_tmux_has_the_text_in_its_buffer_whatever_its_settings_are(tmux: Tmux, tmp_path: Path, setting: str) -> None:
    tmux.run("set", "-g", "set-clipboard", setting)
    assert copied_inside(tmux, tmp_path, os.environ["PATH"]) == "tmux"
    assert tmux.buffer() == TEXT


def test_the_sequence_reaches_tmux_where_its_program_is_out_of_reach(tmux: Tmux, tmp_path: Path) -> None:
    """OSC 52 through tmux itself, as from a container or over ssh, with set-clipboard on."""
    tmux.run("set", "-g", "set-clipboard", "on")
    assert copied_inside(tmux, tmp_path, "/nowhere") == "terminal"
    until(lambda: tmux.buffer() == TEXT, "the text in tmux's buffer")


def test_tmux_sends_the_text_on_to_the_terminal_that_looks_at_it(tmux: Tmux, tmp_path: Path) -> None:
    """The default of tmux drops OSC 52 from inside; what is loaded into its buffer it sends out itself."""
    with Terminal(["tmux", "-S", tmux.socket, "attach"], size=(80, 24)) as outer:
        until(lambda: tmux.run("list-clients"), "a terminal that looks")
        assert copied_inside(tmux, tmp_path, os.environ["PATH"]) == "tmux"
        assert outer.expect_copied("INC-7") == TEXT
