"""The MTA-STS policy can be fetched."""

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.certificate_examples import NOW, intermediate, leaf, store
from scanner.formats.mail_examples import MAIL, NO_MX
from scanner.formats.mta_sts_policy import fetched
from scanner.observation.mail import MailHosts, MtaSts
from scanner.observation.tls import TrustStore

RECORD = ("v=STSv1; id=1",)
CHAIN = (leaf(names=("mta-sts.agency.example",)), intermediate())
POLICY = "version: STSv1\nmode: enforce\nmx: mx.agency.example\nmax_age: 604800\n"


def _served(
    policy: str = POLICY,
    *,
    status: int = 200,
    kind: str = "text/plain",
    chain: tuple[bytes, ...] = CHAIN,
) -> tuple[Observed[MtaSts], MailHosts, TrustStore]:
    return Observed(MtaSts(RECORD, status, kind, policy, chain), NOW), MAIL, store()


def _missing(reason: Reason) -> tuple[Observed[MtaSts], MailHosts, TrustStore]:
    return Observed(MtaSts(RECORD, reason=reason), NOW), MAIL, store()


@check(
    id="mta-sts-policy",
    title="The MTA-STS policy can be fetched and read",
    severity=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="""
        Serve https://mta-sts.DOMAIN/.well-known/mta-sts.txt with status 200, without redirect, as
        text/plain, with a trusted certificate.
    """,
    snippets={
        "policy": "version: STSv1\nmode: enforce\nmx: mx.agency.example\nmax_age: 604800",
        "nginx": "server_name mta-sts.agency.example;\n"
        "location = /.well-known/mta-sts.txt { root /srv/mta-sts; default_type text/plain; }",
    },
    references=(Reference("RFC 8461", "3.2"), Reference("RFC 8461", "3.3")),
    passes={"served": _served()},
    fails={
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
        "no mail": (Observed(MtaSts(RECORD), NOW), NO_MX, store()),
    },
)
def mta_sts_policy(seen: Observed[MtaSts], mail: MailHosts, roots: TrustStore) -> Judgement:
    """New senders go on unprotected when they cannot fetch it; old ones keep what they have."""
    if not mail.names_host:
        return not_applicable("No MX record names a mail host.")
    made = fetched(seen.value, mail.name, roots, seen.at)
    if not made.is_announced:
        return not_applicable("No MTA-STS policy is announced.")
    if made.unknown:
        return inconclusive(
            made.unknown, "The policy could not be fetched: {why}.", why=made.unknown
        )
    command = f"curl -i https://mta-sts.{mail.name}/.well-known/mta-sts.txt"
    evidence = tuple(seen.value.policy.splitlines()[:20])
    if made.why:
        return failed(
            "Senders have no policy: {why}.", why=made.why, evidence=evidence, command=command
        )
    return passed("It is served.", evidence=evidence, command=command)
