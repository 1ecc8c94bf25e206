"""Scripts have no known flaws."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reason,
    Reference,
    Role,
    Severity,
    Unobserved,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.formats.library import flaws
from scanner.formats.version import is_below
from scanner.observation.web import Elements, Library, Page, Resource
from scanner.observation.web_lists import Flaw, KnownLibrary, VulnerableLibraries
from scanner.observation.web_probes import Script, Scripts
from scanner.page_libraries import CONFIDENCE, SEVERITIES, libraries

SNIPPETS = {
    "html": '<script src="/js/jquery-3.7.1.min.js"></script>',
    "shell": "npm view jquery version; npm audit",
}

NOW = datetime(2026, 9, 1, tzinfo=UTC)
OLDEST = timedelta(days=90)
FLAW = Flaw("3.5.0", "medium", "1.0.3", identifiers=("CVE-2020-11022",), summary="XSS")
WORST = Flaw("1.9.0", "high", identifiers=("CVE-2012-6708",))
OLD = Flaw("3.0.0", "medium", identifiers=("retire-1",), is_end_of_life=True)
KNOWN = VulnerableLibraries(
    "2026-08-22",
    "a list",
    (
        KnownLibrary(
            "jquery",
            uris=(r"/([0-9][0-9.a-z_\-]+)/jquery(\.min)?\.js",),
            filenames=(r"jquery-([0-9][0-9.a-z_\-]+)(\.min)?\.js",),
            flaws=(FLAW, WORST, OLD),
        ),
    ),
)


def _page(elements: Elements | None = None, *, at: datetime = NOW) -> Observed[Page]:
    return Observed(Page(Page.from_text().exchange, elements), at)


def _given(
    *resources: Resource,
    libraries: tuple[Library, ...] = (),
    truncated: bool = False,
    at: datetime = NOW,
) -> tuple[Observed[Page], Scripts, VulnerableLibraries]:
    elements = Elements(resources=resources, truncated=truncated)
    url = "https://www.agency.example/jquery-3.4.1.min.js"
    return _page(elements, at=at), Scripts((Script(url, libraries=libraries),)), KNOWN


def _content(version: str, by: str = "content") -> Library:
    return Library("jquery", version, by, "https://www.agency.example/jquery-3.4.1.min.js")


@check(
    id="library-vulnerable",
    title="The page's JavaScript libraries have no known flaws",
    severity=Severity.CRITICAL,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Replace the library by the version that the finding names, or a later one, and test the site.
        Without anyone who can: take out what needs it.
    """,
    snippets=SNIPPETS,
    references=(Reference("CWE", "1395"), Reference("retire.js", "repository")),
    roles=(Role.WEB,),
    passes={
        "content outranks the name": _given(
            Resource("script", "/jquery-3.4.1.min.js"), libraries=(_content("9.9.9"),)
        ),
        "a version without flaws": _given(Resource("script", "/jquery-3.7.1.min.js")),
        "by a list that is old": _given(
            Resource("script", "/jquery-3.7.1.min.js"), at=datetime(2027, 1, 1, tzinfo=UTC)
        ),
    },
    fails={
        "by its name": _given(Resource("script", "/js/jquery-3.4.1.min.js?x=1")),
        "by its address": _given(Resource("script", "https://cdn.test/3.4.1/jquery.min.js")),
        "by its content": _given(libraries=(_content("1.8.3"),)),
        "a severity that nobody knows": (
            _page(Elements(libraries=(Library("x", "0.9", "content"),))),
            Scripts(),
            VulnerableLibraries("", "", (KnownLibrary("x", flaws=(Flaw("1", "odd"),)),)),
        ),
        "by its hash": _given(libraries=(_content("1.8.3", "hash"),)),
    },
    others={
        "no library": _given(Resource("img", "/a.png"), Resource("script", "/a.js")),
        "scripts not fetched": (
            _page(Elements(resources=(Resource("script", "/a.js"),))),
            Unobserved(Reason.BUDGET_EXHAUSTED),
            KNOWN,
        ),
        "not a page": (_page(), Scripts(), KNOWN),
        "cut short": _given(truncated=True),
    },
)
def library_vulnerable(
    page: Observed[Page], scripts: Scripts | Unobserved, known: VulnerableLibraries
) -> tuple[Judgement, ...]:
    """Flaws of widespread libraries are known to everybody, attackers' programs included."""
    return (*_judged(page.value, scripts, known), *_age(page.at, known))


def _age(at: datetime, known: VulnerableLibraries) -> Iterator[Judgement]:
    """A list that is older than a quarter is said to be."""
    day = _day(known.dated)
    if day and at - day > OLDEST:
        yield informational(
            "The list of flaws is of {date}, {days} days old: newer ones are not in it.",
            date=known.dated,
            days=(at - day).days,
            item="age of the list",
        )


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _judged(
    page: Page, scripts: Scripts | Unobserved, known: VulnerableLibraries
) -> tuple[Judgement, ...]:
    if page.elements is None:
        return (not_applicable("The answer is not a page."),)
    found = libraries(page, scripts, known)
    bad = [
        (one, held)
        for one in found
        if (held := [flaw for flaw in flaws(one, known) if not flaw.is_end_of_life])
    ]
    if bad:
        return tuple(_failure(one, held, known) for one, held in bad)
    if page.elements.truncated:
        return (inconclusive(Reason.BUDGET_EXHAUSTED, "Only the beginning of the page was read."),)
    if isinstance(scripts, Unobserved) and any(
        one.element == "script" for one in page.elements.resources
    ):
        return (inconclusive(scripts.reason, "The site's own scripts could not be fetched."),)
    if not found:
        return (not_applicable("No library with known versions was recognised."),)
    names = ", ".join(f"{one.name} {one.version}" for one in found)
    return (passed("No flaw is known of {names}.", names=names[:300]),)


def _failure(one: Library, held: list[Flaw], known: VulnerableLibraries) -> Judgement:
    worst = min(held, key=lambda flaw: SEVERITIES.index(_severity(flaw)))
    named = {name for flaw in held for name in flaw.identifiers}
    identifiers = sorted(named, key=lambda one: (not one.startswith("CVE-"), one))
    safe = held[0].below
    for flaw in held:
        safe = flaw.below if is_below(safe, flaw.below) else safe
    return failed(
        "The library {name} {version} has known flaws ({identifiers}); {safe} has none of them.",
        name=one.name,
        version=one.version,
        identifiers=", ".join(identifiers[:6]) or "without a number",
        safe=safe,
        item=f"{one.name} {one.version}",
        severity=_severity(worst),
        confidence=CONFIDENCE[one.by],
        evidence=(
            f"recognised by its {one.by} in {one.where or 'the page itself'}",
            *(
                f"{', '.join(flaw.identifiers)}: below {flaw.below}, {flaw.severity}: {flaw.summary}"
                for flaw in held[:20]
            ),
            f"list of {known.dated}",
        ),
    )


def _severity(flaw: Flaw) -> Severity:
    return Severity(flaw.severity) if flaw.severity in SEVERITIES else Severity.MEDIUM
