"""Small files that are published to be read: security.txt and the MTA-STS policy."""

from __future__ import annotations

from scanner.formats import mta_sts
from scanner.formats.error import FormatError
from scanner.formats.security_txt import is_security_txt
from scanner.gather.dialer import unobserved
from scanner.gather.dns.hosts import web_endpoints
from scanner.gather.dns.mail import NO_MAIL, is_null_mx
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.http.site import Fetched, fetch, visit
from scanner.gather.tls.examine import see_chain
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Place,
    Reason,
    Role,
    Subject,
    Unobserved,
)
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.exposure import SecurityTxt
from scanner.observation.mail import MtaSts
from scanner.observation.tls import CertificateChain

HTTPS = 443
LARGEST = 64 << 10
SECURITY_TXT = ("/.well-known/security.txt", "/security.txt")
OK = 200


@gatherer(SecurityTxt)
async def security_txt(on: Context, hosts: Every[HostAddresses]) -> Places:
    """The file at its well-known place, else at the old one, of the site's first live host."""
    last: Observation | None = None
    for place, waiting in web_endpoints(on, hosts, HTTPS).items():
        last = await _security_txt(on, place) if place.address else waiting
        if not isinstance(last, Unobserved):
            break
    missing = Unobserved(Reason.UNREACHABLE, "no address of the site could be asked")
    return {on.domain: last or missing}


async def _security_txt(on: Context, place: Place) -> Observation:
    try:
        async with visit(on, place.subject, place.address or "") as site:
            for path in SECURITY_TXT:
                answer = await site.fetch(path, most_bytes=LARGEST)
                if answer.exchange.status == OK:
                    break
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        return Unobserved(known.reason, known.detail, on.clock.now(), known.reached)
    text = answer.body.decode("utf-8", "replace") if answer.exchange.status == OK else ""
    kept = (
        text if is_security_txt(text) else ""
    )  # whatever else is served there is not ours to keep
    return on.observed(SecurityTxt(answer.exchange, kept))


@gatherer(MtaSts)
async def mta_sts_policy(on: Context) -> Places:
    """The record, and the policy where a record announces one (RFC 8461 3.3: no redirects)."""
    mx = await on.resolver.ask(on.target.host, "MX")
    if mx.presence is Presence.NXDOMAIN:
        raise NotObservedError(Reason.NO_SUCH_NAME, f"{on.target.host} does not exist in DNS")
    if is_null_mx(mx):
        return {on.domain: Inapplicable(NO_MAIL)}
    answer = await on.resolver.ask(f"_mta-sts.{on.target.host}", "TXT")
    if not _announced(answer.texts):
        return {on.domain: on.observed(MtaSts(answer.texts, domain=on.target.host))}
    return {on.domain: on.observed(await _policy(on, answer.texts))}


def _announced(texts: tuple[str, ...]) -> bool:
    try:
        return mta_sts.record_id(texts) is not None
    except FormatError:
        return False


async def _policy(on: Context, texts: tuple[str, ...]) -> MtaSts:
    host = f"mta-sts.{on.target.host}"
    subject = Subject(Role.WEB, host, HTTPS)
    try:
        known = await on.resolver.addresses(host)
        addresses = on.dialer.endpoints(host, HTTPS, known.addresses)
        chain, answer = await _fetched(on, subject, addresses)
    except (NotObservedError, OSError) as error:
        missing = unobserved(error)
        return MtaSts(texts, reason=missing.reason, detail=missing.detail, domain=on.target.host)
    return _served(on.target.host, texts, answer, chain)


async def _fetched(
    on: Context, subject: Subject, addresses: tuple[str, ...]
) -> tuple[CertificateChain | NotObservedError, Fetched]:
    if not addresses:
        raise NotObservedError(Reason.NO_SUCH_NAME, f"{subject.host} has no address")
    chain = await see_chain(on, subject, addresses[0])
    return chain, await fetch(on, subject, addresses[0], "/.well-known/mta-sts.txt")


def _served(
    domain: str, texts: tuple[str, ...], answer: Fetched, chain: CertificateChain | NotObservedError
) -> MtaSts:
    whole = answer.exchange.status == OK and len(answer.body) <= LARGEST
    whole = whole and b"STSv1" in answer.body  # whatever else is served there is not ours to keep
    return MtaSts(
        texts,
        answer.exchange.status,
        answer.exchange.first("Content-Type") or "",
        answer.body.decode("utf-8", "replace") if whole else "",
        certificates=chain.certificates if isinstance(chain, CertificateChain) else (),
        domain=domain,
    )
