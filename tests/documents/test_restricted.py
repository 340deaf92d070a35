from __future__ import annotations

from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from incident_cockpit.documents.document import Document, file_stem, tells_title, veiled
from incident_cockpit.documents.invitation import review_invitation
from incident_cockpit.documents.messages import available_messages, compose_message
from incident_cockpit.documents.postmortem import POSTMORTEM
from incident_cockpit.documents.registry import DOCUMENTS
from incident_cockpit.documents.timeline import TIMELINE
from incident_cockpit.documents.update import check_update, compose_update
from incident_cockpit.errors import Refused
from incident_cockpit.plan.schema import Channel
from incident_cockpit.text.escape import mentions
from support.builders import Story, full_plan
from support.formats import TARGETS
from support.reported_incidents import CODENAME, TITLE, breached, declared

PARIS = ZoneInfo("Europe/Paris")


def document_text(document: Document, told: Story) -> str:
    return document.text(told.record, told.now, PARIS)


MARK = f"RESTRICTED: {CODENAME}. Do not forward."

# Everything that leaves and is read by colleagues; documents join by their registry.
INSIDE: dict[str, Callable[[Story], str]] = {
    **{name: partial(document_text, document) for name, document in DOCUMENTS.items()},
    "internal update": lambda told: compose_update(told.record, "internal", told.now, PARIS).text,
    "first message": lambda told: compose_message(told.record, "declared", told.now, PARIS).text,
    "notice to colleagues": lambda told: compose_message(told.record, "notice:support", told.now, PARIS).text,
}
OUTSIDE: dict[str, Callable[[Story], str]] = {
    "external update": lambda told: compose_update(told.record, "external", told.now, PARIS).text,
    "notice to the authority": lambda told: compose_message(told.record, "notice:authority", told.now, PARIS).text,
}


@pytest.mark.parametrize("text", INSIDE)
def test_what_colleagues_read_is_marked_and_never_tells_the_title(text: str) -> None:
    written = INSIDE[text](breached())
    assert MARK in written.split("\n", 1)[0]
    assert TITLE.casefold() not in written.casefold()
    assert CODENAME in written


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_others_read_has_no_marking_and_never_tells_the_title(text: str) -> None:
    written = OUTSIDE[text](breached())
    assert "RESTRICTED" not in written
    assert TITLE.casefold() not in written.casefold()


def test_codename_in_an_external_text_is_warned_of() -> None:
    story = breached()
    for composed in (compose_update(story.record, "external", story.now, PARIS),
                     compose_message(story.record, "notice:authority", story.now, PARIS)):  # fmt: skip
        assert any(CODENAME in warning for warning in composed.warnings)
    internal = compose_update(story.record, "internal", story.now, PARIS).warnings
    assert not any(CODENAME in warning for warning in internal)
    external = check_update("A problem with our service", story.incident, "external")
    assert not any(CODENAME in warning for warning in external)


@pytest.mark.parametrize("target", TARGETS)
def test_the_marking_stands_above_the_text_for_every_target(target: str) -> None:
    told = breached()
    for word, _ in available_messages(told.record):
        if not word.startswith("notice:a") and word != "notice:users":
            assert compose_message(told.record, word, told.now, PARIS, target).text.startswith(f"{MARK}\n\n")


def test_documents_say_it_in_their_heading_too() -> None:
    told = breached()
    assert (
        POSTMORTEM.text(told.record, told.now, PARIS).splitlines()[2] == f"# Postmortem: INC-7 {CODENAME} (RESTRICTED)"
    )


def test_files_are_named_by_the_codename() -> None:
    told = breached()
    assert file_stem(told.incident, "postmortem") == "INC-7-RESTRICTED-bluebird-postmortem"
    told.do("restrict", codename="../Blue bird 2")
    assert file_stem(told.incident, "postmortem") == "INC-7-RESTRICTED-blue-bird-2-postmortem"
    told.do("unrestrict")
    assert file_stem(told.incident, "postmortem") == "INC-7-postmortem"


def test_an_incident_that_is_open_to_all_is_told_as_it_is() -> None:
    told = breached()
    told.do("unrestrict")
    assert veiled(told.record) is told.record
    for write in INSIDE.values():
        assert "Do not forward" not in write(told)
    assert TITLE in compose_update(told.record, "external", told.now, PARIS).text


