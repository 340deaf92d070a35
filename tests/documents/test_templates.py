from __future__ import annotations

import subprocess
import sys

import pytest

from incident_cockpit.documents.render import LONGEST_TEXT, Value, render
from incident_cockpit.errors import Refused
from support.refusals import refuses


def test_variables_are_escaped_at_every_depth() -> None:
    variables: dict[str, Value] = {"title": "a@b", "actions": [{"time": "14:05", "text": "@Raj did it"}], "number": 3}
    text = "{{ number }} {{ title }}\n{% for a in actions %}\n- {{ a.time }} {{ a.text }}\n{% endfor %}\n"
    assert (
        render(text, variables, "test", lambda value: value.replace("@", "(at)")) == "3 a(at)b\n- 14:05 (at)Raj did it"
    )


def test_variable_is_not_read_as_a_template() -> None:
    assert render("{{ title }}", {"title": "{{ id }}{% raw %}"}, "test") == "{{ id }}{% raw %}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("one\n{{ title", "line 2"),
        ("one\n{% if title %}", "line 2"),
        ("{{ titel }}", "did you mean"),
        ("one\ntwo\n{{ title.nothing }}", "line 3"),
        ("{{ id }}", "'id' is undefined"),
        ("{{ title.__class__.__mro__ }}", "line 1"),
        ("one\n{{ title + 1 }}", "line 2"),
    ],
)
def test_broken_template_is_refused_with_name_and_line(text: str, says: str) -> None:
    with pytest.raises(Refused) as refusal:
        render(text, {"title": "x"}, "internal template of plan default")
    assert "internal template of plan default" in refusal.value.why
    assert says in refusal.value.why
    assert "\n" not in refusal.value.why


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{{ 'x' * 10000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%9999999999d' % 1 }}",
        "{{ title.ljust(9999999999) }}",
        "{{ title | center(9999999999) }}",
        "{{ title | join(title) | join(title) | join(title) }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set title = title ~ title %}",
        "{% for a in actions %}{% for b in actions %}{% for c in actions %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in actions recursive %}{{ loop(actions) }}{% endfor %}",
        "{% include 'x' %}",
        "{{ title.__class__.__base__.__subclasses__() }}",
        "{{ lipsum() }}",
        "x" * 20_001,
        "{% if title %}" * 3000,
    ],
)
def test_hostile_template_is_refused_at_once(text: str) -> None:
    with pytest.raises(Refused):
        render(text, {"title": "x" * 100, "actions": ["a"] * 1000}, "test")


def test_rendered_text_is_bounded() -> None:
    with refuses():
        render("{% for a in actions %}{{ a }}{% endfor %}", {"actions": ["x" * 100] * LONGEST_TEXT}, "test")


def test_jinja_is_imported_late() -> None:
    code = "import sys, incident_cockpit.documents.render; sys.exit('jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
