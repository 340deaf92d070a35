"""Which headings head work, and which bullets tell somebody to do something, in the languages that runbooks come in."""

from __future__ import annotations

import re

from incident_cockpit.runbook.model import Section

_WORK = re.compile(
    r"\b(?:steps?|procedures?|checklists?|actions?|process|playbook|runbook|instructions?|tasks?|to-?do|what to do|"
    r"how to|triage|diagnos\w+|debug\w*|assess\w*|investigat\w+|identif\w+|verif\w+|confirm\w*|analy[sz]\w+|"
    r"mitigat\w+|remediat\w+|resol\w+|respon[ds]\w*|contain\w*|eradicat\w+|recover\w*|restor\w+|repair\w*|fix\w*|"
    r"troubleshoot\w*|roll ?back\w*|revert\w*|escalat\w+|notif\w+|communicat\w+|failover|fail over|clean ?up|"
    r"deploy\w*|upgrad\w+|rotat\w+|before|during|after|prepar\w+|wrap[- ]?up|close|post-incident|"
    # German, Dutch
    r"schritte?|vorgehen\w*|ma(?:ß|ss)nahmen?|checkliste|ablauf|behebung|sofortma\w+|diagnose|stappen|werkwijze|"
    # French, Spanish, Portuguese, Italian
    r"étapes?|proc[ée]dure|marche à suivre|actions? immédiates?|résolution|pasos?|procedimientos?|procedimento|"
    r"acciones|resolución|mitigación|passos?|ações|resolução|passaggi|procedura|azioni|risoluzione|"
    # Polish, Turkish, Russian, Ukrainian
    r"kroki|procedury|adımlar\w*|шаги|порядок действий|действия|инструкция|диагностика|восстановление|кроки|дії)\b|"
    # Scripts that write no spaces, or put letters before a word
    r"手順|対応|対処|復旧|切り分け|步骤|步驟|处理|處理|操作流程|절차|단계|조치|خطوات|إجراءات|שלבים|פעולות|चरण|कदम",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:references?|links?|resources|see also|further reading|meaning|overview|background|glossary|definitions?|"
    r"contents|changelog|history|examples?)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:(?:step|stage|phase|task|schritt|étape|paso|passo|stap|krok|шаг|adım)\s*)?\d{1,2}(?:[.):]\s|\s*[-–—:]\s|$)|"
    r"(?:step|schritt|étape|paso|passo|stap|krok|шаг|adım)\s*\d{1,2}\b|步骤\s*\d|手順\s*\d|단계\s*\d|第\s*\d+\s*步",
    re.IGNORECASE,
)
_COUNTED_LINE = re.compile(
    r"\s*(?:\*\*|__|[*_])?(?:(?:step|schritt|étape|paso|passo|stap|krok|шаг|adım)\s*\d{1,2}\b|"
    r"\d{1,2}(?:\\[.)]|[、．])|步骤\s*\d|手順\s*\d|第\s*[\d一二三四五六七八九十]+\s*步|단계\s*\d)",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?:the|a|an|this|that|these|those|it|its|there|they|we|he|she|our|their|my|which|because|where|who|is|are|was)\b",
    re.IGNORECASE,
)


def working(sections: list[Section]) -> set[int]:
    """Return the sections in which bullets are work: by their own title, or by that of a heading above them.

    Where no heading stands below the title, there is nothing to tell by: then it is all of them, and what comes
    before the first, which is -1.
    """
    if not any(section.level > 1 for section in sections):
        return {-1, *(number for number, section in enumerate(sections) if not _REFERENCE.search(section.title))}
    found: set[int] = set()
    above: list[tuple[int, bool]] = []
    for number, section in enumerate(sections):
        while above and above[-1][0] >= section.level:
            above.pop()
        # A document's own title is no sign: "Incident response" heads the glossary as well.
        works = bool(_WORK.search(section.title)) and section.level > 1
        works = (works or any(working for _, working in above)) and not _REFERENCE.search(section.title)
        above.append((section.level, works))
        if works:
            found.add(number)
    return found


def heads_work(section: Section) -> bool:
    """Say whether a heading's own words head work."""
    return section.level > 1 and bool(_WORK.search(section.title)) and not _REFERENCE.search(section.title)


def numbered(title: str) -> bool:
    """Say whether a heading counts itself as a step: "3. Drain", "Step 3: drain"."""
    return _NUMBERED.match(title) is not None


def counts_itself(line: str) -> bool:
    """Say whether a line of prose counts itself as a step: "Step 3: drain", "**Step 3** drain", an escaped number."""
    return _COUNTED_LINE.match(line) is not None


def tells(words: str) -> bool:
    """Say whether a bullet may tell somebody to do something: it does not begin as a description does."""
    return _TOLD.match(words) is None
