"""Plain HTTP leads to HTTPS and shows nothing else."""

from collections.abc import Sequence

from scanner import (
    Effort,
    Every,
    Fact,
    FactValue,
    Inapplicable,
    Judgement,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unknown,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import HTTP_PORT80, HTTPS_ENFORCES, HTTPS_REDIRECT_SAME_HOST
from scanner.formats.answer import Target, blocked, host_of, leads_to, location
from scanner.formats.certificate_examples import NOW
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.web import HttpAnswer, HttpExchange, HttpsAnswer

NAME = "www.agency.example"
HOST = HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",))
PLAIN = Place(Subject(Role.WEB, NAME, 80), "192.0.2.7")
SECURE = Place(Subject(Role.WEB, NAME, 443), "192.0.2.7")
REFUSED = Unobserved(Reason.REFUSED, "the connection was refused")


def _http(*lines: str) -> Every[HttpAnswer]:
    answer = HttpAnswer.from_text("\n".join(lines))
    return Every((Seen(PLAIN, Observed(answer, NOW)),))


LIVE: Every[HttpsAnswer] = Every(
    (Seen(SECURE, Observed(HttpsAnswer.from_text("HTTP/1.1 200 OK"), NOW)),)
)
DEAD: Every[HttpsAnswer] = Every((Seen(SECURE, REFUSED),))
CLOSED: Every[HttpAnswer] = Every((Seen(PLAIN, REFUSED),))
BROKEN: Every[HttpAnswer] = Every(
    (Seen(PLAIN, Unobserved(Reason.RESET, "the connection was reset", reached=True)),)
)


@check(
    id="https-enforcement",
    title="Plain HTTP leads to HTTPS and shows nothing else",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Redirect every request on port 80 to the same address with https, with status 301.",
    snippets={
        "nginx": "server { listen 80; return 301 https://$host$request_uri; }",
        "apache": "Redirect permanent / https://www.agency.example/",
        "iis": "A rewrite rule: HTTPS off, redirect to https://{HTTP_HOST}{REQUEST_URI}, permanent.",
    },
    references=(
        Reference("OMB M-15-13"),
        Reference("CISA BOD 18-01"),
        Reference("RFC 9110", "15.4"),
    ),
    records=(HTTP_PORT80, HTTPS_ENFORCES, HTTPS_REDIRECT_SAME_HOST),
    passes={
        "a redirect": (HOST, _http("HTTP/1.1 301 Moved", f"Location: https://{NAME}/"), LIVE),
        "port 80 is closed": (HOST, CLOSED, LIVE),
    },
    fails={
        "content": (HOST, _http("HTTP/1.1 200 OK"), LIVE),
        "an error page": (HOST, _http("HTTP/1.1 404 Not Found"), LIVE),
        "a redirect to http": (
            HOST,
            _http("HTTP/1.1 302 Found", "Location: http://x.example/"),
            LIVE,
        ),
        "a void redirect": (HOST, _http("HTTP/1.1 302 Found", "Location:"), LIVE),
        "no HTTPS at all": (HOST, _http("HTTP/1.1 301 Moved", f"Location: https://{NAME}/"), DEAD),
    },
    others={
        "a guard answers": (HOST, _http("HTTP/1.1 403 Forbidden", "Retry-After: 9"), LIVE),
        "port 80 breaks off": (HOST, BROKEN, LIVE),
        "nothing answers": (HOST, CLOSED, DEAD),
        "no such host": (HostAddresses(NAME, Presence.NXDOMAIN), Every(), Every()),
    },
)
def https_enforcement(  # noqa: PLR0911 - a table
    host: HostAddresses, http: Every[HttpAnswer], https: Every[HttpsAnswer]
) -> Judgement:
    """Who types the name without https gets the plain site, and whoever holds the line shapes it."""
    plain = [one.observation for one in http.on(host.name)]
    secure = [one.observation for one in https.on(host.name)]
    if all(isinstance(one, Inapplicable) for one in (*plain, *secure)):
        return not_applicable("The name has no web site.", facts=_facts("closed", enforced=None))
    live = any(isinstance(one, Observed) for one in secure)
    answers = [one.value.exchange for one in plain if isinstance(one, Observed)]
    guards = [(one, reason) for one in answers if (reason := blocked(one))]
    guarded = {id(one) for one, _ in guards}
    bad = [one for one in answers if leads_to(one) is not Target.HTTPS and id(one) not in guarded]
    if bad:
        word, text = _shown(bad[0])
        evidence = (f"{bad[0].status} {bad[0].phrase}".strip(), *bad[0].sent("Location"))
        return failed(
            text, evidence=evidence, status=bad[0].status, facts=_facts(word, enforced=False)
        )
    if guards:
        return inconclusive(
            guards[0][1],
            "A guard answered on port 80 in the place of the site (status {status}).",
            status=guards[0][0].status,
            facts=_unknown(guards[0][1]),
        )
    if cut := [one for one in plain if isinstance(one, Unobserved) and one.reached]:
        return inconclusive(
            cut[0].reason,
            "Port 80 took a connection and gave no answer.",
            facts=_unknown(cut[0].reason),
        )
    if not live:
        return _without_https(answers, secure)
    if not answers:
        return passed(
            "Port 80 gives no answer, and HTTPS works.", facts=_facts("closed", enforced=True)
        )
    same = all(host_of(location(one) or "") == host.name for one in answers)
    return passed(
        "It redirects to {url}.",
        url=(location(answers[0]) or "")[:200],
        evidence=answers[0].sent("Location"),
        facts=_facts("redirect-https", enforced=True, same=same),
    )


def _without_https(answers: list[HttpExchange], secure: Sequence[object]) -> Judgement:
    missing = [one.reason for one in secure if isinstance(one, Unobserved)]
    if answers and all(one is Reason.REFUSED for one in missing):
        return failed(
            "It redirects to https, where nothing answers.",
            facts=_facts("redirect-https", enforced=False),
        )
    reason = missing[0] if missing else Reason.UNREACHABLE
    return inconclusive(reason, "Nothing answered that could be judged.", facts=_unknown(reason))


def _shown(answer: HttpExchange) -> tuple[str, str]:
    match leads_to(answer):
        case Target.HTTP:
            return "redirect-other", "Port 80 redirects to another address without encryption."
        case Target.INVALID:
            return "redirect-other", "Port 80 redirects to a place that no browser can go to."
        case _ if answer.status < 300:  # noqa: PLR2004 - RFC 9110 15.3
            return "content", "Port 80 shows content without encryption (status {status})."
        case _:
            return "error-status", "Port 80 answers with status {status} instead of a redirect."


def _facts(
    port80: str, *, enforced: bool | None, same: bool | None = None
) -> dict[Fact, FactValue]:
    same_host = enforced if same is None else same
    return {HTTP_PORT80: port80, HTTPS_ENFORCES: enforced, HTTPS_REDIRECT_SAME_HOST: same_host}


def _unknown(reason: Reason) -> dict[Fact, FactValue]:
    missing = Unknown(reason)
    return {HTTP_PORT80: missing, HTTPS_ENFORCES: missing, HTTPS_REDIRECT_SAME_HOST: missing}
