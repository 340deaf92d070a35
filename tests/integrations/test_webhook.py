"""Posting to a webhook: taken, busy, failing, silent, elsewhere and unreachable; no words ever hold its address."""

from __future__ import annotations

import errno
import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.client import InvalidURL
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import URLError

import pytest

from incident_cockpit.clock import SetClock
from incident_cockpit.integrations import webhook
from incident_cockpit.integrations.webhook import Posted, post
from support.patience import patience

PATH = "/services/T0/B0/verysecret"
HELLO = {"text": "*SEV1* a &lt; b ✓", "unfurl_links": False}
Answer = tuple[int, bytes, dict[str, str]]


class Hook(ThreadingHTTPServer):
    """Answers as told, the last answer for ever, and keeps what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.answers: list[Answer] = [(200, b"ok", {})]
        self.got: list[tuple[str, str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{PATH}"

    def will(self, *answers: tuple[int, bytes] | Answer) -> Hook:
        self.answers = [(one[0], one[1], one[2] if len(one) == 3 else {}) for one in answers]
        return self

    def handle_error(self, *_: object) -> None:
        """Say nothing where a client has gone."""


class _Answers(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.command, self.path, json.loads(body)))
        self._answer()

    def do_GET(self) -> None:
        self.server.got.append((self.command, self.path, None))
        self._answer()

    def _answer(self) -> None:
        answers = self.server.answers
        code, body, headers = answers.pop(0) if len(answers) > 1 else answers[0]
        if code == 0:
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Patience:
    """Waits by moving a clock, and keeps how long."""

    def __init__(self) -> None:
        self.clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.waited: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.clock.forward(seconds=seconds)


@pytest.fixture(autouse=True)
def nothing_tells_the_address(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Look through every log and everything printed after each test."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("slack_sdk").setLevel(logging.DEBUG)
    yield
    out, err = capfd.readouterr()
    assert "verysecret" not in caplog.text + out + err


def sent(url: str, *messages: dict[str, Any], patience: Patience | None = None, **limits: float) -> Posted:
    patience = patience or Patience()
    posted = post(url, messages or (HELLO,), wait=patience, clock=patience.clock, **limits)
    assert "verysecret" not in repr(posted)
    return posted


def test_posted_message_arrives_unchanged(hook: Hook) -> None:
    blocks = {"text": "x", "blocks": [{"type": "rich_text", "elements": []}]}
    posted = sent(hook.url, HELLO, blocks)
    assert posted == Posted(2)
    assert posted.whole
    assert hook.got == [("POST", PATH, HELLO), ("POST", PATH, blocks)]


def test_a_busy_slack_is_asked_again_when_it_said(hook: Hook) -> None:
    patience = Patience()
    hook.will((429, b"rate_limited", {"Retry-After": "7"}), (200, b"ok"))
    assert sent(hook.url, patience=patience).whole
    assert patience.waited == [7.0]
    assert len(hook.got) == 2


def failed(posted: Posted, key: str) -> bool:
    """Return whether nothing was posted and certainly did not arrive, for a reason that contains `key`."""
    return (posted.taken, posted.maybe) == (0, False) and key in posted.why


def test_a_wait_that_is_too_long_is_not_begun(hook: Hook) -> None:
    patience = Patience()
    hook.will((429, b"rate_limited", {"Retry-After": "60"}))
    posted = sent(hook.url, patience=patience)
    assert failed(posted, "60 s")
    assert patience.waited == []
    hook.will((429, b"", {"Retry-After": "soon"}), (200, b"ok"))
    assert sent(hook.url, patience=patience).whole
    assert patience.waited == [1.0]


def test_a_failure_of_slacks_own_is_tried_again_with_longer_and_longer_waits(hook: Hook) -> None:
    patience = Patience()
    hook.will((500, b""), (503, b""), (200, b"ok"))
    assert sent(hook.url, patience=patience).whole
    assert patience.waited == [1.0, 2.0]


def test_a_slack_that_fails_for_ever_is_given_up_in_time(hook: Hook) -> None:
    patience = Patience()
    hook.will((500, b"oops"))
    assert failed(sent(hook.url, patience=patience), "(500)")
    assert patience.waited == [1.0, 2.0, 4.0]
    short = Patience()
    assert failed(sent(hook.url, patience=short, seconds=2.5), "(500)")
    assert sum(short.waited) < 2.5


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        ((400, b"invalid_payload"), "(400 invalid_payload)"),
        ((404, b"no_service"), "(404 no_service): "),
        ((410, b"channel_is_archived"), "archived"),
        ((403, b"<html>/services/T0/B0/verysecret"), "(403)"),
        ((200, b"<html>log in</html>"), "proxy"),
    ],
)
def test_a_refusal_is_final(hook: Hook, answer: tuple[int, bytes], key: str) -> None:
    hook.will(answer)
    posted = sent(hook.url)
    assert failed(posted, key)
    assert "secret" not in posted.why
    assert len(hook.got) == 1


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(hook: Hook, code: int) -> None:
    hook.will((code, b"", {"Location": f"{hook.url}/elsewhere"}), (200, b"ok"))
    assert failed(sent(hook.url), "redirect")
    assert [path for _, path, _ in hook.got] == [PATH]


def test_failed_post_names_the_parts_already_posted(hook: Hook) -> None:
    hook.will((200, b"ok"), (404, b"no_service"))
    posted = sent(hook.url, HELLO, HELLO, HELLO)
    assert posted.taken == 1
    assert not posted.whole
    assert "1 message of 3" in posted.why


def test_nobody_there_is_said_and_that_it_may_be_the_network() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    patience = Patience()
    posted = sent(f"http://127.0.0.1:{port}{PATH}", patience=patience)
    assert failed(posted, "network")
    assert patience.waited == [1.0, 2.0, 4.0]


def test_silence_ends_in_time_and_nothing_is_sent_twice() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        patience = Patience()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}{PATH}"
        posted = sent(url, patience=patience, try_seconds=0.2)
    assert (posted.taken, posted.maybe) == (0, True)
    assert patience.waited == []


def test_an_answer_in_drops_ends_in_time_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each drop would begin the time limit of a socket anew."""
    stop = threading.Event()

    class Dripping:
        def send_dict(self, _: object) -> None:
            stop.wait(patience())

    monkeypatch.setattr(webhook, "_client", lambda *_: Dripping())
    try:
        assert sent("https://hooks.example" + PATH, try_seconds=0.05).maybe
    finally:
        stop.set()


