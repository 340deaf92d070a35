"""Where the cockpit cannot be seen or hear a key it is refused at once, and never waits for ever."""

from __future__ import annotations

import sys

import pytest

from incident_cockpit.errors import ExitCode, Refused
from incident_cockpit.integrations.terminal import need_terminal


class Tty:
    closed = False

    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    # Within the test itself: pytest puts its own streams in place between a fixture and the test.
    for stream in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, stream, Tty())


def test_a_terminal_that_can_draw_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch)
    need_terminal({"TERM": "xterm"})
    need_terminal({})


@pytest.mark.parametrize("kind", ["dumb", "unknown"])
def test_a_terminal_that_cannot_draw_is_refused(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    on_a_terminal(monkeypatch)
    with pytest.raises(Refused, match=kind) as refused:
        need_terminal({"TERM": kind})
    assert refused.value.code is ExitCode.NO_TERMINAL


@pytest.mark.parametrize(("stream", "name"), [("stdin", "input"), ("stdout", "output"), ("stderr", "error")])
@pytest.mark.parametrize("gone", [True, False])
def test_a_stream_that_is_no_terminal_is_named(
    monkeypatch: pytest.MonkeyPatch, stream: str, name: str, *, gone: bool
) -> None:
    on_a_terminal(monkeypatch)
    closed = Tty()
    closed.closed = True
    monkeypatch.setattr(sys, stream, None if gone else closed)
    with pytest.raises(Refused, match=name):
        need_terminal({"TERM": "xterm"})


def test_a_browser_is_a_terminal_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    need_terminal({"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"})
