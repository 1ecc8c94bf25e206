"""The MTA-STS policy, which is published to be read."""

from __future__ import annotations

from scanner.formats import mta_sts
from scanner.formats.error import FormatError
from scanner.gather.dialer import unobserved
from scanner.gather.dns.mail import NO_MAIL, is_null_mx
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.http.site import Fetched, fetch
from scanner.gather.tls.examine import see_chain
from scanner.observation import (
    Inapplicable,
    NotObservedError,
    Reason,
    Role,
    Subject,
)
from scanner.observation.dns import Presence
from scanner.observation.mail import MtaSts
from scanner.observation.tls import CertificateChain

HTTPS = 443
LARGEST = 64 << 10
OK = 200


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
    fits = len(answer.body) <= LARGEST
    whole = answer.exchange.status == OK and fits
    whole = whole and b"STSv1" in answer.body  # whatever else is served there is not ours to keep
    return MtaSts(
        texts,
        answer.exchange.status,
        answer.exchange.first("Content-Type") or "",
        answer.body.decode("utf-8", "replace") if whole else "",
        certificates=chain.certificates if isinstance(chain, CertificateChain) else (),
        reason=None if fits else Reason.MALFORMED_REPLY,
        detail="" if fits else "the policy is larger than 64 KiB",
        domain=domain,
    )
