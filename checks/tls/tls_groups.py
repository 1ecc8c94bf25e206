"""Every group is strong enough."""

from scanner import (
    Effort,
    Judgement,
    Members,
    Reason,
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
from scanner.fact import TLS_GROUP_BITS_MIN, TLS_GROUPS, Fact, FactValue
from scanner.formats.tls.codes import Group, groups_by_name
from scanner.observation.tls import ExchangeSeen, GroupsSeen, TlsServer

STRONG_BITS = 112


def server(*names: str, complete: bool = True, explicit: bool = False) -> TlsServer:
    """For examples: a server that accepts these groups."""
    made = TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
    exchanges = (ExchangeSeen("TLSv1.2", "ecdhe", is_explicit=True),) if explicit else ()
    return TlsServer(
        made.name, made.protocols, groups=GroupsSeen(names, complete), exchanges=exchanges
    )


@check(
    id="tls-groups",
    title="Every accepted group has at least 112 bits of strength",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Accept X25519, P-256, P-384 and the post-quantum hybrid X25519MLKEM768 only.",
    snippets={
        "nginx": "ssl_ecdh_curve X25519:prime256v1:secp384r1;",
        "apache": "SSLOpenSSLConfCmd Curves X25519:P-256:P-384",
        "haproxy": "ssl-default-bind-curves X25519:P-256:P-384",
        "postfix": "tls_eecdh_auto_curves = X25519 prime256v1 secp384r1",
        "iis": "Disable-TlsEccCurve for every other curve",
    },
    references=(Reference("RFC 9325", "4.5"), Reference("RFC 8422", "5.1.1")),
    records=(TLS_GROUPS, TLS_GROUP_BITS_MIN),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "the usual ones": server("X25519MLKEM768", "x25519", "secp256r1"),
        "an obsolete draft is not judged here": server("X25519Kyber768Draft00", "x25519"),
        "no group at all": server(),
        "finite fields only": server("ffdhe2048"),
    },
    fails={
        "a weak one": server("x25519", "secp192r1"),
        "a partial list can convict": server("secp192r1", complete=False),
        "a curve written out": server("x25519", explicit=True),
    },
    others={
        "the list broke off": server("x25519", complete=False),
        "nothing is known": server(complete=False),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def tls_groups(server: TlsServer) -> Judgement:
    """The group decides how hard it is to find the key of a session: 112 bits are the least.

    A curve that the server writes out itself cannot be checked by a client (RFC 8422 forbids it).
    """
    if server.other_protocol:
        nothing = {TLS_GROUPS: Members(()), TLS_GROUP_BITS_MIN: None}
        return not_applicable("The port does not speak TLS.", facts=nothing)
    seen = server.groups
    known = [groups_by_name()[name] for name in seen.names if name in groups_by_name()]
    facts = _facts(seen, known)
    evidence = (", ".join(seen.names),) if seen.names else ()
    weak = [one.name for one in known if one.security_bits and one.security_bits < STRONG_BITS]
    if any(one.is_explicit for one in server.exchanges):
        return failed(
            "It sends a curve that is written out, which no client can check.",
            evidence=evidence,
            facts=facts,
        )
    if weak:
        return failed(
            "It accepts groups of less than 112 bits: {groups}.",
            groups=", ".join(weak),
            command=server.shown_by(f"-tls1_2 -groups {weak[0]} -cipher ALL:@SECLEVEL=0"),
            evidence=evidence,
            facts=facts,
        )
    if not seen.is_complete:
        return inconclusive(
            seen.reason or server.why,
            "Not every group is known; those that are are strong enough.",
            evidence=evidence,
            facts=facts,
        )
    return passed("Every group is strong enough.", evidence=evidence, facts=facts)


def _facts(seen: GroupsSeen, known: list[Group]) -> dict[Fact, FactValue]:
    """The smallest field among curves and hybrids; finite fields have a fact of their own."""
    bits = [one.field_bits for one in known if one.kind != "ffdhe" and one.field_bits]
    smallest: FactValue = min(bits) if bits else None
    if not seen.is_complete and smallest is None:
        smallest = Unknown(seen.reason or Reason.TIMEOUT, seen.detail)
    return {
        TLS_GROUPS: Members(tuple(sorted(seen.names)), seen.is_complete),
        TLS_GROUP_BITS_MIN: smallest,
    }
