from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.config.contacts import ContactErrors, Reachable, load_contacts
from incident_cockpit.errors import Refused

GOOD = """
[[contacts]]
name = "Ana"
reach = "+00 000 0001"
mail = "ana@shop.example"

[[contacts]]
name = "CTO"
"""


def loaded(tmp_path: Path, text: str) -> tuple[Reachable, ...]:
    path = tmp_path / "contacts.toml"
    path.write_text(text, encoding="utf-8")
    return load_contacts(path)


def test_without_a_file_nobody_is_known(tmp_path: Path) -> None:
    assert load_contacts(tmp_path / "contacts.toml") == ()


def test_contacts_are_read(tmp_path: Path) -> None:
    assert loaded(tmp_path, GOOD) == (Reachable("Ana", "+00 000 0001", "ana@shop.example"), Reachable("CTO"))
    assert loaded(tmp_path, "") == ()


def test_every_error_is_named_at_once(tmp_path: Path) -> None:
    wrong = '[[contacts]]\nname = "ana"\nmial = "x"\nmail = "ana"\n[[contacts]]\nreach = 7\n[contact]\nname = "x"\n'
    with pytest.raises(ContactErrors) as refused:
        loaded(tmp_path, GOOD + wrong)
    told = "\n".join(refused.value.lines)
    assert refused.value.why.endswith("have 6 errors")
    for words in (
        "'contact': unknown key",
        "contacts.3.name = 'ana': is there already",
        "contacts.3.mial: unknown key, did you mean 'mail'?",
        "contacts.3.mail = 'ana': must be one address",
        "contacts.4.name: is missing",
        "contacts.4.reach = 7: must be text in quotes",
    ):
        assert words in told
    assert all(line.startswith(str(tmp_path)) for line in refused.value.lines)


@pytest.mark.parametrize(
    "text",
    [
        'contacts = "Ana"',
        "contacts = [1]",
        '[contacts]\nname = "Ana"',
        "not = toml = at all",
        '[[contacts]]\nname = ""',
        '[[contacts]]\nname = "A\\u001b[31m"',
        '[[contacts]]\nname = "Ana"\nmail = "a@x.example\\r\\nATTENDEE:mailto:e@x.example"',
    ],
)
def test_what_is_wrong_is_refused_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContactErrors):
        loaded(tmp_path, text)


def test_a_file_that_is_no_text_or_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "contacts.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ContactErrors, match="1 error"):
        load_contacts(path)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ContactErrors, match="1 error"):
        load_contacts(path)
    with pytest.raises(Refused, match="cannot be read"):
        load_contacts(tmp_path)


@given(st.text(max_size=200))
def test_nothing_that_is_read_crashes(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any-contacts.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(ContactErrors):
        assert all(one.name.strip() for one in load_contacts(path))
