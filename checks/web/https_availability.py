"""Each host of the site can be had over HTTPS."""

from scanner import (
    Confidence,
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
from scanner.formats.certificate_examples import NAME, NOW, intermediate, leaf, root, seen, store
from scanner.formats.endpoints import grade_of, plain, secure, was_silent
from scanner.formats.enforcement import Certificate, Endpoint
from scanner.observation import Seen
from scanner.observation.dns import HostAddresses, Presence
from scanner.observation.tls import CertificateChain, TrustStore
from scanner.observation.web import CERTIFICATE_WANTED, HttpAnswer, HttpsAnswer, RedirectChain
from scanner.observation.web_probes import Late, LateTries

HOST = HostAddresses(NAME, Presence.PRESENT, ("192.0.2.7",))
PLACE = Place(Subject(Role.WEB, NAME, 443), "192.0.2.7")
PLAIN = Place(Subject(Role.WEB, NAME, 80), "192.0.2.7")
OK = "HTTP/1.1 200 OK"
REFUSED = Unobserved(Reason.REFUSED, "the connection was refused", NOW)
TIMEOUT = Unobserved(Reason.TIMEOUT, "no answer in time", NOW)
NO_TLS = Unobserved(Reason.TLS_HANDSHAKE_FAILED, "[SSL: WRONG_VERSION_NUMBER]", NOW, reached=True)
NO_CHAINS: Every[RedirectChain] = Every()
ONCE, TWICE = LateTries(), LateTries((Late(NAME, NOW, NOW.replace(minute=2), Reason.TIMEOUT),))


def _http(seen_: Observed[HttpAnswer] | Unobserved | Inapplicable) -> Every[HttpAnswer]:
    return Every((Seen(PLAIN, seen_),))


def _https(seen_: Observed[HttpsAnswer] | Unobserved | Inapplicable) -> Every[HttpsAnswer]:
    return Every((Seen(PLACE, seen_),))


def _chain(*certificates: bytes) -> Every[CertificateChain]:
    return Every((Seen(PLACE, seen(*certificates)),))


LIVE = _https(Observed(HttpsAnswer.from_text(OK), NOW))
BACK = _https(Observed(HttpsAnswer.from_text(f"HTTP/1.1 302 F\nLocation: http://{NAME}/"), NOW))
LIVE_PLAIN = _http(Observed(HttpAnswer.from_text(OK), NOW))
NO_CHAIN: Every[CertificateChain] = Every((Seen(PLACE, REFUSED),))
EXPIRED = _chain(leaf(age=100), intermediate())
RESET = Unobserved(Reason.RESET, "reset", NOW, reached=True)


@check(
    id="https-availability",
    title="The site is there over HTTPS",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Serve the site on port 443 with a certificate that browsers trust, for the domain itself
        and for www, at every address that DNS names; do not redirect from there to http.
    """,
    snippets={
        "nginx": "listen 443 ssl;\nssl_certificate /etc/ssl/site.pem;\nssl_certificate_key /etc/ssl/site.key;",
        "apache": "SSLEngine on\nSSLCertificateFile /etc/ssl/site.pem\nSSLCertificateKeyFile /etc/ssl/site.key",
        "iis": "New-WebBinding -Name Site -Protocol https -Port 443 -SslFlags 1",
    },
    references=(Reference("OMB M-15-13"), Reference("CISA BOD 18-01")),
    records=(WEB_PRESENT, HOST_IN_DNS),
    passes={
        "live and trusted": (HOST, LIVE_PLAIN, LIVE, _chain(), store(), ONCE),
        "only the intermediate is missing": (
            HOST,
            LIVE_PLAIN,
            LIVE,
            _chain(leaf()),
            store(),
            ONCE,
        ),
        "visitors need a client certificate": (
            HOST,
            LIVE_PLAIN,
            _https(Inapplicable(Message(CERTIFICATE_WANTED), NOW)),
            _chain(),
            store(),
            ONCE,
        ),
    },
    fails={
        "443 refuses while 80 answers": (
            HOST,
            LIVE_PLAIN,
            _https(REFUSED),
            NO_CHAIN,
            store(),
            ONCE,
        ),
        "443 gave no connection, twice": (
            HOST,
            LIVE_PLAIN,
            _https(TIMEOUT),
            NO_CHAIN,
            store(),
            TWICE,
        ),
        "443 speaks no TLS": (HOST, LIVE_PLAIN, _https(NO_TLS), NO_CHAIN, store(), ONCE),
        "expired": (HOST, LIVE_PLAIN, LIVE, EXPIRED, store(), ONCE),
        "443 closed, but answers the hello with an expired certificate": (
            HOST,
            LIVE_PLAIN,
            _https(RESET),
            EXPIRED,
            store(),
            ONCE,
        ),
        "a root of its own": (
            HOST,
            LIVE_PLAIN,
            LIVE,
            _chain(leaf(), intermediate(), root()),
            TrustStore((), "nothing"),
            ONCE,
        ),
        "it sends visitors back to http": (HOST, LIVE_PLAIN, BACK, _chain(), store(), ONCE),
    },
    others={
        "443 is silent, once": (HOST, LIVE_PLAIN, _https(TIMEOUT), NO_CHAIN, store(), ONCE),
        "nothing answers": (HOST, _http(TIMEOUT), _https(TIMEOUT), NO_CHAIN, store(), ONCE),
        "both refuse": (HOST, _http(REFUSED), _https(REFUSED), NO_CHAIN, store(), ONCE),
        "a bad answer on 443": (
            HOST,
            LIVE_PLAIN,
            _https(Unobserved(Reason.MALFORMED_REPLY, "no HTTP", NOW, reached=True)),
            _chain(),
            store(),
            ONCE,
        ),
        "live, but no chain was seen": (HOST, LIVE_PLAIN, LIVE, NO_CHAIN, store(), ONCE),
        "the name has no address": (
            HostAddresses(NAME, Presence.NODATA),
            Every(),
            Every(),
            Every(),
            store(),
            ONCE,
        ),
        "not looked at": (
            HOST,
            _http(Inapplicable(Message("Nothing is there."))),
            _https(Inapplicable(Message("Nothing is there."))),
            Every(),
            store(),
            ONCE,
        ),
    },
)
def https_availability(
    host: HostAddresses,
    http: Every[HttpAnswer],
    https: Every[HttpsAnswer],
    chains: Every[CertificateChain],
    roots: TrustStore,
    late: LateTries,
) -> Judgement:
    """Without HTTPS, whoever holds the line reads and rewrites what the agency tells citizens."""
    name = host.name
    if not host.addresses and not https.on(name):
        facts: dict[Fact, FactValue] = {HOST_IN_DNS: False, WEB_PRESENT: False}
        return not_applicable("The name {host} has no address.", host=name, facts=facts)
    here = secure(name, https, NO_CHAINS, chains, roots, late)
    there = plain(name, http, NO_CHAINS)
    answers = any(isinstance(one.observation, Observed) for one in http.on(name))
    present = answers or bool(here and here.live)
    facts = {
        HOST_IN_DNS: bool(host.addresses),
        WEB_PRESENT: present or _unseen(https, name) or (None if there is None else False),
    }
    if here is None:
        return _unknown(https, name, facts)
    if not here.live:
        return _absent(https, name, late, facts, answers=answers)
    return _live(here, chains, roots, name, facts)


def _unseen(https: Every[HttpsAnswer], name: str) -> Unknown | None:
    """Silence proves no absence."""
    places = [one.observation for one in https.on(name)]
    if all(isinstance(one, Inapplicable) for one in places):
        return None
    return Unknown(Reason.UNREACHABLE)


def _unknown(https: Every[HttpsAnswer], name: str, facts: dict[Fact, FactValue]) -> Judgement:
    unseen = [one.observation for one in https.on(name) if isinstance(one.observation, Unobserved)]
    return inconclusive(
        unseen[0].reason if unseen else Reason.UNREACHABLE,
        "It could not be told whether HTTPS works: {why}.",
        why=(unseen[0].detail or unseen[0].reason)[:200] if unseen else "nothing was asked",
        facts=facts,
    )


def _absent(
    https: Every[HttpsAnswer],
    name: str,
    late: LateTries,
    facts: dict[Fact, FactValue],
    *,
    answers: bool,
) -> Judgement:
    places = [one.observation for one in https.on(name)]
    unseen = [one for one in places if isinstance(one, Unobserved)]
    if not unseen:
        return not_applicable("There is no web site under this name.", facts=facts)
    if not answers:
        return inconclusive(
            Reason.UNREACHABLE, "Neither port 443 nor port 80 answers.", facts=facts
        )
    if was_silent(name, late):
        return failed(
            "Port 443 gave no connection in two tries a minute apart, while port 80 answers.",
            confidence=Confidence.FIRM,
            facts=facts,
        )
    if any(one.reason is Reason.TLS_HANDSHAKE_FAILED for one in unseen):
        return failed(
            "Port 443 serves no TLS for this name ({why}), while port 80 answers.",
            why=unseen[0].detail[:200],
            facts=facts,
        )
    return failed(
        "Port 443 gives no connection ({why}), while port 80 answers.",
        why=unseen[0].reason,
        facts=facts,
    )


def _live(
    here: Endpoint,
    chains: Every[CertificateChain],
    roots: TrustStore,
    name: str,
    facts: dict[Fact, FactValue],
) -> Judgement:
    if here.certificate in {Certificate.REFUSED, Certificate.WRONG_NAME}:
        return failed(
            "It answers with a certificate that browsers refuse: {why}.",
            why=_faults(chains, roots, name),
            facts=facts,
        )
    if here.leads_to("http", internal=True):
        return failed(
            "Over HTTPS it sends visitors back to {url}, without encryption.",
            url=here.immediate or "",
            facts=facts,
        )
    if not any(isinstance(one.observation, Observed) for one in chains.on(name)):
        reason = Reason.TLS_HANDSHAKE_FAILED
        return inconclusive(reason, "It answers, but its certificate was not seen.", facts=facts)
    if here.wants_certificate:
        return passed(CERTIFICATE_WANTED, facts=facts)
    return passed("It answers over HTTPS with a certificate in order.", facts=facts)


def _faults(chains: Every[CertificateChain], roots: TrustStore, name: str) -> str:
    """The faults at the first address that has one."""
    seen_ = [one.observation for one in chains.on(name)]
    bad = [
        read_path(one.value, roots, one.at).faults
        for one in seen_
        if isinstance(one, Observed)
        and grade_of(one, roots) in {Certificate.REFUSED, Certificate.WRONG_NAME}
    ]
    words = [str(fault) for faults in bad[:1] for fault in faults]
    return ", ".join(words) or str(Fault.UNPARSEABLE)
