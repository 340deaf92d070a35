"""Updates, timeline, postmortem and follow-ups from the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from incident_cockpit.documents.formats.registry import FORMATS
from incident_cockpit.errors import ExitCode
from incident_cockpit.integrations import clipboard, webhook
from incident_cockpit.integrations.clipboard import Copied
from incident_cockpit.integrations.webhook import Posted
from support.cli import Shell

HOOK = "https://hooks.example.com/services/" + "T0/B0/secret"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.good("new", "Checkout is down", "--severity", "SEV1", "--started", "-60m")
    shell.good("log", ":impact 8% of EU cards fail")
    return shell


def _sent(shell: Shell) -> list[tuple[str, str]]:
    return [(one["audience"], one["route"]) for one in shell.good("show", "--json").data["updates"]]


class TestUpdate:
    """Printing promises nothing; copying and --sent do."""

    def test_it_is_only_printed(self, shell: Shell) -> None:
        before = shell.events()
        ran = shell.good("update", "--for", "internal")
        assert "8% of EU cards fail" in ran.out
        assert shell.events() == before

    @pytest.mark.parametrize(
        ("target", "sign"),
        [
            ("slack", "*Impact:*"), ("mrkdwn", "*Impact:*"), ("markdown", "**Impact:**"), ("text", "\nImpact: "),
            ("teams", "**Impact:**"), ("statuspage", "Status: investigating\nName: Checkout is down\n\n"),
            ("email", "Subject: [SEV1] INC-1 Checkout is down: Investigating (update 1)\n\n"), ("social", "Impact:"),
            ("sms", "Impact: "), ("jira", "*Impact:*"), ("blocks", '"type": "rich_text"'),
        ],
    )  # fmt: skip
    def test_formats(self, shell: Shell, target: str, sign: str) -> None:
        assert sign in shell.good("update", "--for", "internal", "--format", target).out

    def test_every_format_is_tried(self) -> None:
        [mark] = [one for one in TestUpdate.test_formats.pytestmark if one.name == "parametrize"]
        assert sorted(target for target, _ in mark.args[1]) == sorted(FORMATS)

    def test_blocks_are_printed_for_programs(self, shell: Shell) -> None:
        argv = ("update", "--for", "internal", "--format", "blocks")
        assert [json.loads(shell.good(*argv).out)] == shell.good(*argv, "--json").data["payloads"]

    def test_what_the_target_cuts_is_said(self, shell: Shell) -> None:
        shell.good("log", ":impact " + "many cards fail " * 40)
        ran = shell.good("update", "--for", "external", "--format", "sms")
        assert "2 segments" in ran.err
        assert re.search(r": (?:many|cards|fail| )+\.\.\. [^.]* by ", ran.out)

    def test_json(self, shell: Shell) -> None:
        data = shell.good("update", "--for", "int", "--json").data
        assert sorted(data) == [
            "ages", "audience", "fields", "incident", "messages", "next_due", "number", "payloads", "stale", "text",
            "warnings",
        ]  # fmt: skip
        assert (data["messages"], data["fields"], data["payloads"]) == ([data["text"]], {}, [])
        assert (data["incident"], data["audience"], data["number"]) == ("INC-1", "internal", 1)
        assert data["next_due"].endswith("Z")

    def test_update_takes_the_format_from_the_plan(self, shell: Shell) -> None:
        assert shell.good("update", "--for", "external").out.startswith("Status: investigating\nName: Checkout")
        assert shell.good("update", "--for", "external", "--format", "slack").out.startswith("*Investigating: ")
        assert shell.good("update", "--for", "internal").out.startswith("*SEV1 INC-1 ")

    def test_how_old_each_field_is_stands_beside_the_text(self, shell: Shell) -> None:
        ran = shell.good("update", "--for", "external")
        assert re.search(r"^last changed: impact (just now|\S+) · phase (just now|\S+)$", ran.err, re.MULTILINE)
        data = shell.good("update", "--for", "external", "--json").data
        assert data["ages"].keys() == {"impact", "phase"}
        assert 0 <= data["ages"]["impact"] < 60
        assert data["stale"] == []

    def test_sent_by_hand_starts_the_countdown(self, shell: Shell) -> None:
        ran = shell.good("update", "--for", "external", "--sent")
        assert "INC-1 Checkout is down: logged" in ran.err
        assert "sent (by hand), next" in ran.err
        assert _sent(shell) == [("external", "by hand")]
        assert shell.good("update", "--for", "external", "--json").data["number"] == 2

    @pytest.mark.parametrize("way", ["--sent", "--copy", "--post"])
    def test_what_is_promised_is_what_the_text_says(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        monkeypatch.setattr(webhook, "post", lambda _url, messages: Posted(len(messages)))
        (shell.home / "config.toml").write_text(f'slack_webhook = "{HOOK}"\n')
        text = shell.good("update", "--for", "internal", way).out
        [said] = re.findall(r"Next update (?:at|by) (?:[0-9-]{10} )?([0-9:]{5}) UTC", text)
        [update] = shell.good("show", "--json").data["updates"]
        # To the second: whoever reads it knows of none.
        assert update["next_due"][11:19] == f"{said}:00"

    @pytest.mark.parametrize(
        "copied",
        [Copied("xclip", True, "copied with xclip", None), Copied("terminal", False, "sent to the terminal", None)],
    )
    def test_copying_counts_as_sending_and_says_its_route(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch, copied: Copied
    ) -> None:
        texts: list[str] = []

        def copy(text: str, **_settings: object) -> Copied:
            texts.append(text)
            return copied

        monkeypatch.setattr(clipboard, "copy", copy)
        ran = shell.good("update", "--for", "internal", "--copy", "--json")
        assert texts == [ran.data["text"]]
        assert copied.words in ran.err
        assert _sent(shell) == [("internal", copied.route)]
        shell.good("do", "undo")
        assert _sent(shell) == []

    def test_post_marks_the_update_as_sent_and_escapes_it(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        posted: list[tuple[str, dict[str, str]]] = []

        def post(url: str, messages: Sequence[dict[str, str]]) -> Posted:
            posted.extend((url, message) for message in messages)
            return Posted(len(messages))

        monkeypatch.setattr(webhook, "post", post)
        (shell.home / "config.toml").write_text(f'slack_webhook = "{HOOK}"\n')
        shell.good("log", ":impact <!channel> & everybody")
        ran = shell.good("update", "--for", "internal", "--post")
        assert "Slack" in ran.err
        ((url, message),) = posted
        assert url == HOOK
        assert "&lt;!channel&gt; &amp; everybody" in message["text"]
        assert "<!channel> & everybody" in json.dumps(message["blocks"])
        assert _sent(shell) == [("internal", "slack")]
        posted.clear()
        shell.good("update", "--for", "internal", "--post", "--format", "mrkdwn")
        ((_, message),) = posted
        assert "blocks" not in message

    def test_the_environment_names_a_webhook_before_the_settings(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        monkeypatch.setattr(webhook, "post", lambda url, messages: asked.append(url) or Posted(len(messages)))
        shell.env["INCIDENT_SLACK_WEBHOOK"] = HOOK
        ran = shell.good("update", "--for", "internal", "--post")
        assert asked == [HOOK]
        assert HOOK not in ran.err + ran.out

    def test_where_the_network_is_the_outage_the_text_is_copied(
        self, shell: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(webhook, "post", lambda *_: Posted(0, "Slack did not answer in time", maybe=True))
        monkeypatch.setattr(clipboard, "copy", lambda *_, **__: Copied("xclip", True, "copied with xclip", None))
        (shell.home / "config.toml").write_text(f'slack_webhook = "{HOOK}"\n')
        ran = shell.good("update", "--for", "internal", "--post")
        assert "check the channel before" in ran.err
        assert HOOK not in ran.err + ran.out
        assert _sent(shell) == [("internal", "xclip")]

    @pytest.mark.parametrize(
        ("argv", "code", "word"),
        [
            (("--post",), ExitCode.REFUSED, "no Slack webhook"),
            (("--post", "--sent"), ExitCode.USAGE, "--post and --sent"),
            (("--post", "--format", "markdown"), ExitCode.USAGE, "use slack"),
            (("--copy", "--format", "blocks"), ExitCode.USAGE, "cannot be pasted"),
        ],
    )
    def test_posting_is_refused_before_anything_is_sent(
        self, shell: Shell, argv: tuple[str, ...], code: ExitCode, word: str
    ) -> None:
        ran = shell("update", "--for", "internal", *argv)
        assert ran.code == code
        assert word in ran.err
        assert _sent(shell) == []

    def test_the_text_is_always_in_a_file(self, shell: Shell) -> None:
        out = shell.good("update", "--for", "internal", "--copy").out
        file = shell.home / "last-copy.txt"
        assert file.read_text() == out.removesuffix("\n")
        assert file.stat().st_mode & 0o777 == 0o600

    def test_a_copy_that_reached_nothing_is_not_recorded(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        nowhere = Copied("none", False, "not copied: no clipboard answers here", None)
        monkeypatch.setattr(clipboard, "copy", lambda _text, **_settings: nowhere)
        before = shell.events()
        ran = shell("update", "--for", "internal", "--copy")
        assert (ran.code, shell.events()) == (ExitCode.REFUSED, before)
        assert "8% of EU cards fail" in ran.out
        assert "--sent" in ran.err

    @pytest.mark.parametrize(
        ("argv", "code", "words"),
        [
            ([], ExitCode.USAGE, "internal, external"),
            (["internal"], ExitCode.NOT_FOUND, "--for internal"),
            (["9", "--for", "internal"], ExitCode.NOT_FOUND, "incident list"),
            (["--for", "martians"], ExitCode.REFUSED, "martians"),
            (["--for", "internal", "--copy", "--sent"], ExitCode.USAGE, "--sent"),
        ],
    )
    def test_wrong_argument_is_refused_and_nothing_written(
        self, shell: Shell, argv: list[str], code: int, words: str
    ) -> None:
        before = shell.events()
        ran = shell("update", *argv)
        assert (ran.code, ran.out, shell.events()) == (code, "", before)
        assert words in ran.err

    def test_secrets_do_not_leave(self, shell: Shell) -> None:
        token = "ghp_" + "a1B2" * 9
        shell.good("log", f":impact clients log {token}")
        ran = shell.good("update", "--for", "internal")
        assert token not in ran.out
        assert "Redacted" in ran.err


def test_the_timeline_is_in_the_order_in_which_things_happened(shell: Shell) -> None:
    shell.good("log", "second")
    shell.good("log", "-20m", "first")
    out = shell.good("timeline").out
    assert out.index("first") < out.index("second")
    texts = [line["text"] for line in shell.good("timeline", "--json").data]
    assert texts.index("first") < texts.index("second")
    line = shell.good("timeline", "--json").data[0]
    assert sorted(line) == ["before_start", "happened", "incident", "pinned", "recorded", "seq", "sort", "text", "who"]


class TestPostmortem:
    """The draft is printed or written to a file, never over another."""

    def test_it_is_printed(self, shell: Shell) -> None:
        ran = shell.good("postmortem")
        assert ran.out.startswith("# ")
        assert "8% of EU cards fail" in ran.out

    def test_it_is_written_once(self, shell: Shell, tmp_path: Path) -> None:
        file = tmp_path / "pm.md"
        assert str(file) in shell.good("postmortem", "1", "-o", str(file)).err
        file.write_text("edited by hand")
        ran = shell("postmortem", "1", "-o", str(file))
        assert (ran.code, file.read_text()) == (ExitCode.REFUSED, "edited by hand")
        assert "--force" in ran.err
        shell.good("postmortem", "1", "-o", str(file), "--force")
        assert "8% of EU cards fail" in file.read_text()
        assert [path.name for path in tmp_path.glob("pm*")] == ["pm.md"]

    def test_a_place_that_cannot_be_written(self, shell: Shell, tmp_path: Path) -> None:
        ran = shell("postmortem", "-o", str(tmp_path / "no" / "such" / "pm.md"))
        assert ran.code == ExitCode.REFUSED
        assert "cannot be written" in ran.err


def test_follow_ups_of_one_and_of_all(shell: Shell) -> None:
    assert shell.good("followups").err == "no follow-ups\n"
    shell.good("do", "follow-up", "alert by region")
    shell.good("new", "Search is slow")
    shell.good("do", "follow-up", "cache the facets", "--incident", "2")
    assert [row["text"] for row in shell.good("followups", "1", "--json").data] == ["alert by region"]
    rows = shell.good("followups", "--all", "--json").data
    assert {(row["incident"], row["text"], row["done"]) for row in rows} == {
        ("INC-1", "alert by region", False),
        ("INC-2", "cache the facets", False),
    }
    assert "INC-2  open  cache the facets" in shell.good("followups", "--all").out
    assert shell("followups", "1", "--all").code == ExitCode.USAGE


def test_a_follow_up_shows_all_that_is_known_of_it(shell: Shell) -> None:
    shell.good("do", "follow-up", "alert by region")
    shell.good("do", "follow-up-priority", "region", "high")
    shell.good("do", "follow-up-kind", "region", "monitoring")
    shell.good("do", "follow-up-due", "region", "2199-12-01 17:00Z")
    shell.good("do", "follow-up-success", "region", "an alert within five minutes")
    [row] = shell.good("followups", "--json").data
    assert [row[name] for name in ("priority", "kind", "due", "success", "finished")] == [
        "high", "monitoring", "2199-12-01T17:00:00Z", "an alert within five minutes", None,
    ]  # fmt: skip
    said = "high priority; monitoring; due 2199-12-01 17:00 UTC; done when: an alert within five minutes"
    assert said in shell.good("followups").out
    assert said in shell.good("show").out
    shell.good("do", "follow-up-done", "region")
    assert shell.good("followups", "--json").data[0]["finished"]


def test_word_joiner_of_a_mention_passes_a_pipe(shell: Shell) -> None:
    shell.good("do", "impact", "ask @channel about it")
    assert "@\u2060channel" in shell.good("update", "--for", "internal").out
