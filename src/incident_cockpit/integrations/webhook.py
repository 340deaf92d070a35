"""Posting to a Slack incoming webhook, whose URL is a secret and never appears in a message, log or error.

Slack can be slow or busy, and the network can be the outage itself: posting is retried where that helps, for a bounded
time, and the result says what is known, because the text may have to be pasted by hand.
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

# After this the commander had better paste it.
TOTAL_SECONDS = 20.0
TRY_SECONDS = 5.0
# Slack accepts about one message a second.
_BETWEEN_MESSAGES = 1.0
_FIRST_WAIT = 1.0
_TRIES = 4
_LONGEST_ANSWER = 400
_OK, _TOO_MANY, _REDIRECTS, _SERVER = 200, 429, range(300, 400), range(500, 600)

_PLAIN_WORD = re.compile(r"[a-z_]{2,40}")
_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
_HELP = {
    "no_service": "the webhook is disabled or deleted",
    "no_team": "the webhook is deleted",
    "invalid_token": "the webhook is deleted",
    "channel_not_found": "its channel is deleted",
    "channel_is_archived": "its channel is archived",
    "action_prohibited": "an administrator prohibits it",
    "posting_to_general_channel_denied": "an administrator prohibits it",
}

Payload = Mapping[str, Any]


class Posted(NamedTuple):
    """The result of posting: how many messages Slack accepted, why the next failed, and whether it may have arrived."""

    taken: int
    why: str = ""
    maybe: bool = False

    @property
    def whole(self) -> bool:
        """Return whether Slack accepted all of them."""
        return not self.why


class _Failed(NamedTuple):
    """A failed attempt: why, whether to retry, after how many seconds, and whether it may have arrived."""

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
    """Post the messages in order and return the result; never raises.

    Blocks for `seconds` at most, and for `try_seconds` at each attempt. It retries when Slack is busy, after the delay
    that Slack asks for, after a server error, and after a failed connection; never after a refusal, and never if the
    message may have arrived, to avoid posting twice.
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
    """Retry until success, a final failure or the time limit; return the failure, if any."""
    pause = _FIRST_WAIT
    failed: _Failed | None = _Failed("no time left")
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
    """Send it once, in a thread: DNS lookup and a slow response have no time limit of their own."""
    outcome: list[_Failed | None] = []

    def send() -> None:
        try:
            outcome.append(_judged(_client(url, seconds).send_dict(dict(message))))
        except Exception as error:  # networks fail in many ways, and their messages may contain the URL
            outcome.append(_reason(error))

    thread = Thread(target=send, name="webhook", daemon=True)
    thread.start()
    thread.join(seconds + 0.5)
    return outcome[0] if outcome else _LATE


def _client(url: str, seconds: float) -> WebhookClient:
    """Return Slack's client without its log, which would contain the URL, and without redirects."""
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    from slack_sdk.webhook import WebhookClient, WebhookResponse

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            """Follow no redirect: an "ok" from elsewhere would pass for Slack's."""

    class Client(WebhookClient):
        def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:  # noqa: ARG002
            with build_opener(Stay).open(req, timeout=seconds) as answer:
                body = answer.read(_LONGEST_ANSWER).decode("utf-8", "replace")
                return WebhookResponse(url="", status_code=answer.status, body=body, headers={})

    silent = logging.getLogger("incident_cockpit.webhook")
    silent.disabled = True
    silent.setLevel(logging.CRITICAL)
    return Client(url, retry_handlers=[], logger=silent)


def _judged(answer: WebhookResponse) -> _Failed | None:
    """Return the failure in Slack's response, or None."""
    code, body = answer.status_code, (answer.body or "").strip()
    if code == _OK:
        return None if body == "ok" else _Failed("unexpected response, possibly from a proxy or a login page")
    if code in _REDIRECTS:
        return _Failed("its URL redirects, and redirects are not followed")
    if code == _TOO_MANY:
        delays = (value for name, value in answer.headers.items() if name.lower() == "retry-after")
        delay = next(delays, "").strip()
        after = float(delay) if delay.isascii() and delay.isdigit() else 0.0
        return _Failed(f"Slack is busy; retry{f' in {after:.0f} s' if after else ' later'} (429)", True, after)
    if code in _SERVER:
        return _Failed(f"Slack server error ({code})", True)
    word = body if _PLAIN_WORD.fullmatch(body) else ""
    reason = f"{code} {word}".strip()
    return _Failed(f"Slack refused it ({reason})" + (f": {_HELP[word]}" if word in _HELP else ""))


_NO_ADDRESS = _Failed("invalid webhook URL")
_NETWORK = ": the network may be the outage"
_LATE = _Failed("connection timed out; the message may have arrived", maybe=True)
_CUT = _Failed("connection lost; the message may have arrived", maybe=True)


def _reason(error: Exception) -> _Failed:
    """Return why a message did not reach Slack, without the text of the error itself."""
    import socket
    import ssl
    from http.client import InvalidURL
    from urllib.error import URLError

    if isinstance(error, (InvalidURL, ValueError)):
        return _NO_ADDRESS

    # Errors before the message is sent are wrapped; a bare one leaves open whether it arrived.
    if not isinstance(error, URLError):
        return _LATE if isinstance(error, TimeoutError) else _CUT
    match error.reason:
        case TimeoutError() | ConnectionRefusedError():
            return _Failed(f"connection refused{_NETWORK}", True)
        case socket.gaierror():
            return _Failed(f"DNS lookup failed{_NETWORK}", True)
        case ssl.SSLCertVerificationError():
            return _Failed("TLS verification failed: check for a proxy and the local clock")
        case OSError(errno=number) if number in _NO_WAY:
            return _Failed(f"no route to Slack{_NETWORK}", True)
        case OSError():
            return _Failed(f"connection failed{_NETWORK}", True)
    return _Failed("Slack cannot be reached at this URL")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and url.isascii() and url.isprintable()
