"""The key is strong enough."""

from scanner import (
    Effort,
    Fact,
    Judgement,
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
from scanner.fact import (
    CERTIFICATE_BR_KEY,
    CERTIFICATE_KEY_BITS,
    CERTIFICATE_KEY_TYPE,
    CERTIFICATE_RSA_EXPONENT_OK,
    CERTIFICATE_SECURITY_BITS,
    FactValue,
)
from scanner.formats.certificate import FormatError, Key, key_of, path_of
from scanner.formats.certificate_examples import (
    NAME,
    UNKNOWN_KEY,
    brainpool_leaf,
    intermediate,
    leaf,
    served,
    store,
)
from scanner.observation.tls import ServedCertificates, TrustStore

ENOUGH = 112
FACTS = (
    CERTIFICATE_KEY_TYPE,
    CERTIFICATE_KEY_BITS,
    CERTIFICATE_SECURITY_BITS,
    CERTIFICATE_BR_KEY,
    CERTIFICATE_RSA_EXPONENT_OK,
)


@check(
    id="certificate-key",
    title="The key of the certificate is strong",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Make a new key (EC P-256, or RSA with 3072 bits) and order a certificate for it.",
    snippets={
        "openssl": "openssl ecparam -name prime256v1 -genkey -noout -out agency.key",
        "certbot": "certbot renew --force-renewal --key-type ecdsa",
    },
    references=(
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "6.1.5"),
        Reference("NIST SP 800-57 part 1", "5.6.1"),
    ),
    records=FACTS,
    roles=(Role.WEB, Role.MAIL),
    passes={
        "P-256": (served(), store()),
        "a curve that is not the web's, under a private root": (
            served(brainpool_leaf(issuer=NAME)),
            store(),
        ),
    },
    fails={
        "RSA with 1024 bits": (served(leaf(is_weak=True), intermediate()), store()),
        "a curve that public authorities may not certify": (
            served(brainpool_leaf(), intermediate()),
            store(),
        ),
    },
    others={
        "unreadable": (served(b"\x30\x00"), store()),
        "a key of an unknown kind": (served(UNKNOWN_KEY), store()),
    },
)
def certificate_key(served: Observed[ServedCertificates], roots: TrustStore) -> list[Judgement]:
    """Who can compute the key can be the agency: read, change and answer all that is sent to it."""

    def judge(one: Served) -> Judgement:
        path = path_of(one.leaf.chain, one.leaf.name, roots, served.at)
        return _judge(one, is_public=path.is_public)

    return each_leaf(served, judge, FACTS)


def _judge(one: Served, *, is_public: bool) -> Judgement:
    try:
        key = key_of(one.certificate)
    except FormatError as error:
        return inconclusive(
            Reason.NOT_SUPPORTED_BY_US,
            "The key could not be read: {why}.",
            why=error.message,
            facts=dict.fromkeys(FACTS, Unknown(Reason.NOT_SUPPORTED_BY_US)),
        )
    facts = _facts(key)
    if key.strength < ENOUGH:
        return failed(
            "It is {type} with {bits} bits, about {strength} bits of strength; {enough} are needed.",
            type=key.type,
            bits=key.bits,
            strength=key.strength,
            enough=ENOUGH,
            facts=facts,
        )
    if not key.is_br and is_public:
        return failed(
            "Public authorities may not certify a key of this kind: {type} with {bits} bits.",
            type=key.type,
            bits=key.bits,
            facts=facts,
        )
    return passed("It is {type} with {bits} bits.", type=key.type, bits=key.bits, facts=facts)


def _facts(key: Key) -> dict[Fact, FactValue]:
    return {
        CERTIFICATE_KEY_TYPE: key.type,
        CERTIFICATE_KEY_BITS: key.bits,
        CERTIFICATE_SECURITY_BITS: key.strength,
        CERTIFICATE_BR_KEY: key.is_br,
        CERTIFICATE_RSA_EXPONENT_OK: key.exponent_ok,
    }
