"""Handshakes are signed with SHA-256 or better."""

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    Role,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.tls.codes import schemes
from scanner.observation.tls import ExchangeSeen, Question, Sign, TlsServer

WEAK = frozenset({"SHA1", "MD5"})
LEGACY = TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
ONLY_13 = TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",))
RSA_ONLY = TlsServer.taking(TLSv12=("TLS_RSA_WITH_AES_128_GCM_SHA256",))


@check(
    id="signature-hash",
    title="Handshakes are not signed with SHA-1 or MD5",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="Raise the signature algorithms of the server, or upgrade its TLS library.",
    snippets={
        "nginx": "ssl_conf_command SignatureAlgorithms ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256;",
        "apache": "SSLOpenSSLConfCmd SignatureAlgorithms ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256",
        "haproxy": "ssl-default-bind-sigalgs ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256",
        "postfix": "tls_config_file with SignatureAlgorithms = ECDSA+SHA256:RSA+SHA256",
        "iis": "Install the system's security updates.",
    },
    references=(Reference("RFC 9155", "2"),),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "refused": LEGACY.answering(Sign(Question.SIGNATURE_HASH, "refused")),
        "it ignores the list": LEGACY.answering(Sign(Question.SIGNATURE_HASH, "rsa_pkcs1_sha256")),
    },
    fails={
        "SHA-1": LEGACY.answering(Sign(Question.SIGNATURE_HASH, "rsa_pkcs1_sha1")),
        "SHA-1 though better was offered": TlsServer(
            LEGACY.name,
            LEGACY.protocols,
            exchanges=(ExchangeSeen("TLSv1.2", "ecdhe", scheme="rsa_pkcs1_sha1"),),
        ),
    },
    others={
        "TLS 1.3 alone": ONLY_13,
        "nothing is signed": RSA_ONLY,
        "no answer": LEGACY,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def signature_hash(server: TlsServer) -> Judgement:  # noqa: PLR0911 - a table
    """Who can make two texts with one SHA-1 hash can make the server sign what it never saw.

    Before TLS 1.2 there is no choice, and TLS 1.3 allows neither.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.")
    if server.answer("TLSv1.2").accepted is False:
        return not_applicable("TLS 1.2, in which the hash is chosen, is not accepted.")
    signed = [one.scheme for one in server.exchanges if one.version == "TLSv1.2" and one.scheme]
    sign = server.sign(Question.SIGNATURE_HASH)
    weak = [one for one in (*signed, sign.answer) if _hash(one) in WEAK]
    if weak:
        heard = (f"offered SHA-1 and MD5 alone: {sign.answer or 'no answer'}",)
        evidence = (*heard, *(f"offered everything: {one}" for one in dict.fromkeys(signed)))
        command = server.shown_by(
            "-tls1_2 -sigalgs RSA+SHA1:ECDSA+SHA1 -cipher DEFAULT:@SECLEVEL=0"
        )
        return failed("It signs with {scheme}.", scheme=weak[0], evidence=evidence, command=command)
    if sign.answer == "refused":
        return passed(
            "Offered SHA-1 and MD5 alone, it refuses ({how}).", how=sign.detail or "an alert"
        )
    if sign.answer:
        return passed("Offered SHA-1 and MD5 alone, it signs with {scheme}.", scheme=sign.answer)
    if server.knows_suites and not _signs(server):
        return not_applicable("No suite whose key exchange is signed is accepted in TLS 1.2.")
    return inconclusive(
        sign.reason or Reason.TIMEOUT, "Whether it would sign with SHA-1 is not known."
    )


def _hash(name: str) -> str:
    return next((one.hash for one in schemes().values() if one.name == name), "")


def _signs(server: TlsServer) -> bool:
    names = server.answer("TLSv1.2").suites
    return any("_DHE_" in name or "_ECDHE_" in name for name in names)
