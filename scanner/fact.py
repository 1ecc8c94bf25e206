"""The fact dictionary: what profiles may read, by name, type, unit and definition.

A fact is a named value that a check derives from observations and returns with its judgement.
The names and values are those of the specification's dictionary; each is recorded by the checks
that name it in ``records``. A plugin defines its own in its own namespace.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from scanner.observation import Reason


class FactType(StrEnum):
    """What a value of the fact is, in JSON."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    TEXT = "text"
    DATE = "date"
    SET = "set"


class Fact(Struct, frozen=True):
    """A name that profiles may read."""

    name: str
    type: FactType
    definition: str
    unit: str = ""


class Members(Struct, frozen=True):
    """The value of a set fact; not ``complete`` when the enumeration was cut short."""

    values: tuple[str, ...]
    complete: bool = True


class Unknown(Struct, frozen=True):
    """A fact that this judgement could not settle, though it could judge."""

    reason: Reason
    detail: str = ""


class State(StrEnum):
    """Known; absent: looked for, and there is none; unknown: could not look."""

    KNOWN = "known"
    ABSENT = "absent"
    UNKNOWN = "unknown"


FactValue: TypeAlias = bool | int | str | Members | Unknown | None
Stored: TypeAlias = bool | int | str | tuple[str, ...] | None


class RecordedFact(Struct, frozen=True, omit_defaults=True):
    """One fact of one subject, as it is kept (ARCHITECTURE.md, Decisions 13 and 17)."""

    name: str
    check: str
    subject: str
    state: State
    address: str | None = None
    item: str = ""
    value: Stored = None
    complete: bool = True
    reason: Reason | None = None
    at: datetime | None = None


class RunFact(NamedTuple):
    """One recorded fact of one target of a run, as a run check reads it; ``agency`` is an id."""

    target: str
    agency: str
    fact: RecordedFact


B, N, T, S = FactType.BOOLEAN, FactType.INTEGER, FactType.TEXT, FactType.SET

HOST_IN_DNS = Fact("host.in_dns", B, "The name resolves to an address.")
WEB_PRESENT = Fact("web.present", B, "An endpoint of the site answers.")
WEB_COOKIES = Fact("web.cookies", B, "A cookie that a browser stores was set.")
WEB_LOGIN = Fact("web.login", B, "A password field or a 401 was seen.")
WEB_TECHNOLOGIES = Fact("web.technologies", S, "The software that the answers name.")
WEB_TECHNOLOGY_VERSIONS = Fact(
    "web.technology_versions", S, "Those with a version: name, space, version."
)
HTTPS_ENFORCES = Fact("https.enforces", B, "HTTPS is supported and http strictly forced to it.")
HTTPS_ENFORCES_LEVEL = Fact(
    "https.enforces_level", N, "3 strict, 2 default but late, 1 HTTPS present, 0 none."
)
HTTP_PORT80 = Fact(
    "http.port80", T, "closed, redirect-https, redirect-other, content or error-status."
)
HTTPS_REDIRECT_SAME_HOST = Fact(
    "https.redirect_same_host",
    B,
    "The first hop of http goes to https of the same host.",
)
HTTP_COMPRESSION = Fact("http.compression", B, "The start page comes compressed over https.")
HSTS_MAX_AGE = Fact("hsts.max_age", N, "max-age of the effective HSTS policy.", "seconds")
HSTS_PRELOADED = Fact("hsts.preloaded", B, "Listed, or a listed parent with sub-domains.")
CSP_PRESENT = Fact("csp.present", B, "An enforced policy with a directive.")
CSP_OBJECT_SRC = Fact("csp.object_src", T, "none, self, list, open; absent if none governs.")
CSP_BASE_URI = Fact("csp.base_uri", T, "none, self, list, open; absent if none governs.")
CSP_SCRIPT_RESTRICTED = Fact(
    "csp.script_restricted", B, "External, inline and data: scripts are refused."
)
CSP_FRAME_ANCESTORS = Fact("csp.frame_ancestors", T, "none, self, list, open; or absent.")
CSP_REPORT_ENDPOINT = Fact("csp.report_endpoint", B, "Violations are reported somewhere.")
XFO_VALID = Fact("xfo.valid", B, "X-Frame-Options is exactly DENY or SAMEORIGIN.")
COOP_VALUE = Fact("coop.value", T, "The effective opener policy, unsafe-none when absent.")
COOKIE_SECURE_PREFIX = Fact(
    "cookie.secure_prefix", B, "Every session cookie is named __Secure- or __Host-."
)
COOKIE_HOST_PREFIX = Fact("cookie.host_prefix", B, "Every session cookie is named __Host-.")

