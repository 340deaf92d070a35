"""Posting a text through a Slack incoming webhook; its address is a secret and is never part of any word said."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

_SECONDS = 10.0
_LONGEST_ANSWER = 200


def post(url: str, text: str, *, seconds: float = _SECONDS) -> str:
    """Post a text that is escaped for Slack's API; return nothing when Slack took it, else why not, in a few words.

    Blocks for `seconds` at most at each step of the way; never raises, because the network may be the outage.
    """
    if urlsplit(url).scheme not in ("https", "http"):
        return "the webhook's address is none"
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at above
        url, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310 - as above
            said = answer.read(_LONGEST_ANSWER).decode("utf-8", "replace").strip()
    except urllib.error.HTTPError as error:
        with error:
            return f"Slack refused it ({error.code})"
    except TimeoutError:
        return "Slack did not answer in time"
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None)
        if isinstance(reason, TimeoutError):
            return "Slack did not answer in time"
        return f"Slack cannot be reached ({getattr(reason, 'strerror', None) or type(reason or error).__name__})"
    return "" if said == "ok" else "Slack answered something else than ok"
