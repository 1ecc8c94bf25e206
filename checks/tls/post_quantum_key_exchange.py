"""A post-quantum hybrid is offered."""

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
    informational,
    not_applicable,
    passed,
)
from scanner.fact import TLS_HYBRID_PREFERRED, TLS_POST_QUANTUM, Fact, FactValue
from scanner.formats.tls.codes import groups_by_name
from scanner.observation.tls import GroupsSeen, Question, Sign, TlsServer

HYBRIDS = frozenset({"X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"})


def server(*names: str, complete: bool = True) -> TlsServer:
    """For examples: TLS 1.3 with these groups."""
    made = TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",))
    groups = GroupsSeen(names, complete)
    return TlsServer(made.name, made.protocols, groups=groups)


@check(
    id="post-quantum-key-exchange",
    title="Key exchange is safe against quantum computers",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="Upgrade to OpenSSL 3.5 or later and put X25519MLKEM768 first among the groups.",
    snippets={
        "nginx": "ssl_ecdh_curve X25519MLKEM768:X25519:prime256v1;",
        "apache": "SSLOpenSSLConfCmd Groups X25519MLKEM768:X25519:P-256",
        "haproxy": "ssl-default-bind-curves X25519MLKEM768:X25519:P-256",
        "postfix": "tls_eecdh_auto_curves = X25519MLKEM768 X25519 prime256v1",
        "iis": "Windows Server 2025 and later, when Schannel offers ML-KEM.",
    },
    references=(Reference("RFC 10024"), Reference("FIPS 203")),
    records=(TLS_POST_QUANTUM, TLS_HYBRID_PREFERRED),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "the usual hybrid": server("X25519MLKEM768", "x25519"),
        "and it is asked for": server("X25519MLKEM768", "x25519").answering(
            Sign(Question.HYBRID_PREFERENCE, "yes")
        ),
        "a partial list can acquit here": server("X25519MLKEM768", complete=False),
    },
    fails={
        "classical groups only": server("x25519", "secp256r1"),
        "an obsolete draft": server("X25519Kyber768Draft00", "x25519"),
    },
    others={
        "pure ML-KEM only": server("MLKEM768"),
        "no TLS 1.3": TlsServer.accepting("TLSv1.2"),
        "the list broke off": server("x25519", complete=False),
        "TLS 1.3 is not known": TlsServer.accepting("TLSv1.2", unknown=("TLSv1.3",)),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def post_quantum_key_exchange(server: TlsServer) -> Judgement:  # noqa: PLR0911 - a table
    """What is recorded today can be read once a quantum computer is there, if the key exchange is
    classical. Laws begin to ask for hybrids; this is an inventory, not an accusation.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.", facts=_facts("none", server))
    newest = server.answer("TLSv1.3")
    if newest.accepted is False:
        return not_applicable(
            "TLS 1.3, which hybrids need, is not accepted.", facts=_facts("none", server)
        )
    groups = set(server.groups.names)
    evidence = (", ".join(server.groups.names),) if groups else ()
    hybrids = ", ".join(sorted(groups & HYBRIDS))
    if hybrids:
        facts = _facts("hybrid", server)
        return passed("It accepts {groups}.", groups=hybrids, evidence=evidence, facts=facts)
    if newest.accepted is None or not server.groups.is_complete:
        return inconclusive(
            server.groups.reason or newest.reason or server.why,
            "Not every group is known; no hybrid is among those that are.",
            evidence=evidence,
            facts={TLS_POST_QUANTUM: Unknown(server.why), TLS_HYBRID_PREFERRED: None},
        )
    named = groups_by_name()
    known = [named[name] for name in sorted(groups) if name in named]
    if any(one.kind == "kem" for one in known):
        return informational(
            "It accepts ML-KEM by itself, and no hybrid with a classical group.",
            evidence=evidence,
            facts=_facts("pure", server),
        )
    if any("Draft" in one.name for one in known):
        return failed(
            "It accepts an obsolete draft of a hybrid only.",
            evidence=evidence,
            facts=_facts("draft", server),
        )
    return failed(
        "It accepts classical groups only.",
        evidence=evidence,
        facts=_facts("none", server),
        command=server.shown_by("-brief -tls1_3 -groups X25519MLKEM768"),
    )


def _facts(state: str, server: TlsServer) -> dict[Fact, FactValue]:
    preference = server.sign(Question.HYBRID_PREFERENCE).answer
    preferred = preference == "yes" if preference else None
    return {TLS_POST_QUANTUM: state, TLS_HYBRID_PREFERRED: preferred}