def test_a_connection_that_is_cut_after_the_message_is_not_tried_again(hook: Hook) -> None:
    hook.will((0, b""))
    posted = sent(hook.url)
    assert (posted.taken, posted.maybe) == (0, True)
    assert len(hook.got) == 1


@pytest.mark.parametrize(
    ("error", "key", "again"),
    [
        (URLError(socket.gaierror(-2, PATH)), "DNS", True),
        (URLError(OSError(errno.ENETUNREACH, PATH)), "route", True),
        (URLError(TimeoutError(PATH)), "network", True),
        (URLError(ConnectionResetError(PATH)), "network", True),
        (URLError(ssl.SSLCertVerificationError(PATH)), "TLS", False),
        (URLError(PATH), "URL", False),
        (InvalidURL(PATH), "URL", False),
        (RuntimeError(PATH), "connection", False),
    ],
)
def test_a_network_failure_is_reported_without_the_secret_url(
    monkeypatch: pytest.MonkeyPatch, error: Exception, key: str, again: bool
) -> None:
    class Fails:
        def send_dict(self, _: object) -> None:
            raise error

    monkeypatch.setattr(webhook, "_client", lambda *_: Fails())
    patience = Patience()
    posted = sent("https://hooks.example" + PATH, patience=patience)
    assert key in posted.why
    assert PATH not in posted.why
    assert bool(patience.waited) == again


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/x", "nonsense", "", "https://", "http://[x"])
def test_only_web_addresses_are_used(url: str) -> None:
    assert failed(sent(url), "URL")


def test_an_address_with_signs_no_address_has_is_told_and_not_shown() -> None:
    for url in ("https://hooks.example/a b verysecret", "https://hooks.example/verysecret\x7f", "https://é/verysecret"):
        assert failed(sent(url), "URL")


def test_the_client_is_slacks_own(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is overridden is not promised by Slack's client: where it changes, this says so."""
    from slack_sdk.webhook import WebhookClient

    called: list[Callable[..., object]] = []
    original = WebhookClient._perform_http_request
    monkeypatch.setattr(
        WebhookClient,
        "_perform_http_request",
        lambda self, **kept: (called.append(self._perform_http_request_internal), original(self, **kept))[1],
    )
    assert sent(hook.url).whole
    assert [one.__qualname__.split(".")[0] for one in called] == ["_client"]
