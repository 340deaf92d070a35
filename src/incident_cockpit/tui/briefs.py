"""Texts about the whole incident: the brief to read before a hand-over, what is copied for who comes and who goes."""

from __future__ import annotations

import re

from incident_cockpit.tui.copying import copy_text
from incident_cockpit.tui.pages import Page
from incident_cockpit.tui.stage import Stage

_HEAD = re.compile(r"\*(?P<head>[^*]+)\*(?P<rest>.*)")


async def copy_brief(screen: Stage) -> str:
    """Copy the hand-over brief; return how that went."""
    return await _copy(screen, "the brief", brief_text(screen))


async def copy_join_brief(screen: Stage) -> None:
    """Copy what is happening, for somebody who has just arrived."""
    from incident_cockpit.exports.joining import join_brief

    view = screen.following.view()
    await _copy(screen, "the join brief", join_brief(view.record, view.now, view.zone))


async def copy_stand_down(screen: Stage) -> None:
    """Copy who was pulled in and who may rest."""
    from incident_cockpit.exports.joining import stand_down

    view = screen.following.view()
    await _copy(screen, "the stand-down list", stand_down(view.record, view.now, view.zone))


def brief_text(screen: Stage) -> str:
    """Return the hand-over brief as of now."""
    from incident_cockpit.exports.handing_over import brief

    view = screen.following.view()
    return brief(view.record, view.now, view.zone)


def page_of(text: str) -> Page:
    """Return a text of `*Head:* words`, `- items` and `> quotes` as a page; what people wrote stays as it is."""
    made = Page()
    for row in text.splitlines():
        found = _HEAD.fullmatch(row)
        if found is not None and found["rest"].strip():
            made.entry(found["head"], found["rest"].strip())
        elif found is not None:
            made.heading(found["head"].rstrip(":"))
        elif row.startswith("- "):
            made.bullets((row.removeprefix("- "),))
        elif row.startswith(">"):
            made.quiet(row.removeprefix(">").strip(), indent=2)
        else:
            made.line(row)
    return made


async def _copy(screen: Stage, name: str, text: str) -> str:
    copied = await copy_text(screen.app, text, screen.around.last_copy)
    screen.say(f"{name}: {copied.words}", "ok" if copied.verified else "warn")
    return copied.words
