"""Names as chats write them, and what looks like one in a log or in notes but is none."""

from __future__ import annotations

import re
import unicodedata

from incident_cockpit.incident.envelope import LONGEST_NAME
from incident_cockpit.text.clean import clean_line


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LEVELS = _words(
    """
    trace debug dbg verbose info information inf notice warn warning wrn error err severe critical crit fatal ftl
    alert emerg emergency panic fail failure failed exception traceback log stderr stdout success
    """
)
# Programs and parts of them, with or without a number behind: none of them writes in a chat.
_PROGRAMS = _words(
    """
    kernel systemd sshd nginx httpd apache main root app api web www worker server service client http https sql
    mysql mysqld postgres postgresql psql db database redis kafka zookeeper rabbitmq docker dockerd containerd
    kubelet kubectl cron crond sudo su dhclient dhcpd init core system default console gunicorn uvicorn celery
    django rails puma java python node npm yarn pip git curl ssh dns named haproxy envoy istio traefik consul vault
    nomad etcd postfix dovecot rsyslogd auditd audit networkmanager chronyd ntpd snapd dbus polkitd scheduler
    executor thread pool proxy gateway auth cache queue job task build ingress controller operator handler manager
    monitor daemon process module driver device usb pci acpi cpu mem memory disk net eth wlan file line at caused
    """
)
# What notes, replies and headings begin with.
_LABELS = _words(
    """
    update updates note notes status impact action actions item items decision decisions finding findings cause
    causes root next step steps summary timeline time times date day start started starts end ended ends from to
    until since at by about around after before between eta todo fyi subject re fw fwd alert alerts alarm incident
    issue problem fix fixed mitigation mitigated resolved resolution identified investigating monitoring detected
    detection declared closed opened open rollback deploy deployed deployment release restart restarted failover
    outage degraded recovered recovery severity sev priority owner who what when where why how question answer
    yes yeah yep no nope ok okay thanks thank you hello hi hey done sure agreed lgtm ack acked same also and but so
    then now today yesterday tomorrow meeting call bridge standup handover channel link links see edit edited result
    results output version request response connection listening starting stopping running finished completed
    duration elapsed total count page paged escalated escalation comms communication hypothesis theory plan risk
    evidence milestone image new reply replies view created updated modified last login current checkout payments
    window graph rolled back triggered acknowledged notified assigned retro agenda
    """
)
_FILE = re.compile(
    r".*\.(?:go|py|js|ts|java|kt|rb|rs|c|cc|cpp|h|php|sh|log|txt|json|ya?ml|service|com|net|org|io)", re.I
)
_PARTICLES = _words("de da do dos das di del della der den van von zu la le el al bin ibn ben y e i of the")
_WORD = re.compile(r"[^\W_][\w'’.\-]*", re.UNICODE)
_NICK = re.compile(r"[^\W]?[\w.\-|^`\[\]\\{}]{1,39}", re.UNICODE)
_PHONE = re.compile(r"\+\d[\d \-()]{6,20}")
_CODE = re.compile(r":[a-z0-9_+\-]{1,100}:", re.I)
# A status emoji by its code, pronouns, or what sort of account it is.
_STATUS = re.compile(
    r"\s{0,2}(?::[a-z0-9_+\-]{1,60}:|\((?:[^\W\d_]{1,8}/){1,3}[^\W\d_]{1,8}\)|\((?:guest|external|unverified)\))$", re.I
)
_MARKS = " \t*_`~"
_LONGEST_READ = 4 * LONGEST_NAME


def is_emoji(text: str) -> bool:
    """Return whether there is nothing but emoji, as signs or by their codes."""
    if text[:1].isascii() and text[:1] not in ": ":
        return False
    rest = _CODE.sub("", text) if ":" in text else text
    return bool(text.strip()) and all(
        char.isspace() or char in "\u200d\u20e3" or unicodedata.category(char) in ("So", "Sk", "Mn") for char in rest
    )


def bare(name: str) -> tuple[str, bool]:
    """Return a name without what stands around it, and whether a status or pronouns stood behind it."""
    stripped = kept = name[:_LONGEST_READ].strip(_MARKS)
    while kept:
        before = kept
        kept = _STATUS.sub("", kept)
        # A name may be an emoji; behind one it is a status.
        while len(kept) > 1 and is_emoji(kept[-1]) and not is_emoji(kept):
            kept = kept[:-1]
        kept = kept.strip(_MARKS)
        if kept == before:
            break
    return clean_line(kept.lstrip("@~").strip(), limit=_LONGEST_READ), kept != stripped


def could_be_one(name: str) -> bool:
    """Return whether nothing speaks against it: it is short, no address, no end of a sentence, no level of a log."""
    return (
        0 < len(name) <= LONGEST_NAME
        and any(char.isalnum() or is_emoji(char) for char in name)
        and name[-1] not in ",;:?!={<>|/"
        and not re.search(r"\s{2}|://|[={};<>]|^[#/$|\\]|^-", name)
        and len(name.split()) <= 8
        and not (_is_log_word(name) and (" " not in name or name.partition(" ")[0].isupper()))
    )


def is_person(name: str) -> bool:
    """Return whether it is written as people write names: capitals, few words, and none of them only a label."""
    name, _, behind = name.partition(" (")
    words = name.replace(",", " ", 1).split()
    if not 0 < len(words) <= 5 or (behind and not re.fullmatch(r"[\w .,&/-]{1,40}\)", behind)):
        return False
    if not all(_WORD.fullmatch(word) for word in words) or words[0][0].isdigit():
        return False
    lower = [word for word in words if word[0].islower()]
    if len(lower) == len(words) or any(word not in _PARTICLES for word in lower):
        return False
    return not _is_label(words[0]) and not _is_log_word(words[0]) and not _FILE.fullmatch(words[-1])


def is_nick(name: str) -> bool:
    """Return whether it is one word that could be somebody's handle."""
    return (
        bool(_NICK.fullmatch(name))
        and any(char.isalpha() for char in name)
        and not _is_label(name)
        and not _is_log_word(name)
        and not _FILE.fullmatch(name)
        and name.count(".") < 2
    )


def is_program(name: str) -> bool:
    """Return whether a log would name its writer so: a program, a class in CamelCase, or all in capitals."""
    words = name.split()
    stems = [re.sub(r"[-_.]?\d{1,6}$", "", word).casefold() for word in words]
    return (
        any(stem in _PROGRAMS or stem.rpartition(".")[2] in _LEVELS for stem in stems)
        or (len(words) == 1 and bool(re.search(r"[a-z](?<!Mc)(?<!Mac)(?<!De)(?<!Le)(?<!Di)[A-Z]|[/@]", name)))
        or (len(words) == 1 and len(name) > 1 and name.isupper())
    )


def only_labels(name: str) -> bool:
    """Return whether it says what a line is about, as "Next update" does, and not who wrote it."""
    return all(_is_label(word) for word in name.split())


def is_phone(name: str) -> bool:
    """Return whether it is a telephone number, as of somebody whom the address book does not know."""
    return bool(_PHONE.fullmatch(name))


def begins_as_log(text: str) -> bool:
    """Return whether a text begins with the level of a log."""
    return _is_log_word(text[:40].strip("[]() ").partition(" ")[0].strip("[]():"))


def _is_label(word: str) -> bool:
    return word.strip(".'’-").casefold() in _LABELS


def _is_log_word(word: str) -> bool:
    first = word.split(maxsplit=1)[0] if word.split() else ""
    return first.strip("[]():").casefold() in _LEVELS
