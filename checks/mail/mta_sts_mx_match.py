"""The MTA-STS policy fits the mail hosts."""

from collections.abc import Iterator

from scanner import (
    Effort,
    Every,
    Judgement,
    Message,
    Observed,
    Place,
    Reason,
    Reference,
    Role,
    Severity,
    Subject,
    Unobserved,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.certificate import path_of
from scanner.formats.certificate_examples import NOW, intermediate, leaf, store
from scanner.formats.mail_examples import MAIL
from scanner.formats.mta_sts import Policy
from scanner.formats.mta_sts_policy import fetched
from scanner.observation.base import Seen
from scanner.observation.dns import Presence
from scanner.observation.mail import MailHost, MailHosts, MailServer, MtaSts
from scanner.observation.tls import CertificateChain, TrustStore

HOST = "mx.agency.example"
CHAIN = (leaf(names=("mta-sts.agency.example",)), intermediate())
TWO = MailHosts(MAIL.name, Presence.PRESENT, (*MAIL.hosts, MailHost(20, "mx2.agency.example")))


def _policy(mx: str = HOST, mode: str = "enforce", age: int = 604_800) -> Observed[MtaSts]:
    text = f"version: STSv1\nmode: {mode}\nmx: {mx}\nmax_age: {age}\n"
    return Observed(MtaSts(("v=STSv1; id=1",), 200, "text/plain", text, CHAIN), NOW)


def _place(host: str) -> Place:
    return Place(Subject(Role.MAIL, host, 25), "192.0.2.25")


def _servers(*, starttls: bool = True) -> Every[MailServer]:
    extensions = ("STARTTLS",) if starttls else ()
    seen = Observed(MailServer("220 mx", extensions, "220 Go", confirmed=True), NOW)
    return Every((Seen(_place(HOST), seen),))


def _chains(*names: str) -> Every[CertificateChain]:
    made = CertificateChain(HOST, "TLSv1.3", (leaf(names=names), intermediate()), "mail")
    return Every((Seen(_place(HOST), Observed(made, NOW)),))


GOOD = (_servers(), _chains(HOST), store())
UNSEEN: Every[CertificateChain] = Every((Seen(_place(HOST), Unobserved(Reason.TIMEOUT)),))
SILENT: Every[MailServer] = Every((Seen(_place(HOST), Unobserved(Reason.TIMEOUT)),))


@check(
    id="mta-sts-mx-match",
    title="Every mail host fits the MTA-STS policy",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.HOURS,
    remediation="Name every MX host in the policy, and give each a trusted certificate of its name.",
    snippets={
        "policy": "version: STSv1\nmode: enforce\nmx: mx1.agency.example\n"
        "mx: mx2.agency.example\nmax_age: 604800",
        "postfix": "smtpd_tls_security_level = may\nsmtpd_tls_chain_files = /etc/ssl/mail.pem",
    },
    references=(Reference("RFC 8461", "4.1"), Reference("RFC 8461", "5.1")),
    passes={
        "it fits": (_policy(), MAIL, *GOOD),
        "a wildcard": (_policy("*.agency.example"), MAIL, *GOOD),
    },
    fails={
        "not named": (_policy("old.agency.example"), MAIL, *GOOD),
        "one of two is not named": (_policy(), TWO, *GOOD),
        "not named, in testing": (_policy("old.agency.example", "testing"), MAIL, *GOOD),
        "no STARTTLS": (_policy(), MAIL, _servers(starttls=False), Every(), store()),
        "a certificate of another name": (
            _policy(),
            MAIL,
            _servers(),
            _chains("other.example"),
            store(),
        ),
    },
    others={
        "not announced": (Observed(MtaSts(()), NOW), MAIL, *GOOD),
        "mode none": (_policy(mode="none"), MAIL, *GOOD),
        "the host did not answer": (_policy(), MAIL, SILENT, Every(), store()),
        "the certificate was not seen": (_policy(), MAIL, _servers(), Every(), store()),
        "the certificate was not answered": (_policy(), MAIL, _servers(), UNSEEN, store()),
    },
)
def mta_sts_mx_match(
    seen: Observed[MtaSts],
    mail: MailHosts,
    servers: Every[MailServer],
    chains: Every[CertificateChain],
    roots: TrustStore,
) -> Judgement:
    """Senders that enforce the policy deliver to no host that does not fit: mail is lost."""
    made = fetched(seen.value, mail.name, roots, seen.at)
    if made.policy is None or made.policy.mode == "none":
        return not_applicable("There is no MTA-STS policy in force.")
    wrong = {
        host.name: why
        for host in mail.hosts
        if (why := _unusable(host, made.policy, servers, chains, roots))
    }
    evidence = (
        *seen.value.policy.splitlines()[:20],
        *(f"MX {one.preference} {one.name}" for one in mail.hosts),
        *(f"{name}: {why.text}" for name, why in wrong.items()),
    )
    if wrong:
        name, why = next(iter(wrong.items()))
        every = len(wrong) == len(mail.hosts)
        worst = Severity.HIGH if every else Severity.MEDIUM
        return failed(
            "{n} of {all} mail hosts do not fit; {name}: {why}.",
            n=len(wrong),
            all=len(mail.hosts),
            name=name,
            why=why,
            severity=worst if made.policy.mode == "enforce" else Severity.LOW,
            evidence=evidence,
        )
    if missing := next(_unseen(servers, chains, mail), None):
        return inconclusive(
            missing, "All are named; not every one could be tried.", evidence=evidence
        )
    return passed("All of them do.", evidence=evidence)


def _unusable(
    host: MailHost,
    policy: Policy,
    servers: Every[MailServer],
    chains: Every[CertificateChain],
    roots: TrustStore,
) -> Message | None:
    if not policy.matches(host.name):
        return Message("the policy does not name it")
    seen = [one.observation for one in servers.on(host.name)]
    if any(isinstance(one, Observed) and not one.value.offers_starttls for one in seen):
        return Message("it offers no STARTTLS")
    for _, one in chains.on(host.name):
        if isinstance(one, Observed):
            path = path_of(one.value.certificates, host.name, roots, one.at)
            if not path.trusted:
                return Message(
                    "its certificate is not trusted ({why})", {"why": ", ".join(path.faults)}
                )
    return None


def _unseen(
    servers: Every[MailServer], chains: Every[CertificateChain], mail: MailHosts
) -> Iterator[Reason]:
    for host in mail.hosts:
        tried: list[object] = [one.observation for one in servers.on(host.name)]
        tried += [one.observation for one in chains.on(host.name)]
        yield from (one.reason for one in tried if isinstance(one, Unobserved))
        if not any(isinstance(one.observation, Observed) for one in chains.on(host.name)):
            yield Reason.DEPENDENCY_MISSING
