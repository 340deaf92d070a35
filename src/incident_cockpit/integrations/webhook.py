"""Posting through a Slack incoming webhook; its address is a secret and is no part of any word, log or error.

Slack can be slow or busy, and the network can be the outage itself: it is tried again where that helps, for a bounded
time, and then said plainly what is known, because somebody has to carry the text over by hand.
"""

from __future__ import annotations

import errno
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from incident_cockpit.clock import Clock, SystemClock
from incident_cockpit.text.plurals import counted

if TYPE_CHECKING:
    from slack_sdk.webhook import WebhookClient, WebhookResponse

# Longer than this, and whoever commands the incident had better paste it.
TOTAL_SECONDS = 20.0
TRY_SECONDS = 5.0
# Slack takes about one message a second.
_BETWEEN_MESSAGES = 1.0
_FIRST_WAIT = 1.0
_TRIES = 4
_LONGEST_ANSWER = 400
_OK, _TOO_MANY, _REDIRECTS, _SERVER = 200, 429, range(300, 400), range(500, 600)

_PLAIN_WORD = re.compile(r"[a-z_]{2,40}")
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
_HELP = {
    "no_service": "the webhook is switched off or gone",
    "no_team": "the webhook is gone",
    "invalid_token": "the webhook is gone",
    "channel_not_found": "its channel is gone",
    "channel_is_archived": "its channel is archived",
    "action_prohibited": "an administrator does not allow it",
    "posting_to_general_channel_denied": "an administrator does not allow it",
}

Payload = Mapping[str, Any]


class Posted(NamedTuple):
    """What became of some messages: how many Slack took, why the next one was not, and whether it may have arrived."""

    taken: int
    why: str = ""
    maybe: bool = False

    @property
    def whole(self) -> bool:
        """Return whether Slack took all of them."""
        return not self.why


class _Failed(NamedTuple):
    """Why a try failed, whether another may do better, after how many seconds at least, and if it may have worked."""

    why: str
    again: bool = False
    after: float = 0.0
    maybe: bool = False


def post(
    url: str,
    messages: Sequence[Payload],
    *,
    seconds: float = TOTAL_SECONDS,
    try_seconds: float = TRY_SECONDS,
    wait: Callable[[float], None] = time.sleep,
    clock: Clock | None = None,
) -> Posted:
    """Post the messages, one after the other, and say what became of them; never raises.

    Blocks for `seconds` at most, and for `try_seconds` at each try. It is tried again after a busy signal, as late as
    Slack asks for, after a failure of Slack's own, and where no connection came about; never where Slack said no, and
    never where a message may have arrived, because twice would be noise.
    """
    if not _is_address(url):
        return Posted(0, _NO_ADDRESS.why)
    clock = clock or SystemClock()
    until = clock.monotonic() + seconds
    for number, message in enumerate(messages):
        if number:
            wait(_BETWEEN_MESSAGES)
        failed = _posted(url, message, until, try_seconds, wait, clock)
        if failed is not None:
            before = f"{counted(number, 'message')} of {len(messages)} posted, then: " if number else ""
            return Posted(number, before + failed.why, failed.maybe)
    return Posted(len(messages))


def _posted(
    url: str, message: Payload, until: float, try_seconds: float, wait: Callable[[float], None], clock: Clock
) -> _Failed | None:
    """Try until it works, until it cannot, or until the time is over; return why it did not work."""
    pause = _FIRST_WAIT
    failed: _Failed | None = _Failed("there was no time left for it")
    for tried in range(_TRIES):
        left = until - clock.monotonic()
        if left <= 0:
            break
        failed = _try(url, message, min(left, try_seconds))
        if failed is None or not failed.again or tried == _TRIES - 1:
            break
        pause_now = max(pause, failed.after)
        if clock.monotonic() + pause_now >= until:
            break
        wait(pause_now)
        pause *= 2
    return failed