MAIL_RECEIVES = Fact("mail.receives", B, "An MX other than null, or an implicit one answering.")
MAIL_SENDS = Fact("mail.sends", B, "The domain publishes what a sender publishes.")
SPF_PRESENT = Fact("spf.present", B, "Exactly one SPF record is found.")
SPF_ALL = Fact("spf.all", T, "- ~ ? or +: the all that ends evaluation; or absent.")
SPF_NULL = Fact("spf.null", B, "The record is exactly v=spf1 -all.")
DKIM_KEY_BITS_MIN = Fact("dkim.key_bits_min", N, "The smallest key published.", "bits")
DKIM_KEY_AGE_DAYS = Fact("dkim.key_age_days", N, "The age of the oldest key seen.", "days")
DMARC_PRESENT = Fact("dmarc.present", B, "A usable DMARC record applies.")
DMARC_SP = Fact("dmarc.sp", T, "The literal sp tag.")
DMARC_EFFECTIVE_P = Fact("dmarc.effective_p", T, "The policy for this name, after t=y.")
DMARC_EFFECTIVE_SP = Fact("dmarc.effective_sp", T, "The policy for existing names below.")
DMARC_EFFECTIVE_NP = Fact("dmarc.effective_np", T, "The policy for names that do not exist.")
DMARC_EFFECTIVE_PCT = Fact("dmarc.effective_pct", N, "pct, 100 when absent.", "percent")
DMARC_TEST_MODE = Fact("dmarc.test_mode", B, "t=y is published.")
DMARC_REPORT_ADDRESSES = Fact("dmarc.report_addresses", N, "Usable rua and ruf URIs.", "URIs")
DMARC_RUA = Fact("dmarc.rua", S, "The aggregate report URIs.")
MAIL_SPOOFABLE = Fact(
    "mail.spoofable", T, "yes, partly or no: can a stranger send in the name of the domain."
)
MAIL_SPOOFABLE_DOMAIN = Fact("mail.spoofable_domain", T, "yes, partly or no: as @domain.")
MAIL_SPOOFABLE_SUBDOMAIN = Fact(
    "mail.spoofable_subdomain", T, "yes, partly or no: as @sub.domain without a record of its own."
)
MAIL_SPOOFABLE_NONEXISTENT = Fact(
    "mail.spoofable_nonexistent", T, "yes, partly or no: as @nonexistent.domain."
)
MTASTS_MODE = Fact("mtasts.mode", T, "enforce, testing or none; or absent.")
DNSSEC_STATUS = Fact("dnssec.status", T, "secure, insecure, unsigned or bogus.")
DNS_NAME_SERVERS = Fact("dns.name_servers", S, "The names of the zone's name servers.")
DNS_MAIL_HOSTS = Fact("dns.mail_hosts", S, "The names of the domain's MX hosts.")
DNS_NETWORKS = Fact("dns.networks", S, "The /24 and /48 networks of its DNS, mail and web hosts.")
CAA_ISSUER_ALLOWED = Fact("caa.issuer_allowed", B, "CAA permits the certificate's issuer.")

