"""The terminal the tests look through, itself looked at: with programs small enough to know what they do."""

from __future__ import annotations

import signal
import sys

import pytest

from support.emulator import Emulator, encode
from support.terminal import Terminal

# Raw, so that keys arrive as they are sent; it shows what it reads.
_ECHO = """
import os, sys, tty
tty.setraw(0)
print("ready", end="\\r\\n", flush=True)
while (data := os.read(0, 100)) != b"q":
    print(repr(data), end="\\r\\n", flush=True)
"""
_CHATTER = """
import time
for _ in range(20):
    print(".", end="", flush=True)
    time.sleep(0.01)
input("end")
"""
_APP = """
from textual.app import App
from textual.widgets import Input, Static

class Small(App):
    BINDINGS = [("escape", "mark", "Mark"), ("ctrl+r", "ring", "Ring")]
    def compose(self):
        yield Static("size", id="size")
        yield Input()
    def on_resize(self, event):
        self.query_one("#size").update(f"{event.size.width} by {event.size.height}")
    def action_mark(self):
        self.query_one("#size").update("escaped")
        self.copy_to_clipboard("naïve ✓")
    def action_ring(self):
        self.bell()

Small().run()
"""


def _program(code: str, size: tuple[int, int] = (60, 10)) -> Terminal:
    return Terminal([sys.executable, "-c", code], size)


def test_keys_reach_the_program_and_its_words_the_screen() -> None:
    with _program(_ECHO) as term:
        term.expect("^ready$")
        term.type("é!")
        term.expect(r"xc3\\xa9!")
        term.key("enter")
        term.expect(r"b'\\r'")
        term.key("q")
        assert term.wait_exit() == 0


def test_a_textual_app_is_answered_resized_and_leaves_nothing_on() -> None:
    with _program(_APP) as term:
        term.expect("60 by 10")
        term.type("日本 text")
        term.expect("日本 text")
        term.resize(40, 8)
        term.expect("40 by 8")
        term.key("escape")
        term.expect("escaped")
        assert term.expect_copied("na") == "naïve ✓"
        assert "alternate screen" in term.left_on()
        term.key("ctrl+q")
        assert term.wait_exit() == 0
        assert term.left_on() == []
        assert "text" not in term.text


def test_a_killed_program_is_reported_with_its_screen() -> None:
    with _program(_ECHO) as term:
        term.expect("ready")
        term.kill()
        assert term.wait_exit() == -signal.SIGKILL
        with pytest.raises(AssertionError, match=r"ended \(-9\)[\s\S]*ready"):
            term.expect("never")


def test_a_wait_that_is_not_met_shows_the_screen() -> None:
    with _program(_ECHO) as term:
        term.expect("ready")
        with pytest.raises(AssertionError, match=r" s went by[\s\S]*ready"):
            term.expect("never", timeout=0.1)


def test_quiet_is_when_nothing_is_written() -> None:
    with _program(_CHATTER) as term:
        term.expect(r"\.")
        term.wait_quiet(0.5)
        assert "end" in term.text


def test_sequences_may_arrive_in_pieces() -> None:
    replies: list[bytes] = []
    emulator = Emulator(20, 3, replies.append)
    for byte in "a\x1b[?2026$p\x1b[>1u\x1b]52;c;aGk=\x07\x1b[6n\x1b[cfamily 👩\u200d👩 ok".encode():
        emulator.feed(bytes([byte]))
    assert replies == [b"\x1b[?2026;2$y", b"\x1b[1;2R", b"\x1b[?62;22c"]
    assert emulator.clipboard == ["hi"]
    assert emulator.screen.display[0].rstrip() == "afamily 👩👩 ok"
    assert emulator.left_on() == ["kitty keyboard"]


def test_the_screen_is_not_looked_at_in_the_middle_of_a_frame() -> None:
    emulator = Emulator(20, 3, bytes)
    emulator.feed(b"\x1b[?2026h\x1b[2Jhalf")
    assert emulator.syncing
    emulator.feed(b"\x1b[?2026l")
    assert not emulator.syncing


@pytest.mark.parametrize(
    ("name", "kitty", "sent"),
    [
        ("n", False, b"n"),
        ("minus", True, b"-"),
        ("escape", False, b"\x1b"),
        ("escape", True, b"\x1b[27u"),
        ("ctrl+p", False, b"\x10"),
        ("ctrl+p", True, b"\x1b[112;5u"),
        ("shift+tab", True, b"\x1b[Z"),
    ],
)
def test_keys_are_sent_as_terminals_send_them(name: str, kitty: bool, sent: bytes) -> None:
    assert encode(name, kitty) == sent


def test_a_key_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError, match="no such key"):
        encode("hyper+x", kitty=False)