def _try(url: str, message: Payload, seconds: float) -> _Failed | None:
    """Send it once, in a thread: looking a name up and an answer in drops have no time limit of their own."""
    outcome: list[_Failed | None] = []

    def send() -> None:
        try:
            outcome.append(_judged(_client(url, seconds).send_dict(dict(message))))
        except Exception as error:  # a network fails in as many ways as a program, and words of it may hold the address
            outcome.append(_reason(error))

    thread = Thread(target=send, name="webhook", daemon=True)
    thread.start()
    thread.join(seconds + 0.5)
    return outcome[0] if outcome else _LATE


def _client(url: str, seconds: float) -> WebhookClient:
    """Return Slack's client without its log, which would hold the address, and without its way of following others."""
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    from slack_sdk.webhook import WebhookClient, WebhookResponse

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """Follow nobody: an "ok" from elsewhere would pass for Slack's."""

    class Client(WebhookClient):
        def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:  # noqa: ARG002
            with build_opener(Stay).open(req, timeout=seconds) as answer:
                body = answer.read(_LONGEST_ANSWER).decode("utf-8", "replace")
                return WebhookResponse(url="", status_code=answer.status, body=body, headers={})

    return Client(url, retry_handlers=[], logger=_silent())


def _silent() -> logging.Logger:
    logger = logging.getLogger("incident_cockpit.webhook")
    logger.disabled = True
    logger.setLevel(logging.CRITICAL)
    return logger


def _judged(answer: WebhookResponse) -> _Failed | None:
    """Return what is wrong with Slack's answer, if anything is."""
    code, body = answer.status_code, (answer.body or "").strip()
    if code == _OK:
        return None if body == "ok" else _Failed("something else than Slack answered: a proxy, or a page to log in")
    if code in _REDIRECTS:
        return _Failed("its address leads elsewhere, and that is not followed")
    if code == _TOO_MANY:
        after = _seconds(answer.headers)
        return _Failed(f"Slack is busy and asks to wait{f' {after:.0f} s' if after else ''} (429)", True, after)
    if code in _SERVER:
        return _Failed(f"Slack itself fails ({code})", True)
    word = body if _PLAIN_WORD.fullmatch(body) else ""
    reason = f"{code} {word}".strip()
    return _Failed(f"Slack refused it ({reason})" + (f": {_HELP[word]}" if word in _HELP else ""))


def _seconds(headers: Mapping[str, str]) -> float:
    """Return how long Slack asks to wait; what it does not say in seconds is taken as nothing said."""
    asked = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    return float(asked) if asked.isascii() and asked.isdigit() else 0.0


_NO_ADDRESS = _Failed("the webhook's address is none")
_NETWORK = ": the network may be the outage"
_LATE = _Failed("Slack did not answer in time, and may have it", maybe=True)
_CUT = _Failed("the connection to Slack was cut, and it may have it", maybe=True)


def _reason(error: Exception) -> _Failed:
    """Return in words what kept a message from Slack, without any word of the error itself."""
    import socket
    import ssl
    from http.client import InvalidURL
    from urllib.error import URLError

    if isinstance(error, (InvalidURL, ValueError)):
        return _NO_ADDRESS

    # What goes wrong before the message is out comes wrapped; what comes bare leaves open whether Slack has it.
    if not isinstance(error, URLError):
        return _LATE if isinstance(error, TimeoutError) else _CUT
    match error.reason:
        case TimeoutError() | ConnectionRefusedError():
            return _Failed(f"nobody answers at Slack's address{_NETWORK}", True)
        case socket.gaierror():
            return _Failed(f"Slack's name cannot be looked up{_NETWORK}", True)
        case ssl.SSLCertVerificationError():
            return _Failed("the connection to Slack is not safe: something stands between, or the clock here is wrong")
        case OSError(errno=number) if number in _NO_WAY:
            return _Failed(f"there is no way to Slack from here{_NETWORK}", True)
        case OSError():
            return _Failed(f"no connection to Slack comes about{_NETWORK}", True)
    return _Failed("Slack cannot be reached by this address")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and url.isascii() and url.isprintable()
