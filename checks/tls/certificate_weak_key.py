"""The key is not weak by construction."""

from scanner import (
    Confidence,
    Effort,
    Fact,
    FactValue,
    Judgement,
    Message,
    Observed,
    Reason,
    Reference,
    Role,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    passed,
)
from scanner.certificates import Served, each_leaf
from scanner.fact import CERTIFICATE_MODULUS
from scanner.formats.certificate import FormatError, key_of
from scanner.formats.certificate_examples import (
    CLOSE_PRIMES,
    ROCA,
    SOUND_RSA,
    UNKNOWN_KEY,
    intermediate,
    leaf,
    leaf_with_exponent,
    rsa_public,
    served,
)
from scanner.formats.certificate_key import USUAL_EXPONENT, Key, Weakness, weaknesses
from scanner.observation.tls import ServedCertificates

WORDS = {
    Weakness.EXPONENT_ONE: Message("its exponent is 1, so that encrypting changes nothing"),
    Weakness.EVEN_EXPONENT: Message("its exponent is even, so that it is no RSA key"),
    Weakness.ROCA: Message("it bears the mark of a faulty key generator (ROCA)"),
    Weakness.CLOSE_PRIMES: Message("its two primes are so close that they are found at once"),
    Weakness.SMALL_FACTOR: Message("its modulus has a small factor"),
}


@check(
    id="certificate-weak-key",
    title="The key of the certificate cannot be computed from the certificate",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="""
        Make a new key with an up-to-date OpenSSL on a computer that has been up for a while, order
        a certificate for it, and have the old one revoked (reason: key compromise).
    """,
    snippets={"openssl": "openssl ecparam -name prime256v1 -genkey -noout -out agency.key"},
    references=(
        Reference("CVE-2017-15361", url="https://nvd.nist.gov/vuln/detail/CVE-2017-15361"),
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "6.1.1.3"),
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "6.1.6"),
    ),
    records=(CERTIFICATE_MODULUS,),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "a sound RSA key": served(leaf(public=rsa_public(SOUND_RSA)), intermediate()),
        "an elliptic curve": served(),
        "the small exponent that is allowed": served(
            leaf(public=rsa_public(SOUND_RSA, 3)), intermediate()
        ),
    },
    fails={
        "ROCA": served(leaf(public=rsa_public(ROCA)), intermediate()),
        "close primes": served(leaf(public=rsa_public(CLOSE_PRIMES)), intermediate()),
        "a small factor": served(leaf(public=rsa_public(SOUND_RSA * 3)), intermediate()),
        "an exponent of 1": served(leaf_with_exponent(1), intermediate()),
        "an even exponent": served(leaf_with_exponent(4), intermediate()),
    },
    others={
        "no certificate": served(b"\x30\x00"),
        "a key of an unknown kind": served(UNKNOWN_KEY),
    },
)
def certificate_weak_key(served: Observed[ServedCertificates]) -> list[Judgement]:
    """Who has the certificate, and everyone has it, has the key: he can be the agency."""
    return each_leaf(served, _judge, (CERTIFICATE_MODULUS,))


def _judge(one: Served) -> Judgement:
    try:
        key = key_of(one.certificate)
    except FormatError as error:
        return inconclusive(
            Reason.NOT_SUPPORTED_BY_US,
            "The key could not be read: {why}.",
            why=error.message,
            facts={CERTIFICATE_MODULUS: Unknown(Reason.NOT_SUPPORTED_BY_US)},
        )
    if key.modulus is None or key.exponent is None:
        return passed(
            "It is {type}, a kind of key without these weaknesses.",
            type=key.type,
            facts={CERTIFICATE_MODULUS: None},
        )
    facts: dict[Fact, FactValue] = {CERTIFICATE_MODULUS: f"{key.modulus:x}"}
    return _rsa(key, weaknesses(key.modulus, key.exponent), facts)


def _rsa(key: Key, found: tuple[Weakness, ...], facts: dict[Fact, FactValue]) -> Judgement:
    evidence = (f"RSA, {key.bits} bits, exponent {key.exponent}",)
    if found:
        by_chance = found == (Weakness.ROCA,)
        return failed(
            "Its private key can be computed: {why}.",
            why=WORDS[found[0]],
            confidence=Confidence.FIRM if by_chance else Confidence.CERTAIN,
            evidence=evidence,
            facts=facts,
        )
    if key.exponent != USUAL_EXPONENT:
        return passed(
            "It shows no known weakness; its exponent {exponent} is unusual.",
            exponent=str(key.exponent),
            evidence=evidence,
            facts=facts,
        )
    return passed("It shows no known weakness.", evidence=evidence, facts=facts)