def test_the_invitation_goes_by_the_codename() -> None:
    told = breached()
    data = review_invitation(told.record, told.now, {}).decode().replace("\r\n ", "")
    assert f"SUMMARY:RESTRICTED: Review of INC-7 {CODENAME}" in data
    assert MARK in data
    assert "CLASS:CONFIDENTIAL" in data
    assert TITLE not in data


def test_an_older_title_is_not_told_either() -> None:
    told = breached()
    told.do("title", title="Export job leaks addresses")
    told.do("note", text="export job  leaks addresses, and customer records seen by strangers")
    for write in (*INSIDE.values(), *OUTSIDE.values()):
        written = write(told).casefold()
        assert "leaks addresses" not in written
        assert TITLE.casefold() not in written


def test_a_title_of_one_word_is_hidden_as_title_and_stays_a_word() -> None:
    story = Story().declare("Ransomware", "SEV1", plan=full_plan())
    story.do("restrict", codename="Heron")
    story.do("note", text="No ransomware on db-3")
    text = TIMELINE.text(story.record, story.now, PARIS)
    assert "**opened** INC-7 Heron" in text
    assert "No ransomware on db-3" in text


def test_the_words_of_plan_and_runbook_stay() -> None:
    story = Story().declare("Data breach", "SEV1", plan=full_plan())
    story.do("restrict", codename="Heron")
    story.do("type", type="breach")
    assert veiled(story.record).incident.plan == story.incident.plan


def test_edited_text_of_a_restricted_incident_is_checked() -> None:
    story = breached()
    text = compose_update(story.record, "internal", story.now, PARIS).text
    assert check_update(text, story.incident, "internal") == ()
    [no_marking] = check_update(text.partition("\n")[2], story.incident, "internal")
    assert no_marking.endswith(MARK)
    [title] = check_update(f"{text} {TITLE}", story.incident, "internal")
    assert CODENAME in title
    assert title in check_update(TITLE.lower(), story.incident, "external")
    assert tells_title(TITLE, story.incident)
    assert not tells_title(TITLE, declared().incident)


def test_channel_name_with_the_title_is_warned_of() -> None:
    story = breached()
    warnings = compose_message(story.record, "declared", story.now, PARIS).warnings
    assert not [warning for warning in warnings if ":channel" in warning]
    story.do("channel", name="sev1-customer-records-seen-by-strangers")
    warnings = compose_message(story.record, "declared", story.now, PARIS).warnings
    assert any(":channel" in warning for warning in warnings)


NAMES = st.text(alphabet=st.sampled_from(list("@*_~`#|<>[]()!-+=.:\\/&{}%$ \nab1")), min_size=1, max_size=40).filter(
    lambda name: bool(name.strip())
)


@given(NAMES)
def test_no_codename_opens_anything_or_calls_anybody(name: str) -> None:
    story = Story().declare("Xyz qrs", "SEV1", plan=full_plan())
    try:
        story.do("restrict", codename=name)
    except Refused:
        return
    assert mentions(compose_update(story.record, "internal", story.now, PARIS).text) == 0
    document = POSTMORTEM.text(story.record, story.now, PARIS)
    assert document.split("\n\n")[1].startswith("# Postmortem: INC-7 ")
    assert "\n" not in document.split("\n\n")[0]
    assert "/" not in file_stem(story.incident, "postmortem")


def test_a_channel_that_was_called_by_the_title_is_not_told_once_people_meet_elsewhere() -> None:
    plan = replace(full_plan(), channel=Channel("inc-{title}"))
    told = Story().declare("Customer table is public", "SEV1", plan=plan)
    told.do("restrict", codename="Kestrel")
    told.do("ask", who="Raj", within="10m", text="archive inc-customer-table-is-public")
    # While they meet there, nobody would find them by another name.
    assert "#inc-customer-table-is-public" in compose_message(told.record, "invite", told.now, PARIS).text
    told.do("channel", name="war-room")
    for text in (
        TIMELINE.text(told.record, told.now, PARIS),
        compose_update(told.record, "internal", told.now, PARIS).text,
    ):
        assert "customer-table" not in text
        assert "archive Kestrel" in text
    assert "#war-room" in compose_message(told.record, "invite", told.now, PARIS).text.replace("\\u2060", "")
