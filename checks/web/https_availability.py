"""Each host of the site can be had over HTTPS."""

from scanner import (
    Effort,
    Every,
    Fact,
    FactValue,
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
from scanner.fact import HOST_IN_DNS, WEB_PRESENT
from scanner.formats.certificate import Fault, read_path
from scanner.formats.certificate_examples import NAME, NOW, intermediate, leaf, seen, store
from scanner.observation import Observation, Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import HttpAnswer, HttpsAnswer

HOST = HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",))
PLACE = Place(Subject(Role.WEB, NAME, 443), "192.0.2.7")
PLAIN = Place(Subject(Role.WEB, NAME, 80), "192.0.2.7")
OK = "HTTP/1.1 200 OK"
REFUSED = Unobserved(Reason.REFUSED, "the connection was refused", NOW)
TIMEOUT = Unobserved(Reason.TIMEOUT, "no answer in time", NOW)


def _http(seen_: Observed[HttpAnswer] | Unobserved | Inapplicable) -> Every[HttpAnswer]:
    return Every((Seen(PLAIN, seen_),))


def _https(seen_: Observed[HttpsAnswer] | Unobserved | Inapplicable) -> Every[HttpsAnswer]:
    return Every((Seen(PLACE, seen_),))


def _chain(*certificates: bytes) -> Every[CertificateChain]:
    return Every((Seen(PLACE, seen(*certificates)),))


LIVE = _https(Observed(HttpsAnswer.from_text(OK), NOW))
LIVE_PLAIN = _http(Observed(HttpAnswer.from_text(OK), NOW))
NO_CHAIN: Every[CertificateChain] = Every((Seen(PLACE, REFUSED),))


@check(
    id="https-availability",
    title="The site is there over HTTPS",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Serve the site on port 443 with a trusted certificate, for the domain itself and for www.
    """,
    references=(Reference("OMB M-15-13"), Reference("CISA BOD 18-01")),
    records=(WEB_PRESENT, HOST_IN_DNS),
    passes={
        "live and trusted": (HOST, LIVE_PLAIN, LIVE, _chain(), store()),
        "only the intermediate is missing": (HOST, LIVE_PLAIN, LIVE, _chain(leaf()), store()),
    },
    fails={
        "443 refuses while 80 answers": (HOST, LIVE_PLAIN, _https(REFUSED), NO_CHAIN, store()),
        "expired": (HOST, LIVE_PLAIN, LIVE, _chain(leaf(age=100), intermediate()), store()),
        "443 closed, but answers the hello with an expired certificate": (
            HOST,
            LIVE_PLAIN,
            _https(Unobserved(Reason.RESET, "reset", NOW, reached=True)),
            _chain(leaf(age=100), intermediate()),
            store(),
        ),
    },
    others={
        "443 is silent, once": (HOST, LIVE_PLAIN, _https(TIMEOUT), NO_CHAIN, store()),
        "nothing answers": (HOST, _http(TIMEOUT), _https(TIMEOUT), NO_CHAIN, store()),
        "a bad answer on 443": (
            HOST,
            LIVE_PLAIN,
            _https(Unobserved(Reason.MALFORMED_REPLY, "no HTTP", NOW, reached=True)),
            _chain(),
            store(),
        ),
        "live, but no chain was seen": (HOST, LIVE_PLAIN, LIVE, NO_CHAIN, store()),
        "the name has no address": (
            HostAddresses(NAME, Presence.NODATA),
            Every(),
            Every(),
            Every(),
            store(),
        ),
        "not looked at": (
            HOST,
            _http(Inapplicable(Message("Nothing is there."))),
            _https(Inapplicable(Message("Nothing is there."))),
            Every(),
            store(),
        ),
    },
)
def https_availability(
    host: HostAddresses,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[CertificateChain],
    roots: TrustStore,
) -> Judgement:
    """Without HTTPS, whoever holds the line reads and rewrites what the agency tells citizens."""
    if not host.addresses and not https.on(host.name):
        return not_applicable(
            "The name {host} has no address.",
            host=host.name,
            facts={HOST_IN_DNS: False, WEB_PRESENT: False},
        )
    plain = [one.observation for one in http.on(host.name)]
    secure = [one.observation for one in https.on(host.name)]
    present = any(isinstance(one, Observed) for one in (*plain, *secure))
    unknown = Unknown(Reason.UNREACHABLE)
    facts: dict[Fact, FactValue] = {
        HOST_IN_DNS: bool(host.addresses),
        WEB_PRESENT: present or unknown,
    }
    faults = _faults(chains.on(host.name), roots)
    if faults:
        return failed(
            "It answers with a certificate that browsers refuse: {why}.", why=faults, facts=facts
        )
    closed = [one for one in secure if isinstance(one, Unobserved) and one.reason is Reason.REFUSED]
    if secure and len(closed) == len(secure) and any(isinstance(one, Observed) for one in plain):
        return failed("Port 443 refuses connections, while port 80 answers.", facts=facts)
    return _rest(secure, chains.on(host.name), facts)


def _faults(chains: tuple[Seen[CertificateChain], ...], roots: TrustStore) -> str:
    """The first fault that counts at any address; an incomplete chain still supports HTTPS."""
    for one in chains:
        if isinstance(one.observation, Observed):
            path = read_path(one.observation.value, roots, one.observation.at)
            faults = [str(fault) for fault in path.faults if fault is not Fault.UNKNOWN_ISSUER]
            if faults:
                return ", ".join(faults)
    return ""


def _rest(
    secure: list[Observation],
    chains: tuple[Seen[CertificateChain], ...],
    facts: dict[Fact, FactValue],
) -> Judgement:
    unseen = [one for one in secure if isinstance(one, Unobserved)]
    known = [one for one in chains if isinstance(one.observation, Observed)]
    answered = [one for one in secure if isinstance(one, Observed)]
    if answered and known and all(not one.reached for one in unseen):
        return passed("It answers over HTTPS with a certificate in order.", facts=facts)
    if not secure or (not unseen and not answered):
        return not_applicable("There is no web site under this name.", facts=facts)
    reason = unseen[0].reason if unseen else Reason.TLS_HANDSHAKE_FAILED
    return inconclusive(
        reason, "It could not be told whether HTTPS works: {why}.", why=reason, facts=facts
    )