TLS_PRESENT = Fact("tls.present", B, "TLS answers on the port.")
TLS_VERSIONS = Fact("tls.versions", S, "The protocol versions accepted.")
TLS_SUITES = Fact("tls.suites", S, "The cipher suites accepted, IANA names.")
TLS_SUITE_MACS = Fact("tls.suite_macs", S, "Their MAC hashes, for AEAD suites the PRF's.")
TLS_GROUPS = Fact("tls.groups", S, "The named groups accepted.")
TLS_GROUP_BITS_MIN = Fact("tls.group_bits_min", N, "The smallest EC or hybrid group.", "bits")
TLS_DHE_OFFERED = Fact("tls.dhe_offered", B, "A legacy DHE suite is accepted.")
TLS_DH_BITS = Fact("tls.dh_bits", N, "The smallest finite-field prime.", "bits")
TLS_SERVER_PREFERENCE = Fact("tls.server_preference", T, "true, false or mixed.")
TLS_ECH_OFFERED = Fact("tls.ech_offered", B, "Encrypted Client Hello is supported.")
TLS_RSA_KEYS = Fact("tls.rsa_keys", S, "SHA-256 of the RSA keys (SPKI) of its certificates.")
TLS_HYBRID_PREFERRED = Fact("tls.hybrid_preferred", B, "A post-quantum hybrid is asked for.")
TLS_POST_QUANTUM = Fact("tls.post_quantum", T, "hybrid, pure, draft or none.")
TLS_BACKENDS = Fact("tls.backends", T, "one, or mixed where several machines answer apart.")
TLS_TICKET_KEY = Fact("tls.ticket_key", T, "A hash that names the key of session tickets.")
TLS_CLIENT_AUTH = Fact("tls.client_auth", T, "none, requested or required.")
CERTIFICATE_KEY_TYPE = Fact("certificate.key_type", T, "rsa, ec-p256, ec-p384, ed25519 …")
CERTIFICATE_KEY_BITS = Fact("certificate.key_bits", N, "The size of the key.", "bits")
CERTIFICATE_SECURITY_BITS = Fact("certificate.security_bits", N, "Its strength.", "bits")
CERTIFICATE_BR_KEY = Fact("certificate.br_key", B, "A key the Baseline Requirements allow.")
CERTIFICATE_RSA_EXPONENT_OK = Fact("certificate.rsa_exponent_ok", B, "Odd and at least 3.")
CERTIFICATE_NOT_BEFORE = Fact("certificate.not_before", FactType.DATE, "The day of issue.")
CERTIFICATE_VALIDITY_SECONDS = Fact(
    "certificate.validity_seconds", N, "notAfter - notBefore + 1 (BR 1.6.1).", "seconds"
)
CERTIFICATE_PUBLIC_TRUST = Fact(
    "certificate.public_trust", B, "A path leads to a root that browsers trust."
)
CERTIFICATE_TRUST = Fact("certificate.trust", S, "The further stores with a path to a root.")
CERTIFICATE_SPKI = Fact("certificate.spki", T, "SHA-256 of the public key, in hex.")
CERTIFICATE_MODULUS = Fact("certificate.modulus", T, "The modulus of an RSA key, in hex.")
CERTIFICATE_SELF_SIGNED = Fact("certificate.self_signed", B, "It is signed by its own key.")
CERTIFICATE_AIA_OCSP = Fact("certificate.aia_ocsp", B, "An OCSP address is named.")
CERTIFICATE_AIA_CA_ISSUERS = Fact("certificate.aia_ca_issuers", B, "The issuer's address is named.")
CERTIFICATE_CRL_DP = Fact("certificate.crl_dp", B, "A CRL distribution point is named.")
SECURITYTXT_POLICY = Fact("securitytxt.policy", T, "The Policy field of security.txt.")

DICTIONARY: dict[str, Fact] = {
    fact.name: fact for fact in tuple(globals().values()) if isinstance(fact, Fact)
}
