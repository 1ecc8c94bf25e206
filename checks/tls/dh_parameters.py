"""Diffie-Hellman primes are big enough."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import TLS_DH_BITS, TLS_DHE_OFFERED, Fact, FactValue
from scanner.formats.tls.accepted import matching
from scanner.formats.tls.codes import Suite, groups_by_name
from scanner.observation.tls import ExchangeSeen, GroupsSeen, TlsServer

STRONG, SMALL, TINY = 2048, 1024, 768
USUAL = "-no_tls1_3 -cipher DHE:@SECLEVEL=0"
FLAGS = {
    "plain": USUAL,
    "ffdhe": USUAL,
    "export": "-no_tls1_3 -cipher EXPORT",
    "anonymous": "-no_tls1_3 -cipher ADH:@SECLEVEL=0",
}
DHE = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"


def server(*exchanges: ExchangeSeen, groups: tuple[str, ...] = ()) -> TlsServer:
    """For examples: TLS 1.2 with a DHE suite and these primes."""
    made = TlsServer.taking(TLSv12=(DHE,))
    return TlsServer(made.name, made.protocols, exchanges=exchanges, groups=GroupsSeen(groups))


def prime(
    bits: int, asked: str = "plain", name: str = "sha256:0", *, good: bool = True
) -> ExchangeSeen:
    """For examples: one prime."""
    return ExchangeSeen("TLSv1.2", "dhe", asked, bits=bits, prime=name, is_prime=good)


@check(
    id="dh-parameters",
    title="Diffie-Hellman primes have at least 2048 bits",
    severity=Severity.CRITICAL,
    mildest=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Leave DHE suites out: ECDHE does the same faster. Else use a group of RFC 7919.",
    snippets={
        "nginx": "ssl_dhparam /etc/ssl/ffdhe2048.pem;",
        "apache": "SSLOpenSSLConfCmd DHParameters /etc/ssl/ffdhe2048.pem",
        "haproxy": "tune.ssl.default-dh-param 2048",
        "postfix": "smtpd_tls_dh1024_param_file = /etc/ssl/ffdhe2048.pem",
        "iis": "Set ServerMinKeyBitLength to 2048 under SCHANNEL\\KeyExchangeAlgorithms.",
    },
    references=(Reference("RFC 7919"), Reference("RFC 9325", "4.5"), Reference("CVE-2015-4000")),
    records=(TLS_DH_BITS, TLS_DHE_OFFERED),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "2048 bits": server(prime(2048, name="ffdhe2048 (RFC 7919)")),
        "no DHE at all": TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",)),
        "TLS 1.3 with a finite field": TlsServer(
            "www.agency.example",
            TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",)).protocols,
            groups=GroupsSeen(("ffdhe2048",)),
        ),
    },
    fails={
        "1024 bits": server(prime(1024)),
        "1024 bits of a well-known prime": server(prime(1024, name="RFC 2409 group 2")),
        "512 bits": server(prime(512)),
        "1024 bits unless RFC 7919 is spoken": server(prime(2048, "ffdhe"), prime(1024)),
        "512 bits for export suites": server(prime(2048), prime(512, "export")),
        "no prime at all": server(prime(2048, good=False)),
    },
    others={
        "not seen": server(),
        "the list broke off": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.0",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def dh_parameters(server: TlsServer) -> Judgement:
    """A prime of 1024 bits can be broken once, by a state, for all who use it (LOGJAM).

    A prime of 512 bits falls in minutes. Many servers use the same few primes.
    """
    if server.other_protocol:
        nothing = {TLS_DH_BITS: None, TLS_DHE_OFFERED: False}
        return not_applicable("The port does not speak TLS.", facts=nothing)
    seen = [one for one in server.exchanges if one.kind == "dhe" and one.bits]
    offered = bool(matching(server, _is_dhe))
    facts = _facts(server, seen, offered=offered)
    evidence = tuple(_text(one) for one in seen)
    if wrong := [one for one in seen if not one.is_prime]:
        return failed(
            "The modulus of {bits} bits is not a prime number.",
            severity=Severity.HIGH,
            bits=wrong[0].bits,
            evidence=evidence,
            facts=facts,
        )
    smallest = min(seen, key=lambda one: (one.bits, one.asked != "plain"), default=None)
    if smallest and smallest.bits < STRONG:
        return _too_small(smallest, seen, evidence, facts, server.shown_by(FLAGS[smallest.asked]))
    if not server.knows_suites or (offered and not seen):
        return inconclusive(server.why, "Not every prime is known.", evidence=evidence, facts=facts)
    if smallest:
        return passed(
            "The smallest prime has {bits} bits.",
            bits=smallest.bits,
            evidence=evidence,
            facts=facts,
        )
    return passed("No suite with finite-field Diffie-Hellman is accepted.", facts=facts)


def _too_small(
    smallest: ExchangeSeen,
    seen: list[ExchangeSeen],
    evidence: tuple[str, ...],
    facts: dict[Fact, FactValue],
    command: str,
) -> Judgement:
    severity = Severity.CRITICAL if smallest.bits < TINY else Severity.HIGH
    bits = smallest.bits
    if smallest.asked in {"export", "anonymous"} and any(one.bits > bits for one in seen):
        return failed(
            "The prime of {suites} suites has {bits} bits, and that of others more.",
            severity=severity,
            suites=smallest.asked,
            bits=bits,
            evidence=evidence,
            facts=facts,
            command=command,
        )
    if any(one.asked == "ffdhe" and one.bits > bits for one in seen):
        return failed(
            "The prime has {bits} bits when the client lists no group of RFC 7919.",
            severity=severity,
            bits=bits,
            evidence=evidence,
            facts=facts,
            command=command,
        )
    if bits <= SMALL and not smallest.prime.startswith("sha256:"):
        return failed(
            "The prime has {bits} bits, and is one that many use: {prime}.",
            severity=severity,
            bits=bits,
            prime=smallest.prime,
            evidence=evidence,
            facts=facts,
            command=command,
        )
    return failed(
        "The prime has {bits} bits.",
        severity=severity,
        bits=bits,
        evidence=evidence,
        facts=facts,
        command=command,
    )


def _is_dhe(suite: Suite) -> bool:
    return suite.kx == "DHE" and suite.min != "TLSv1.3"


def _facts(server: TlsServer, seen: list[ExchangeSeen], *, offered: bool) -> dict[Fact, FactValue]:
    named = groups_by_name()
    fields = [
        named[name].field_bits
        for name in server.groups.names
        if name in named and named[name].kind == "ffdhe"
    ]
    bits = [one.bits for one in seen] + [one for one in fields if one]
    known = server.knows_suites and bool(seen or not offered)
    smallest: FactValue = min(bits) if bits else None
    unknown = Unknown(server.why)
    return {
        TLS_DH_BITS: smallest if known or bits else unknown,
        TLS_DHE_OFFERED: offered if known or offered else unknown,
    }


def _text(one: ExchangeSeen) -> str:
    return f"{one.version}, {one.asked} hello: {one.bits} bits, {one.prime}"
