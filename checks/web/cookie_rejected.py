"""Browsers keep every cookie that is set."""

from collections.abc import Sequence

from scanner import (
    Effort,
    Judgement,
    Reference,
    Severity,
    check,
    counted,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.cookie import Cookie, Purpose, Rejected, purpose
from scanner.formats.cookie_survey import Told, survey
from scanner.formats.web_examples import cookies, unseen
from scanner.observation import Every
from scanner.observation.dns import HostAddresses
from scanner.observation.web import HttpAnswer, HttpsAnswer, RedirectChain


@check(
    id="cookie-rejected",
    title="Browsers keep every cookie that the site sets",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Correct the line: a browser drops it whole. SameSite=None and the prefix `__Secure-` need Secure;
        `__Host-` needs Secure, Path=/ and no Domain; Domain must be the host or a parent of it.
    """,
    snippets={
        "php": "setcookie('__Host-id', $id, ['secure' => true, 'path' => '/', 'httponly' => true, 'samesite' => 'Lax']);",
        "django": "SESSION_COOKIE_SECURE = True",
        "nginx": "proxy_cookie_flags ~ secure samesite=lax;",
        "apache": 'Header edit Set-Cookie ^(.*)$ "$1; Secure"',
        "iis": '<httpCookies requireSSL="true" />',
    },
    references=(Reference("RFC 6265bis", "5.7"),),
    passes={
        "kept": cookies("PHPSESSID=1a2b; Secure"),
        "dropped over http, kept over https": cookies("a=1; Secure", http=("a=1; Secure",)),
    },
    fails={
        "for every site, without Secure": cookies("id=7; SameSite=None"),
        "a session that its prefix forbids": cookies("__Host-PHPSESSID=1; Secure"),
        "another party's domain": cookies("a=1; Domain=example.test"),
        "Secure, over http": cookies(http=("a=1; Secure",)),
    },
    others={
        "none": cookies(),
        "not seen": unseen(),
    },
)
def cookie_rejected(
    host: HostAddresses,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
) -> Sequence[Judgement]:
    """The owner believes that the cookie protects; the visitor's browser never kept it."""
    found = survey(host.name, http, https, chains)
    kept = {one.cookie.name for one in found.kept}
    told = [one for one in found.rejected if one.is_https or one.made.name not in kept]
    if told:
        return [_judged(one) for one in told]
    if found.missing:
        return [inconclusive(found.missing, "The site's own HTTPS answer was not seen.")]
    if not found.kept:
        return [not_applicable("No cookie is set.")]
    said = counted(
        "Browsers keep its cookie.", "Browsers keep each of the {n} cookies.", n=len(found.kept)
    )
    return [passed(said)]


def _judged(told: Told) -> Judgement:
    why = told.made.why if isinstance(told.made, Rejected) else ""
    is_session = purpose(Cookie(told.made.name, "")) is Purpose.SESSION
    return failed(
        "Browsers drop the cookie {name}: {why}.",
        name=told.name[:60],
        why=why,
        item=told.name[:60],
        severity=Severity.MEDIUM if is_session else Severity.LOW,
        evidence=(told.evidence, "expected: a line that a browser stores (RFC 6265bis 5.7)"),
    )
