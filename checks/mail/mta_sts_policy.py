"""The MTA-STS policy can be fetched, fits the mail hosts, and is enforced."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Observed,
    Reason,
    Reference,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import MTASTS_MODE
from scanner.formats import mta_sts
from scanner.formats.certificate import read_path
from scanner.formats.certificate_examples import NOW, intermediate, leaf, store
from scanner.formats.error import FormatError
from scanner.observation.dns import Presence
from scanner.observation.mail import MailHost, MailHosts, MtaSts
from scanner.observation.tls import CertificateChain, TrustStore

RECORD = ("v=STSv1; id=1",)
HOST = "mta-sts.agency.example"
CHAIN = (leaf(names=(HOST,)), intermediate())
MAIL = MailHosts("agency.example", Presence.PRESENT, (MailHost(10, "mx.agency.example"),))
POLICY = "version: STSv1\nmode: enforce\nmx: mx.agency.example\nmax_age: 604800\n"
OK = 200
TRANSIENT = frozenset({Reason.TIMEOUT, Reason.SERVFAIL, Reason.UNREACHABLE, Reason.OUT_OF_SCOPE})


def _served(
    policy: str = POLICY,
    *,
    status: int = 200,
    kind: str = "text/plain",
    chain: tuple[bytes, ...] = CHAIN,
) -> tuple[Observed[MtaSts], MailHosts, TrustStore]:
    made = MtaSts(RECORD, status, kind, policy, chain)
    return Observed(made, NOW), MAIL, store()


def _missing(reason: Reason) -> tuple[Observed[MtaSts], MailHosts, TrustStore]:
    return Observed(MtaSts(RECORD, reason=reason), NOW), MAIL, store()


@check(
    id="mta-sts-policy",
    title="The MTA-STS policy is enforced and fits the mail hosts",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Serve https://mta-sts.DOMAIN/.well-known/mta-sts.txt without redirect, as text/plain, with
        a trusted certificate; name every MX host in it; end with `mode: enforce`.
    """,
    references=(
        Reference("RFC 8461", "3.2"),
        Reference("RFC 8461", "3.3"),
        Reference("RFC 8461", "4.1"),
    ),
    records=(MTASTS_MODE,),
    passes={"enforced": _served()},
    fails={
        "testing": _served(POLICY.replace("enforce", "testing")),
        "an MX host is not named": _served(POLICY.replace("mx: mx.", "mx: other.")),
        "malformed": _served("mode: enforce"),
        "a redirect": _served("", status=301),
        "a page": _served(kind="text/html"),
        "a certificate of another name": _served(chain=(leaf(), intermediate())),
        "nothing answers": _missing(Reason.REFUSED),
    },
    others={
        "not announced": (Observed(MtaSts(()), NOW), MAIL, store()),
        "a record that is void": (Observed(MtaSts(("v=STSv1; id=",)), NOW), MAIL, store()),
        "no answer in time": _missing(Reason.TIMEOUT),
    },
)
def mta_sts_policy(seen: Observed[MtaSts], mail: MailHosts, roots: TrustStore) -> Judgement:
    """A policy that cannot be fetched protects nobody; one that does not fit loses mail."""
    found = seen.value
    if not _announced(found.texts):
        return not_applicable("No MTA-STS policy is announced.", facts={MTASTS_MODE: None})
    if found.reason in TRANSIENT:
        return inconclusive(
            found.reason,
            "The policy could not be fetched: {why}.",
            why=found.reason,
            facts={MTASTS_MODE: Unknown(found.reason)},
        )
    if why := _unusable(seen, mail, roots):
        return failed(
            "Senders cannot use the policy: {why}.",
            why=why,
            severity=Severity.MEDIUM,
            facts={MTASTS_MODE: None},
        )
    try:
        policy = mta_sts.policy(found.policy)
    except FormatError as error:
        return failed(
            "Senders ignore the policy: {why}.",
            why=error.message,
            severity=Severity.MEDIUM,
            facts={MTASTS_MODE: None},
        )
    return _judged(policy, mail, found.policy, {MTASTS_MODE: policy.mode})


def _announced(texts: tuple[str, ...]) -> bool:
    try:
        return mta_sts.record_id(texts) is not None
    except FormatError:
        return False


def _unusable(seen: Observed[MtaSts], mail: MailHosts, roots: TrustStore) -> str:
    found = seen.value
    if found.reason:
        return str(found.reason)
    chain = CertificateChain(f"mta-sts.{mail.name}", "", found.certificates)
    if not read_path(chain, roots, seen.at).trusted:
        return "its certificate is not trusted for the name"
    if found.status != OK:
        return f"its status is {found.status}"
    if found.content_type.partition(";")[0].strip().lower() != "text/plain":
        return f"its type is {found.content_type[:60] or 'missing'}"
    return ""


def _judged(
    policy: mta_sts.Policy, mail: MailHosts, text: str, facts: dict[Fact, FactValue]
) -> Judgement:
    evidence = tuple(text.splitlines()[:20])
    foreign = [one.name for one in mail.hosts if not policy.matches(one.name)]
    if policy.mode != "enforce":
        return failed(
            "Its mode is {mode}, which protects nothing.",
            mode=policy.mode,
            severity=Severity.LOW,
            evidence=evidence,
            facts=facts,
        )
    if foreign:
        every = len(foreign) == len(mail.hosts)
        return failed(
            "It does not name the mail host {name}.",
            name=foreign[0],
            severity=Severity.HIGH if every else Severity.MEDIUM,
            evidence=evidence,
            facts=facts,
        )
    return passed("It is enforced, and names every mail host.", evidence=evidence, facts=facts)
