"""Find and redact secrets before text leaves: a table of known shapes, run over every copy, export and webhook.

It knows the shapes below and nothing else. Expect it to miss many of the rarer formats, bare keys of hex or letters
beside no telling word, anything split over two lines, and every secret that looks like an ordinary word. No guess is
made from statistics, so harmless text stays as it is. It lowers the odds of a leak; it does not replace reading what is
sent.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

_PIECE = 4096
_OVERLAP = 1024  # no pattern can match more than this, so a secret across a cut is whole in one piece
_KEY_BLOCK = 16 * 1024


class SecretMatch(Struct, frozen=True):
    """A secret in a text: its kind, `start` (inclusive) and `end` (exclusive)."""

    name: str
    start: int
    end: int


class Rule(Struct, frozen=True):
    """A pattern of secrets, tried only if one of its hints occurs; the group `secret`, or the match, is redacted.

    The pattern is compiled when a hint is first met, because most texts hold none.
    """

    name: str
    hints: tuple[str, ...]
    pattern: str


def _rule(name: str, hints: str, pattern: str) -> Rule:
    return Rule(name, tuple(hints.lower().split()), pattern)


_B = r"(?<![A-Za-z0-9])"
_E = r"(?![A-Za-z0-9])"

_NAMES = (
    r"(?i:pass(?:word|wd|phrase|code)|pwd|secret|token|credential"
    r"|(?:api|access|auth|account|private|signing|encryption|master|service|routing|integration|client|license)[_-]?key)"
    r"(?i:[_-]?(?:access|secret|key|base|value|data|prod|live|[0-9]{1,3})){0,3}"
)
# What stands after "password=" in honest text: a variable, a placeholder, a path, a count, a plain word, a call.
_PLACEHOLDER = (
    r"(?![\[<*/]|\$[({A-Za-z_]|%[({s]|\{\{|[0-9]{1,6}(?![^\s,;&\"'])|[A-Za-z_.]{1,60}\("
    r"|(?i:null|none|nil|true|false|undefined|redacted|x{3,9})(?![A-Za-z0-9]))"
)
_VALUE = r"(?P<secret>[^\s\"'`,;&<>]{4,200})"
_QUOTED = r"(?:\"(?!\[redacted)(?P<secret>[^\"\r\n]{4,200})\"|'(?!\[redacted)(?P<single>[^'\r\n]{4,200})')"
_UNLIKE_A_WORD = r"(?=[^\s\"',;]{0,100}[0-9!@#$%^&*+=_~])"
_NAME_HINTS = "pass pwd secret token credential key"

# The most telling first: where two rules find the same place, the earlier one names it.
RULES: tuple[Rule, ...] = (
    _rule(
        "AWS access key", "akia asia abia acca", _B + r"(?:AKIA|ASIA|ABIA|ACCA)(?![A-Z0-9]{9}EXAMPLE)[A-Z0-9]{16}" + _E
    ),
    _rule("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", _B + r"gh[pousr]_[A-Za-z0-9]{30,255}"),
    _rule("GitHub token", "github_pat_", _B + r"github_pat_[A-Za-z0-9_]{22,255}"),
    _rule("GitLab token", "gl", _B + r"gl(?:pat|dt|rt|rtr|soat|ptt|ft|imt|agent|cbt|oas)-[A-Za-z0-9_-]{20,255}"),
    _rule("Slack token", "xox xapp-", _B + r"(?:xox[a-z](?:\.xox[a-z])?|xapp)-[A-Za-z0-9%-]{10,255}"),
    _rule(
        "Slack webhook",
        "hooks.slack",
        r"https?://hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/_-]{20,255}",
    ),
    _rule("Discord webhook", "/api/webhooks/", r"https://[a-z.]{0,20}discord(?:app)?\.com/api/webhooks/[\w/-]{20,200}"),
    _rule("Teams webhook", "webhook.office.com", r"https://[\w.-]{1,63}webhook\.office\.com/[\w/@-]{20,400}"),
    _rule("Stripe key", "sk_ rk_ whsec_", _B + r"(?:[sr]k_(?:live|test|prod)_|whsec_)[A-Za-z0-9+/=]{16,255}"),
    _rule("Google API key", "aiza", _B + r"AIza[A-Za-z0-9_-]{35}"),
    _rule("Google OAuth token", "ya29. gocspx-", _B + r"(?:ya29\.[A-Za-z0-9_-]{20,900}|GOCSPX-[A-Za-z0-9_-]{20,64})"),
    _rule("npm token", "npm_", _B + r"npm_[A-Za-z0-9]{36}"),
    _rule("PyPI token", "pypi-", _B + r"pypi-[A-Za-z0-9_-]{50,512}"),
    _rule("Docker token", "dckr_", _B + r"dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,64}"),
    _rule("SendGrid key", "sg.", _B + r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}"),
    _rule("Twilio key", "sk", _B + r"SK[0-9A-Fa-f]{32}" + _E),
    _rule("Mailgun key", "key-", _B + r"key-[0-9a-f]{32}" + _E),
    _rule("Shopify token", "shp", _B + r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}" + _E),
    _rule("DigitalOcean token", "_v1_", _B + r"do[opr]_v1_[a-f0-9]{64}" + _E),
    _rule("Vault token", "hvs. hvb. hvr.", _B + r"hv[sbr]\.[A-Za-z0-9_-]{20,300}"),
    _rule("Vault token", "s.", r"(?<![\w./])s\.(?=[A-Za-z]{0,23}[0-9])(?=[a-z0-9]{0,23}[A-Z])[A-Za-z0-9]{24}(?![\w.])"),
    _rule("Terraform token", ".atlasv1.", _B + r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,80}"),
    _rule("Grafana token", "glsa_ glc_", _B + r"(?:glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/=]{32,400})"),
    _rule("Grafana token", "eyjrijoi", _B + r"eyJrIjoi[A-Za-z0-9]{40,400}={0,3}"),
    _rule(
        "New Relic key", "nrak- nrii- nrjs-", _B + r"NR(?:AK-[A-Z0-9]{27}|II-[A-Za-z0-9_-]{32}|JS-[a-f0-9]{19})" + _E
    ),
    _rule("New Relic key", "nral", _B + r"[a-f0-9]{36}(?:FFFF)?NRAL" + _E),
    _rule("Sentry token", "sntry", _B + r"sntry[us]_[A-Za-z0-9+/=_-]{32,500}"),
    _rule("Sentry key", "@", r"https://(?P<secret>[0-9a-f]{32}(?::[0-9a-f]{32})?)@"),
    _rule("PagerDuty key", "u+", r"(?<![\w+])u\+[A-Za-z0-9_-]{18}(?![\w+-])"),
    _rule("OpenShift token", "sha256~", r"sha256~[A-Za-z0-9_-]{43}(?![\w-])"),
    _rule("Tailscale key", "tskey-", _B + r"tskey-[a-z]{2,12}-[A-Za-z0-9-]{16,80}"),
    _rule("Cloudflare key", "v1.0-", _B + r"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}" + _E),
    _rule("Azure secret", "q~", r"(?<![\w~.-])[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![\w~-])"),
    _rule("Azure DevOps token", "azdo", _B + r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}" + _E),
    _rule("Artifactory token", "akcp cmvmd", _B + r"(?:AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59})" + _E),
    _rule(
        "Doppler token", "dp.", _B + r"dp\.(?:pt|st|ct|scim|audit|sa)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}" + _E
    ),
    _rule("Dynatrace token", "dt0", _B + r"dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}" + _E),
    _rule("Heroku key", "hrku-", _B + r"HRKU-[A-Za-z0-9_-]{36,64}"),
    _rule("Pulumi token", "pul-", _B + r"pul-[a-f0-9]{40}" + _E),
    _rule("PlanetScale secret", "pscale_", _B + r"pscale_(?:tkn|oauth|pw)_[A-Za-z0-9=._-]{32,64}"),
    _rule("Supabase key", "sbp_ sb_secret_", _B + r"(?:sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{20,64})"),
    _rule("Postman key", "pmak-", _B + r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}" + _E),
    _rule("Sonar token", "sq", _B + r"sq[apu]_[a-f0-9]{40}" + _E),
    _rule("CI token", "bkua_ cci", _B + r"(?:bkua_[a-f0-9]{40}|CCI(?:PAT|PRJ)_[A-Za-z0-9]{18,30}_[a-f0-9]{40})" + _E),
    _rule("Linear key", "lin_", _B + r"lin_(?:api|oauth)_[A-Za-z0-9]{40,64}" + _E),
    _rule("Notion token", "ntn_", _B + r"ntn_[0-9]{11}[A-Za-z0-9]{35}" + _E),
    _rule("1Password secret", "ops_eyj", _B + r"ops_eyJ[A-Za-z0-9+/=_-]{100,1000}"),
    _rule(
        "1Password secret",
        "a3-",
        _B + r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}" + _E,
    ),
    _rule("RubyGems key", "rubygems_", _B + r"rubygems_[a-f0-9]{48}" + _E),
    _rule("NuGet key", "oy2", _B + r"oy2[a-z0-9]{43}" + _E),
    _rule(
        "Fly.io token", "fo1_ fm1 fm2_", _B + r"(?:fo1_[\w-]{43}(?![\w-])|fm(?:1[ar]|2)_[A-Za-z0-9+/]{100,900}={0,3})"
    ),
    _rule("Square token", "sq0", _B + r"sq0(?:atp|csp)-[A-Za-z0-9_-]{22,60}"),
    _rule("Alibaba key", "ltai", _B + r"LTAI[A-Za-z0-9]{20}" + _E),
    _rule(
        "service token",
        "pnu_ rdme_ xkeysib- xsmtpsib- sgp_ pat-na1- pat-eu1- shippo_ ezak eztk clojars_ nfp_ figd_ lsv2_ flwseck",
        _B + r"(?:pnu_[A-Za-z0-9]{36}|rdme_[a-z0-9]{70}|x(?:keysib|smtpsib)-[a-f0-9]{64}-[A-Za-z0-9]{16}"
        r"|sgp_(?:[A-Fa-f0-9]{16}_|local_)?[a-f0-9]{40}|pat-(?:na|eu)1-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}"
        r"|shippo_(?:live|test)_[a-f0-9]{40}|EZ[AT]K[A-Za-z0-9]{54}|CLOJARS_[a-z0-9]{60}|nfp_[A-Za-z0-9]{36}"
        r"|figd_[A-Za-z0-9_-]{40,64}|lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}|FLWSECK(?:_TEST)?-[a-z0-9]{32}-X)" + _E,
    ),
    _rule("Atlassian token", "atatt3", _B + r"ATATT3[A-Za-z0-9_=-]{50,400}"),
    _rule("Databricks token", "dapi", _B + r"dapi[a-f0-9]{32}(?:-[0-9])?" + _E),
    _rule("Telegram bot token", ":aa", _B + r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}" + _E),
    _rule("Hugging Face token", "hf_", _B + r"hf_[A-Za-z0-9]{30,64}" + _E),
    _rule("AI service key", "sk-", _B + r"sk-(?:ant-|proj-|svcacct-)?(?=[A-Za-z_-]{0,60}[0-9])[A-Za-z0-9_-]{20,255}"),
    _rule("AI service key", "pplx- gsk_ xai-", _B + r"(?:pplx-|gsk_|xai-)[A-Za-z0-9]{40,100}" + _E),
    _rule("age key", "age-secret-key-", r"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    _rule(
        "signed URL",
        "sig= signature= hmac=",
        r"(?i:[?&](?:sig|signature|hmac|x-amz-signature|x-goog-signature))=(?P<secret>[\w%+/=-]{20,800})",
    ),
    _rule(
        "key in a URL",
        "key= auth= sid= session= code=",
        r"(?i:[?&](?:key|auth|sid|session|code))=(?=[\w%+/=]{0,100}[0-9])(?P<secret>[\w%+/=]{20,800})(?![\w-])",
    ),
    _rule("JSON web token", "eyj", r"(?<![\w-])eyJ[\w-]{8,400}\.eyJ[\w-]{4,400}(?:\.[\w-]{0,200})?"),
    _rule(
        "Authorization header",
        "authorization",
        r"(?i:authorization)[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
        r"(?:(?i:bearer|basic|token|digest|api-?key|api-?token|negotiate|geniekey|ssws|splunk|bot|sharedaccesssignature"
        r"|aws4-hmac-sha256)[ \t]{1,4})?"
        r"(?=[^\s\"',]{0,100}[0-9=])(?P<secret>[A-Za-z0-9][^\s\"',]{7,500})",
    ),
    _rule(
        "bearer token",
        "bearer basic",
        r"\b(?i:bearer|basic)[ \t]{1,4}(?=[\w.~+/-]{0,100}[0-9=])(?P<secret>[\w.~+/=-]{12,500})",
    ),
    _rule("cookie", "cookie", r"(?i:cookie2?):[ \t]{0,4}(?P<secret>[\w.!-]{1,64}=[^\r\n\"']{4,900})"),
    _rule(
        "session id",
        "session sessid connect.sid",
        r"(?i:sessions?_?-?id|j?sessionid|phpsessid|connect\.sid)=(?P<secret>[\w%.:-]{16,500})",
    ),
    _rule(
        "password",
        "identified password",
        r"(?i:\bidentified(?:[ \t]{1,4}with[ \t]{1,4}[\w']{1,40})?[ \t]{1,4}by|\bpassword)[ \t]{1,4}"
        r"'(?![<%$:\[])(?P<secret>[^'\r\n]{4,200})'",
    ),
    _rule(
        "password",
        "login",
        r"\blogin[ \t]{1,4}[^\s]{1,100}[ \t]{1,4}password[ \t]{1,4}(?P<secret>(?!\[redacted)[^\s]{3,200})",
    ),
    _rule(
        "password",
        "sshpass redis-cli",
        r"\b(?:sshpass[ \t]{1,4}-p|redis-cli(?:[ \t]{1,4}-[hpn][ \t]{1,4}[\w.-]{1,100}){0,3}[ \t]{1,4}-a)"
        r"[ \t]{0,4}[\"']?" + _PLACEHOLDER + r"(?P<secret>[^\s\"']{3,200})",
    ),
    _rule(
        "password",
        "mysql",
        r"\bmysql(?:dump|admin)?(?:[ \t]{1,4}-[A-Zahiu][ \t]{0,4}[\w.@-]{1,100}){0,4}[ \t]{1,4}-p[\"']?"
        + _PLACEHOLDER
        + r"(?P<secret>[^\s\"'-][^\s\"']{3,200})",
    ),
    _rule(
        "password",
        "password passwd passphrase passcode",
        r"\b(?i:password|passwd|passphrase|passcode)[ \t]{1,3}(?:is|was|now)[ \t]{1,3}(?:now[ \t]{1,3})?[\"'`]?"
        + _PLACEHOLDER
        + _UNLIKE_A_WORD
        + _VALUE,
    ),
    _rule(
        "URL password", "://", r"(?<![\w+.-])[A-Za-z][\w+.-]{1,20}://[^\s/:@]{0,100}:" + r"(?P<secret>[^\s/@]{1,200})@"
    ),
    _rule(
        "password",
        "-u --user",
        r"(?<!\S)(?:-u|--user|--proxy-user)[ =][\"']?[\w.@-]{1,64}:" + _PLACEHOLDER + r"(?P<secret>[^\s\"']{3,200})",
    ),
    _rule(
        "password",
        _NAME_HINTS,
        r"(?<!\S)--?[\w-]{0,30}" + _NAMES + r"[ \t]{1,3}[\"']?" + _PLACEHOLDER + r"(?![-])" + _VALUE,
    ),
    _rule("password", _NAME_HINTS, _NAMES + r"[\"']?[ \t]{0,3}(?:=>|:=|[=:])[ \t]{0,3}" + r"(?=[\"'])" + _QUOTED),
    _rule("password", _NAME_HINTS, _NAMES + r"[\"']?[ \t]{0,3}(?:=>|:=|={1,2})[ \t]{0,3}" + _PLACEHOLDER + _VALUE),
    _rule("password", _NAME_HINTS, _NAMES + r"[\"']?[ \t]{0,3}:[ \t]{0,3}" + _PLACEHOLDER + _UNLIKE_A_WORD + _VALUE),
)

# Many rules share a hint, and looking for hints is all the work there is in a harmless text.
_RANKS_BY_HINT: dict[str, list[int]] = {
    hint: [rank for rank, rule in enumerate(RULES) if hint in rule.hints] for rule in RULES for hint in rule.hints
}

# The password in a meeting URL opens only the meeting, and the people invited need it.
_MEETING = re.compile(r"https://[\w.-]{0,60}(?:zoom\.us|zoomgov\.com|webex\.com)/[^\s<>\"']{1,500}", re.IGNORECASE)

_KEY_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_KEY_LINES = re.compile(r"(?:[A-Za-z0-9+/=\\]{0,200}\r?\n){0,200}[A-Za-z0-9+/=\\]{0,4096}")
_REST = re.compile(r"[A-Za-z0-9_-]{0,65536}(?:\.[A-Za-z0-9_-]{4,65536}){0,2}")


def find(text: str) -> tuple[SecretMatch, ...]:
    """Return every secret of a known shape, in order of place, none overlapping another."""
    lower = text.lower()
    meetings = [meeting.span() for meeting in _MEETING.finditer(text)] if "https://" in lower else []
    matches = [
        (rank, start, end)
        for rank, start, end in _matches(text, lower)
        if not (meetings and RULES[rank].name == "password" and _within(start, meetings))
    ]
    matches += [(-1, start, end) for start, end in _private_keys(text)]
    merged: list[tuple[int, int, int]] = []
    for rank, start, end in sorted(matches, key=lambda item: item[1]):
        if merged and start < merged[-1][2]:
            last = merged[-1]
            merged[-1] = (min(rank, last[0]), last[1], max(end, last[2]))
        else:
            merged.append((rank, start, end))
    return tuple(
        SecretMatch(RULES[rank].name if rank >= 0 else "private key", start, end) for rank, start, end in merged
    )


def stand_in(name: str) -> str:
    """Return the replacement for a secret of this kind."""
    return f"[redacted: {name}]"


def redact(text: str) -> tuple[str, tuple[SecretMatch, ...]]:
    """Return the text with each secret replaced by its kind, and what was found where in the text as given."""
    matches = find(text)
    parts: list[str] = []
    at = 0
    for secret in matches:
        parts += text[at : secret.start], stand_in(secret.name)
        at = secret.end
    return "".join([*parts, text[at:]]), matches


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    """Return whether a place lies in one of the spans, which are in order."""
    number = bisect_right(spans, place, key=lambda span: span[0]) - 1
    return number >= 0 and place < spans[number][1]


def _matches(text: str, lower: str) -> Iterator[tuple[int, int, int]]:
    """Yield rank, start and end of every match, piece by piece, so that no line is too long to be scanned quickly."""
    likely = sorted({rank for hint, ranks in _RANKS_BY_HINT.items() if hint in lower for rank in ranks})
    for begin in range(0, len(text), _PIECE):
        end = min(len(text), begin + _PIECE + _OVERLAP)
        for rank in likely:
            for match in re.compile(RULES[rank].pattern).finditer(text, begin, end):
                yield rank, *_span(match, text)


def _span(match: re.Match[str], text: str) -> tuple[int, int]:
    """Return where the secret stands; a token longer than its pattern allows is taken to its end."""
    groups = [name for name, value in match.groupdict().items() if value is not None]
    start, end = match.span(groups[0] if groups else 0)
    if text[end - 1].isalnum() or text[end - 1] in "_-":
        rest = _REST.match(text, end)
        end = rest.end() if rest and end - start >= 200 else end
    return start, end


def _private_keys(text: str) -> Iterator[tuple[int, int]]:
    """Yield the span of every private key block; one without an end is taken as far as its lines look like a key."""
    at = 0
    while begin := _KEY_BEGIN.search(text, at):
        closing = _KEY_END.search(text, begin.end(), begin.end() + _KEY_BLOCK)
        if closing:
            at = closing.end()
        else:
            lines = _KEY_LINES.match(text, begin.end())
            at = lines.end() if lines else begin.end()
        yield begin.start(), at
