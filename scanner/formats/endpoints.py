"""The four endpoints of a domain, read from what was seen of it at each address."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.formats import hsts
from scanner.formats.answer import (
    Target,
    blocked,
    leads_to,
    location,
    wants_certificate,
)
from scanner.formats.certificate import Fault, is_self_signed, parse, read_path
from scanner.formats.enforcement import Certificate, Endpoint
from scanner.observation import (
    Every,
    Inapplicable,
    Observation,
    Observed,
    Place,
    Reason,
    Unobserved,
)
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import (
    CERTIFICATE_WANTED,
    HttpAnswer,
    HttpExchange,
    HttpsAnswer,
    RedirectChain,
)
from scanner.observation.web_probes import LateTries

FIELD = "Strict-Transport-Security"
APART = 60.0  # seconds (web.md 1.5)
NO_CONNECTION = frozenset({Reason.REFUSED, Reason.TIMEOUT})
# What OpenSSL says where the other side speaks no TLS, or has none for this name.
NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNRECOGNIZED_NAME", "RECORD_LAYER_FAILURE")


def port80(answer: HttpExchange) -> str:
    """The word of the fact ``http.port80`` for one answer."""
    match leads_to(answer):
        case Target.HTTPS:
            return "redirect-https"
        case Target.HTTP | Target.INVALID:
            return "redirect-other"
        case _:
            return "content" if answer.status < 400 else "error-status"  # noqa: PLR2004 - RFC 9110


WORST_FIRST = ("content", "error-status", "redirect-other", "redirect-https", "closed")


def plain(host: str, http: Every[HttpAnswer], chains: Every[RedirectChain]) -> Endpoint | None:
    """``http://host/`` at its worst address; ``None`` where that is not known."""
    url = f"http://{host}/"
    mine = [one.observation for one in http.on(host)]
    answers = [one.value.exchange for one in mine if isinstance(one, Observed)]
    clear = [one for one in answers if not blocked(one)]
    worst = min(clear, key=lambda one: WORST_FIRST.index(port80(one)), default=None)
    is_sure = worst is not None and port80(worst) != "redirect-https"
    hazy = len(clear) < len(answers) or any(_is_hazy(one) for one in mine)
    if hazy and not is_sure:
        return None
    return _moved(url, worst, chains) if worst else Endpoint(url)


def _is_hazy(one: Observation) -> bool:
    """Neither an answer nor the proof that there is none."""
    if not isinstance(one, Unobserved):
        return False
    return one.reached or one.reason not in NO_CONNECTION


def _moved(url: str, answer: HttpExchange, chains: Every[RedirectChain]) -> Endpoint:
    return Endpoint(
        url,
        live=True,
        status=answer.status,
        immediate=location(answer),
        eventual=_eventual(answer, chains),
    )


def _eventual(answer: HttpExchange, chains: Every[RedirectChain]) -> str | None:
    """Where following ended; where it failed, the first step (it may be another party's fault)."""
    for chain in chains.values:
        if chain.hops[0].url == answer.url and location(chain.hops[0]) == location(answer):
            return chain.target or chain.hops[-1].url
    return location(answer)


def secure(
    host: str,
    https: Every[HttpsAnswer],
    chains: Every[RedirectChain],
    certificates: Every[CertificateChain],
    roots: TrustStore,
    late: LateTries,
) -> Endpoint | None:
    """``https://host/`` at its worst address that answers; ``None`` where that is not known."""
    url = f"https://{host}/"
    places = https.on(host)
    found = [
        _answered(one.place, one.observation.value.exchange, chains, certificates, roots)
        for one in places
        if isinstance(one.observation, Observed)
    ]
    if any(_demands_certificate(one.observation) for one in places):
        found.append(Endpoint(url, live=True, wants_certificate=True))
    if found:
        return min(found, key=_worth)
    if _has_bad_certificate(host, certificates, roots):
        return Endpoint(url, live=True, certificate=Certificate.REFUSED)
    if all(is_absent(one.observation, host, late) for one in places):
        return Endpoint(url)
    return None


def _demands_certificate(one: Observation) -> bool:
    return isinstance(one, Inapplicable) and one.why.template == CERTIFICATE_WANTED


def _worth(one: Endpoint) -> tuple[int, bool, int]:
    """The worst first: certificate, redirect to http, policy."""
    order = [Certificate.REFUSED, Certificate.WRONG_NAME, Certificate.INCOMPLETE, Certificate.VALID]
    seconds = one.policy.max_age if one.policy else 0
    return order.index(one.certificate), not one.leads_to("http"), seconds


def _answered(
    place: Place,
    answer: HttpExchange,
    chains: Every[RedirectChain],
    certificates: Every[CertificateChain],
    roots: TrustStore,
) -> Endpoint:
    seen = next((one.observation for one in certificates.seen if one.place == place), None)
    grade = grade_of(seen, roots) if isinstance(seen, Observed) else Certificate.VALID
    policy = hsts.effective(answer.first(FIELD)) if grade is Certificate.VALID else None
    return Endpoint(
        f"https://{place.subject.host}/",
        live=True,
        status=0 if wants_certificate(answer) else answer.status,
        immediate=location(answer),
        eventual=_eventual(answer, chains),
        certificate=grade,
        policy=policy,
        wants_certificate=wants_certificate(answer),
    )


def grade_of(seen: Observed[CertificateChain], roots: TrustStore) -> Certificate:
    """What a chain is worth for the predicates; one that ends in a strange root is refused."""
    faults = set(read_path(seen.value, roots, seen.at).faults)
    if not faults:
        return Certificate.VALID
    if faults == {Fault.UNKNOWN_ISSUER} and not is_self_signed(parse(seen.value.certificates[-1])):
        return Certificate.INCOMPLETE
    return Certificate.WRONG_NAME if Fault.NAME_MISMATCH in faults else Certificate.REFUSED


def _has_bad_certificate(
    host: str, certificates: Every[CertificateChain], roots: TrustStore
) -> bool:
    """TLS fails on the certificate: a hello was answered with one that browsers refuse."""
    seen = [one.observation for one in certificates.on(host)]
    grades = [grade_of(one, roots) for one in seen if isinstance(one, Observed)]
    return any(one in {Certificate.REFUSED, Certificate.WRONG_NAME} for one in grades)


def is_absent(one: Observation, host: str, late: LateTries) -> bool:
    """Whether it is proved that no HTTPS is served here (web.md 1.5)."""
    if isinstance(one, Inapplicable):
        return True
    if not isinstance(one, Unobserved):
        return False
    match one.reason:
        case Reason.REFUSED | Reason.RESET:  # after a second try
            return True
        case Reason.TIMEOUT:
            return not one.reached and was_silent(host, late)
        case Reason.TLS_HANDSHAKE_FAILED:
            return any(word in one.detail.upper().replace(" ", "_") for word in NO_TLS)
        case _:
            return False


def was_silent(host: str, late: LateTries) -> bool:
    """Whether 443 gave no connection in two tries a minute or more apart."""
    return any(
        one.host == host
        and one.reason is Reason.TIMEOUT
        and (one.again_at - one.first_at).total_seconds() >= APART
        for one in late.tries
    )


def domain_of(hosts: Iterable[str]) -> str:
    """``D`` of the pair ``D`` and ``www.D``."""
    return min(hosts, key=len, default="")
