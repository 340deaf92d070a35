from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.config.check import ConfigErrors
from incident_cockpit.config.contacts import UserContact, load_contacts
from incident_cockpit.errors import Refused

GOOD = """
[[contacts]]
name = "Ana"
reach = "+00 000 0001"
mail = "ana@shop.example"

[[contacts]]
name = "CTO"
"""


def loaded(tmp_path: Path, text: str) -> tuple[UserContact, ...]:
    path = tmp_path / "contacts.toml"
    path.write_text(text, encoding="utf-8")
    return load_contacts(path)


def test_without_a_file_nobody_is_known(tmp_path: Path) -> None:
    assert load_contacts(tmp_path / "contacts.toml") == ()


def test_contacts_are_read(tmp_path: Path) -> None:
    assert loaded(tmp_path, GOOD) == (UserContact("Ana", "+00 000 0001", "ana@shop.example"), UserContact("CTO"))
    assert loaded(tmp_path, "") == ()


def test_every_error_is_named_at_once(tmp_path: Path) -> None:
    wrong = '[[contacts]]\nname = "ana"\nmial = "x"\nmail = "ana"\n[[contacts]]\nreach = 7\n[contact]\nname = "x"\n'
    with pytest.raises(ConfigErrors) as refused:
        loaded(tmp_path, GOOD + wrong)
    errors = [line.removeprefix(f"{tmp_path / 'contacts.toml'}: ").split(":")[0] for line in refused.value.lines]
    assert sorted(errors) == [
        "contact", "contacts.3.mail = 'ana'", "contacts.3.mial", "contacts.3.name = 'ana'", "contacts.4.name",
        "contacts.4.reach = 7",
    ]  # fmt: skip
    assert any('"mail"' in line for line in refused.value.lines)
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
def test_wrong_contact_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigErrors):
        loaded(tmp_path, text)


def test_a_file_that_is_no_text_or_cannot_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "contacts.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigErrors, match=r"contacts\.toml"):
        load_contacts(path)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigErrors, match=r"contacts\.toml"):
        load_contacts(path)
    with pytest.raises(Refused, match=str(tmp_path)):
        load_contacts(tmp_path)


@given(st.text(max_size=200))
def test_nothing_that_is_read_crashes(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any-contacts.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(ConfigErrors):
        assert all(one.name.strip() for one in load_contacts(path))
