"""The first step of plain HTTP leads to HTTPS on the same name."""

from collections.abc import Sequence

from scanner import (
    Effort,
    Every,
    Inapplicable,
    Judgement,
    Message,
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
from scanner.fact import HTTPS_REDIRECT_SAME_HOST
from scanner.formats.answer import Target, blocked, host_of, leads_to, located, location
from scanner.formats.certificate_examples import NOW
from scanner.formats.endpoints import plain
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.web import HttpAnswer, HttpExchange

NAME = "www.agency.example"
HOST = HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",))
PLACE = Place(Subject(Role.WEB, NAME, 80), "192.0.2.7")
FACT = HTTPS_REDIRECT_SAME_HOST


def _http(seen: Observed[HttpAnswer] | Unobserved | Inapplicable) -> Every[HttpAnswer]:
    return Every((Seen(PLACE, seen),))


def _said(text: str) -> Every[HttpAnswer]:
    return _http(Observed(HttpAnswer.from_text(text), NOW))


def _to(url: str) -> Every[HttpAnswer]:
    return _said(f"HTTP/1.1 301 Moved Permanently\nLocation: {url}")


@check(
    id="redirect-first-hop",
    title="Plain HTTP redirects first to HTTPS on the same name",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Redirect http://NAME to https://NAME first, and only from there to another name: else the
        browser never learns that NAME is to be had over HTTPS (HSTS).
    """,
    snippets={
        "nginx": "server { listen 80; return 301 https://$host$request_uri; }",
        "apache": "RewriteEngine On\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]",
        "iis": '<action type="Redirect" url="https://{HTTP_HOST}{REQUEST_URI}" redirectType="Permanent" />',
    },
    references=(Reference("RFC 6797", "7.2"), Reference("hstspreload.org", "requirements")),
    records=(FACT,),
    passes={
        "the same name": (HOST, _to(f"https://{NAME}/start")),
        "port 80 is closed": (HOST, _http(Inapplicable(Message("Port 80 gives no connection.")))),
    },
    fails={
        "another name first": (HOST, _to("https://agency.example/")),
        "plain again": (HOST, _to("http://x.example/")),
        "a void target": (HOST, _to("mailto:a@b.example")),
        "content": (HOST, _said("HTTP/1.1 200 OK")),
        "an error": (HOST, _said("HTTP/1.1 404 Not Found")),
    },
    others={
        "a guard": (HOST, _said("HTTP/1.1 403 Forbidden")),
        "it breaks off": (HOST, _http(Unobserved(Reason.RESET, "reset", NOW, reached=True))),
        "no such name": (
            HostAddresses(NAME, Presence.NXDOMAIN),
            Every((Seen(Place(Subject(Role.HOST, NAME)), Inapplicable(Message("No such name."))),)),
        ),
    },
)
def redirect_first_hop(host: HostAddresses, http: Every[HttpAnswer]) -> Judgement:
    """A name that is left at the first step is never protected: it can be hijacked next time."""
    here = [one for one in http.on(host.name) if one.place.subject.role is Role.WEB]
    places = [one.observation for one in here]
    answers = [one.value.exchange for one in places if isinstance(one, Observed)]
    clear = [one for one in answers if not blocked(one)]
    if not places:
        return not_applicable(
            "The name {host} has no web site.", host=host.name, facts={FACT: None}
        )
    if bad := min((one for one in clear if not _is_good(one)), key=_rank, default=None):
        return _failed(bad)
    if plain(host.name, http, Every()) is None:
        return _unseen(places, answers)
    if not clear:
        return passed(
            "Port 80 gives no connection: there is no first step (links with http:// break).",
            facts={FACT: True},
        )
    return passed(
        "It redirects to {url}.",
        url=location(clear[0]) or "",
        evidence=located(clear[0], "Location"),
        facts={FACT: True},
    )


def _is_good(answer: HttpExchange) -> bool:
    is_same = host_of(location(answer) or "") == host_of(answer.url)
    return leads_to(answer) is Target.HTTPS and is_same


def _rank(answer: HttpExchange) -> int:
    """The worst first."""
    if leads_to(answer) is Target.HTTPS:
        return 3
    return 2 if answer.status >= 400 else 1  # noqa: PLR2004 - RFC 9110 15.5


def _failed(answer: HttpExchange) -> Judgement:
    ours, target = host_of(answer.url), location(answer)
    evidence = (
        f"{answer.url}: {answer.status} {answer.phrase}".strip(),
        *located(answer, "Location"),
        f"expected: Location: https://{ours}/",
    )
    facts = {FACT: False}
    if leads_to(answer) is Target.HTTPS:
        return failed(
            "It redirects from {host} at once to {other}; {host} itself is never seen over HTTPS.",
            host=ours,
            other=host_of(target or ""),
            severity=Severity.LOW,
            evidence=evidence,
            facts=facts,
        )
    if target is None:
        severity = Severity.MEDIUM if answer.status >= 400 else Severity.HIGH  # noqa: PLR2004 - RFC 9110 15.5
        return failed(
            "It answers with status {status} and redirects nowhere.",
            status=answer.status,
            severity=severity,
            evidence=evidence,
            facts=facts,
        )
    return failed(
        "It redirects to {url}, without encryption.",
        url=target or "a place that no browser can go to",
        evidence=evidence,
        facts=facts,
    )


def _unseen(places: Sequence[object], answers: list[HttpExchange]) -> Judgement:
    reasons = [reason for one in answers if (reason := blocked(one))]
    reasons += [one.reason for one in places if isinstance(one, Unobserved)]
    return inconclusive(
        reasons[0],
        "Port 80 gave no answer of the site ({why}).",
        why=reasons[0],
        facts={FACT: Unknown(reasons[0])},
    )
