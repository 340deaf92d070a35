"""Every planted secret is put together from halves, so that no scanner takes this file for a leak."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_cockpit.text.redact import RULES, find, redact
from support.growth import MOST, growth

LETTERS = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD"
HEX = "0123456789abcdef" * 4
UPPER = "ABCD2345EFGH6723"

PLANTED = [
    ("AWS access key", "AKIA" + UPPER),
    ("GitHub token", "ghp" + "_" + LETTERS + "abcd"),
    ("GitHub token", "github" + "_pat_" + LETTERS),
    ("GitLab token", "glpat" + "-" + LETTERS[:20]),
    ("Slack token", "xoxb" + "-1234567890-" + LETTERS),
    ("Slack token", "xapp" + "-1-A0-" + LETTERS),
    ("Slack webhook", "https://hooks." + "slack.com/services/T0000/B0000/" + LETTERS),
    ("Discord webhook", "https://discord." + "com/api/webhooks/12345678/" + LETTERS),
    ("Teams webhook", "https://x.webhook." + "office.com/webhookb2/" + LETTERS),
    ("Stripe key", "sk" + "_live_" + LETTERS[:24]),
    ("Google API key", "AIza" + LETTERS + "abc"),
    ("Google OAuth token", "ya29" + "." + LETTERS),
    ("npm token", "npm" + "_" + LETTERS + "abcd"),
    ("PyPI token", "pypi" + "-" + LETTERS * 3),
    ("Docker token", "dckr" + "_pat_" + LETTERS),
    ("SendGrid key", "SG" + "." + LETTERS[:22] + "." + LETTERS + "abc"),
    ("Twilio key", "SK" + HEX[:32]),
    ("Mailgun key", "key" + "-" + HEX[:32]),
    ("Shopify token", "shpat" + "_" + HEX[:32]),
    ("DigitalOcean token", "dop" + "_v1_" + HEX),
    ("Vault token", "hvs" + "." + LETTERS),
    ("Terraform token", LETTERS[:14] + ".atlasv1" + "." + LETTERS * 2),
    ("Grafana token", "glsa" + "_" + LETTERS + "_" + HEX[:8]),
    ("New Relic key", "NRAK" + "-" + (UPPER * 2)[:27]),
    ("Sentry token", "sntryu" + "_" + HEX),
    ("Atlassian token", "ATATT3" + LETTERS * 2),
    ("Databricks token", "dapi" + HEX[:32]),
    ("Telegram bot token", "123456789" + ":AA" + LETTERS + "x"),
    ("Hugging Face token", "hf" + "_" + LETTERS),
    ("AI service key", "sk" + "-proj-" + LETTERS),
    ("age key", "AGE-SECRET-" + "KEY-1" + (UPPER * 4)[:58]),
    ("Vault token", "s" + ".aB3dE6gH9jK2mN5pQ8sT1vW4"),
    ("Grafana token", "eyJr" + "Ijoi" + LETTERS * 2 + "=="),
    ("New Relic key", "NRII" + "-" + LETTERS),
    ("New Relic key", HEX[:36] + "NRAL"),
    ("PagerDuty key", "u" + "+" + LETTERS[:18]),
    ("OpenShift token", "sha256" + "~" + (LETTERS * 2)[:43]),
    ("Tailscale key", "tskey" + "-auth-" + LETTERS),
    ("Cloudflare key", "v1" + ".0-" + HEX[:24] + "-" + (HEX * 3)[:146]),
    ("Azure secret", "abC8" + "Q~" + LETTERS),
    ("Azure DevOps token", (LETTERS * 3)[:76] + "AZ" + "DO" + "a1B2"),
    ("Artifactory token", "AKC" + "p" + (LETTERS * 3)[:69]),
    ("Artifactory token", "cmV" + "md" + (LETTERS * 3)[:59]),
    ("Doppler token", "dp" + ".pt." + (LETTERS * 2)[:43]),
    ("Doppler token", "dp" + ".st.prd_eu." + (LETTERS * 2)[:43]),
    ("Dynatrace token", "dt0" + "c01." + (UPPER * 2)[:24] + "." + UPPER * 4),
    ("Heroku key", "HRKU" + "-" + LETTERS + "abcd"),
    ("Pulumi token", "pul" + "-" + HEX[:40]),
    ("PlanetScale secret", "pscale" + "_tkn_" + LETTERS),
    ("Supabase key", "sbp" + "_" + HEX[:40]),
    ("Postman key", "PMAK" + "-" + HEX[:24] + "-" + HEX[:34]),
    ("Sonar token", "squ" + "_" + HEX[:40]),
    ("CI token", "bkua" + "_" + HEX[:40]),
    ("CI token", "CCI" + "PAT_" + LETTERS[:22] + "_" + HEX[:40]),
    ("Linear key", "lin" + "_api_" + LETTERS + "abcdefgh"),
    ("Notion token", "ntn" + "_12345678901" + LETTERS + "abc"),
    ("1Password secret", "ops" + "_eyJ" + LETTERS * 4),
    ("1Password secret", "A3" + "-ABC234-DEF567GHJ89-AB2CD-EF3GH-JK4LM"),
    ("RubyGems key", "rubygems" + "_" + HEX[:48]),
    ("NuGet key", "oy2" + (HEX * 2)[:43]),
    ("Fly.io token", "fo1" + "_" + (LETTERS * 2)[:43]),
    ("Fly.io token", "fm2" + "_" + LETTERS * 4),
    ("Square token", "sq0" + "atp-" + LETTERS),
    ("Alibaba key", "LTAI" + LETTERS[:20]),
    ("AI service key", "gsk" + "_" + LETTERS + "abcdefghijkl"),
    ("service token", "pnu" + "_" + LETTERS + "abcd"),
    ("service token", "rdme" + "_" + (HEX * 2)[:70]),
    ("service token", "xkeysib" + "-" + HEX + "-" + LETTERS[:16]),
    ("service token", "sgp" + "_" + HEX[:16] + "_" + HEX[:40]),
    ("service token", "pat" + "-na1-" + "01234567-89ab-cdef-0123-456789abcdef"),
    ("service token", "shippo" + "_live_" + HEX[:40]),
    ("service token", "EZ" + "AK" + (LETTERS * 2)[:54]),
    ("service token", "nfp" + "_" + LETTERS + "abcd"),
    ("service token", "figd" + "_" + LETTERS + "abcdefgh"),
    ("service token", "lsv2" + "_pt_" + HEX[:32] + "_" + HEX[:10]),
    ("service token", "FLWSECK" + "_TEST-" + HEX[:32] + "-X"),
    ("JSON web token", "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiIxIn0" + "." + LETTERS),
    ("private key", "-----BEGIN RSA PRIVATE" + " KEY-----\n" + LETTERS + "\n-----END RSA PRIVATE" + " KEY-----"),
    ("private key", "-----BEGIN PRIVATE" + " KEY-----\\n" + LETTERS + "\\n-----END PRIVATE" + " KEY-----"),
]

# What stands before the secret, the secret, what stands after it: only the middle goes.
IN_CONTEXT = [
    ("Authorization header", "Authorization: Bearer ", LETTERS, " sent"),
    ("Authorization header", "-H 'authorization: Basic ", "dXNlcjpwYXNz" + "d29yZA==", "'"),
    ("bearer token", "with bearer ", LETTERS, ""),
    ("cookie", "Cookie: ", "session=" + LETTERS + "; theme=dark", ""),
    ("URL password", "postgres://app:", "s3cr" + "et", "@db.internal/orders"),
    ("URL password", "redis://:", "hunt" + "er2", "@cache:6379"),
    ("password", "curl -u ana:", "hunt" + "er2", " https://x"),
    ("password", "mysql --password ", "correct" + "horse", " -h db"),
    ("password", "DB_PASSWORD=", "correct" + "horse", " make"),
    ("password", 'password = "', "correct horse" + " battery", '"'),
    ("password", '{"client_secret": "', "abcdef" + "gh", '"}'),
    ("password", "api_key: ", "abc" + "123def", ", then"),
    ("password", "aws_secret_access_key=", "wJalr" + "XUtnFEMI/K7MDENG", ""),
    ("Authorization header", "Authorization: Genie" + "Key ", "01234567-89ab-4def-8123-456789abcdef", ""),
    ("Authorization header", "authorization: SSWS ", LETTERS, '"'),
    ("Sentry key", "https://", HEX[:32], "@o1.ingest.sentry.io/2"),
    ("session id", "JSESSION" + "ID=", LETTERS, "; path=/"),
    ("password", "CREATE USER app IDENTIFIED BY '", "correct horse", "'@'%'"),
    ("password", "ALTER ROLE app WITH PASSWORD '", "correct" + "horse", "'"),
    ("password", "machine db.example login ana password ", "correct" + "horse", ""),
    ("password", "sshpass -p ", "hunt" + "er2", " ssh ana@db"),
    ("password", "redis-cli -h cache -p 6379 -a '", "hunt" + "er2", "' info"),
    ("password", "mysql -h db -u root -p", "hunt" + "er2", " orders"),
    ("password", "the password is now ", "hunt" + "er2!", ", change it"),
    ("password", "client-key-data: ", "LS0tLS1" + "CRUdJTiBSU0E=", ""),
    ("signed URL", "https://s/x?a=1&sig=", LETTERS, "&b=2"),
    ("signed URL", "https://s/x?signature=", LETTERS, " (Ana)"),
    ("key in a URL", "https://s/d/5xx?from=now-1h&key=", "a1B2" * 6, "&b=2"),
    ("key in a URL", "see https://s/cb?code=", "0a1b" * 6, ""),
]

HARMLESS = [
    "password=$DB_PASSWORD and token=${TOKEN}",
    "password: <from the vault>",
    "token: expired at 14:05",
    "secret: kube-system/db-creds",
    "max_tokens=4096, token=512",
    "the password was changed, the token is gone",
    "Basic authentication is off, bearer of bad news",
    "https://s/wiki?key=checkout-5xx-first-runbook-of-2026&session=12&code=503",
    "PWD=/home/ana",
    "the key: restart checkout-5xx first",
    "https://example.org:8443/a@b",
    "docker run -u 1000:1000 app",
    "commit 0123456789abcdef0123456789abcdef01234567",
    "550e8400-e29b-41d4-a716-446655440000",
    "sk-learn, task-force, risk-assessment-of-the-european-region",
    "password=********",
    "AKIAIOSFODNN7" + "EXAMPLE is the key in the manual",
    "join https://acme.zoom.us/j/98765432101?pwd=Qm9iYmFiMTIz and https://acme.webex.com/m?pwd=abc123xyz",
    "token = match_at(text, position), password=getpass.getpass(prompt)",
    "the password is wrong, the passphrase is expired, the passcode was 1234",
    "ALTER ROLE app WITH PASSWORD '[new-password]' or IDENTIFIED BY '<from the vault>'",
    "mysql -u root -p orders, mysqldump --single-transaction -p",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "systems.checkout.payments2026.example and minutes.x",
    "session expired, session id unknown, sessionid=short",
    "https://api-1.example.com/v1.0-beta, lin_reg, oy2 and sq0 went down",
    "secret_name=payments-db password_reset=true",
    "cookie: banner broke the checkout",
    "--password-stdin --token-file /run/token",
    "14:31 decision Roll back 4512 before the EU peak",
]


@pytest.mark.parametrize(("name", "secret"), PLANTED)
def test_a_known_shape_is_named_and_taken_whole(name: str, secret: str) -> None:
    text, found = redact(f"see {secret} here")
    assert text == f"see [redacted: {name}] here"
    assert [(f.name, f.start, f.end) for f in found] == [(name, 4, 4 + len(secret))]


@pytest.mark.parametrize(("name", "before", "secret", "after"), IN_CONTEXT)
def test_only_the_secret_goes_and_its_surroundings_stay(name: str, before: str, secret: str, after: str) -> None:
    assert redact(before + secret + after)[0] == f"{before}[redacted: {name}]{after}"


@pytest.mark.parametrize("line", HARMLESS)
def test_harmless_text_stays(line: str) -> None:
    assert redact(line) == (line, ())


def test_every_rule_is_tried_above() -> None:
    tried = {name for name, _ in PLANTED} | {name for name, *_ in IN_CONTEXT}
    assert {rule.name for rule in RULES} <= tried


def test_overlapping_finds_are_one_with_the_more_telling_name() -> None:
    token = "ghp" + "_" + LETTERS + "abcd"
    assert redact(f"Authorization: Bearer {token}")[0] == "Authorization: Bearer [redacted: GitHub token]"
    assert redact(f"token={token} ok")[0] == "token=[redacted: GitHub token] ok"


def test_a_private_key_without_an_end_is_taken_as_far_as_it_goes() -> None:
    block = "-----BEGIN EC PRIVATE" + " KEY-----\n" + f"{LETTERS}\n{LETTERS}\n"
    assert redact(block + "Rolled back, all fine.")[0].endswith("lled back, all fine.") is False
    assert LETTERS not in redact(block + "and then prose")[0]


@given(st.sampled_from(PLANTED), st.integers(0, 9000))
def test_a_secret_is_found_wherever_a_long_line_is_cut(planted: tuple[str, str], at: int) -> None:
    name, secret = planted
    text = f"{'.' * at} {secret} {'.' * 3000}"
    assert [(f.name, f.start) for f in find(text)] == [(name, at + 1)]


def test_a_token_longer_than_its_shape_is_taken_to_its_end() -> None:
    token = "eyJ" + "a1" * 20 + ".eyJ" + "b2" * 3000 + "." + "c3" * 300
    assert redact(f"got {token} back")[0] == "got [redacted: JSON web token] back"


pieces = st.sampled_from(
    [secret for _, secret in PLANTED]
    + [before + secret + after for _, before, secret, after in IN_CONTEXT]
    + ["password=", "token: ", "://", ":", "@", '"', "'", "Bearer ", "\n", " ", "-----BEGIN PRIVATE" + " KEY-----"]
)


@given(st.lists(pieces | st.text(max_size=6), max_size=12), st.sampled_from(["", " "]))
def test_finds_are_in_order_and_apart_and_what_is_redacted_stays_so(parts: list[str], between: str) -> None:
    text = between.join(parts)
    found = find(text)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    if between:
        once, _ = redact(text)
        assert redact(once)[0] == once


def test_a_password_beside_a_meeting_still_goes() -> None:
    text = "https://acme.zoom.us/j/9?pwd=Qm9iYmFiMTIz password=" + "correct" + "horse"
    assert redact(text)[0] == "https://acme.zoom.us/j/9?pwd=Qm9iYmFiMTIz password=[redacted: password]"
    assert "[redacted" in redact("https://acme.example/j/9?pwd=Qm9iYmFiMTIz")[0]


@pytest.mark.parametrize(
    "piece",
    [
        "password=", "token: ", "-----BEGIN PRIVATE" + " KEY-----", "password is ", "login a password ",
        "https://zoom.us/j/1?pwd=abcd1234 ", "identified by '", "mysql -u a -p", "redis-cli -h a ", "s.", "://a:",
        "?key=a1", "&code=0&hmac=",
        "eyJa.eyJ",
    ],
)  # fmt: skip
def test_no_text_is_slow(piece: str) -> None:
    assert growth(find, piece) < MOST


def test_harmless_documents_of_others_stay_as_they_are(corpus: Path) -> None:
    """Runbooks show how a password is set more than once; nothing else in them looks like a secret."""
    lines = [
        line
        for path in sorted(corpus.rglob("*"))
        if path.suffix in (".md", ".json")
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n")
    ]
    found = [(one.name, line) for line in lines for one in find(line)]
    assert len(lines) > 10_000
    assert {name for name, _ in found} <= {"password", "URL password", "Sentry key"}
    assert len(found) < 12
