"""Headers of isolation mean what they say."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    informational,
    passed,
)
from scanner.fact import COOP_VALUE
from scanner.formats import structured
from scanner.formats.shown import expected, header_snippets, seen
from scanner.observation.web import (
    Page,
)

COOP, COEP, CORP = (
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Embedder-Policy",
    "Cross-Origin-Resource-Policy",
)
WORDS = {
    COOP: frozenset(
        {"unsafe-none", "same-origin", "same-origin-allow-popups", "noopener-allow-popups"}
    ),
    COEP: frozenset({"unsafe-none", "require-corp", "credentialless"}),
    CORP: frozenset({"same-origin", "same-site", "cross-origin"}),
}


@check(
    id="cross-origin-isolation",
    title="Headers that part the page from other sites have values that browsers know",
    severity=Severity.LOW,
    mildest=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Send each once, with one word and without quotes, such as `Cross-Origin-Opener-Policy: same-origin`.",
    snippets=header_snippets(COOP, "same-origin"),
    references=(
        Reference("HTML", "7.1.3 Cross-origin opener policies"),
        Reference("Fetch", "Cross-Origin-Resource-Policy header"),
    ),
    records=(COOP_VALUE,),
    roles=(Role.WEB,),
    passes={
        "a word with a parameter": Page.from_text(f'{COOP}: same-origin; report-to="x"'),
        "all three": Page.from_text(
            f"{COOP}: same-origin", f"{COEP}: require-corp", f"{CORP}: same-site"
        ),
    },
    fails={
        "a string": Page.from_text(f'{COOP}: "same-origin"'),
        "two lines": Page.from_text(f"{COOP}: same-origin", f"{COOP}: same-origin"),
        "an unknown word": Page.from_text(f"{COEP}: yes"),
        "another case": Page.from_text(f"{CORP}: Same-Origin"),
    },
    others={"not sent": Page.from_text()},
)
def cross_origin_isolation(page: Page) -> Judgement:
    """A page opened by a stranger's keeps a handle on it; these headers cut it, where they are read."""
    values = {name: page.exchange.joined(name) for name in WORDS}
    effective = {name: _word(name, value) for name, value in values.items() if value is not None}
    facts = {COOP_VALUE: effective.get(COOP) or "unsafe-none"}
    evidence = seen(page.exchange, *WORDS)
    if not effective:
        return informational(
            "None of the three is sent: browsers isolate nothing more.", facts=facts
        )
    if void := [name for name, word in effective.items() if not word]:
        return failed(
            "Browsers ignore {names}.",
            names=", ".join(void),
            evidence=(
                *evidence,
                *(expected(f"{name}: {' or '.join(sorted(WORDS[name]))}") for name in void),
            ),
            facts=facts,
        )
    said = ", ".join(f"{name} {word}" for name, word in effective.items())
    return passed("In force: {said}.", said=said, evidence=evidence, facts=facts)


def _word(name: str, value: str) -> str:
    """The word in force; CORP is compared as text, the others are structured items."""
    if name == CORP:
        return value if value in WORDS[CORP] else ""
    try:
        found = structured.item(value).value
    except ValueError:
        return ""
    return str(found) if isinstance(found, structured.Token) and found in WORDS[name] else ""
