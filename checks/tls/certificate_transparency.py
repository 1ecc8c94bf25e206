"""The certificate is in public logs, as browsers ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from scanner import (
    Effort,
    Judgement,
    Observed,
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
from scanner.certificates import Served, each_leaf
from scanner.dated import dated_list
from scanner.formats.certificate import FormatError, path_of
from scanner.formats.certificate_examples import NAME, intermediate, leaf, root, served, store
from scanner.formats.ct_logs import read_logs
from scanner.formats.sct import (
    Sct,
    Weighed,
    Worth,
    could_suffice,
    embedded,
    needed,
    read_list,
    suffices,
    weigh,
)
from scanner.formats.sct_examples import (
    LOGS,
    UNREADABLE,
    closed_network,
    embedding,
    logged_leaf,
    logs,
    sent_list,
)
from scanner.observation.certificate import CtLogList, LogState
from scanner.observation.tls import ServedCertificates, TrustStore

LONGEST_LIST_AGE = timedelta(days=70)
BY_TLS = 2
WORDS = {
    Worth.GOOD: "the signature is good",
    Worth.BAD_SIGNATURE: "the signature is not the log's",
    Worth.UNKNOWN_LOG: "the log is not in the list",
    Worth.LOG_NOT_COUNTED: "the log is not counted today",
    Worth.UNVERIFIED: "its issuer was not sent, so that the signature cannot be verified",
}
PLAIN = leaf()

ct_logs = dated_list(name="ct-logs", file="tls/ct-logs.json")(read_logs)


@check(
    id="certificate-transparency",
    title="The certificate is in public logs, as browsers ask",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Have the certificate issued again by an authority that logs what it issues; all that
        browsers trust can. Nothing has to be set on the server.
    """,
    references=(
        Reference(
            "Chrome Certificate Transparency Policy",
            url="https://googlechrome.github.io/CertificateTransparency/ct_policy.html",
        ),
        Reference("RFC 6962", "3.3"),
    ),
    roles=(Role.WEB,),
    passes={
        "two logs of two operators": (
            served(logged_leaf("A1", "B1"), intermediate()),
            store(),
            logs(),
        ),
        "three logs, for a long life": (
            served(logged_leaf(*LOGS, days=199), intermediate()),
            store(),
            logs(),
        ),
        "sent by the server": (
            served(PLAIN, intermediate(), scts=(sent_list(PLAIN, "A1", "B1"),)),
            store(),
            logs(),
        ),
        "a log that was retired later": (
            served(logged_leaf("A1", "B1"), intermediate()),
            store(),
            logs(state=LogState.RETIRED, since=logs().at),
        ),
    },
    fails={
        "in no log": (served(), store(), logs()),
        "in one log": (served(logged_leaf("A1"), intermediate()), store(), logs()),
        "in one log, whatever the list": (
            served(logged_leaf("A1"), intermediate()),
            store(),
            logs(at=logs().at - LONGEST_LIST_AGE),
        ),
        "two for a long life": (
            served(logged_leaf("A1", "B1", days=199), intermediate()),
            store(),
            logs(),
        ),
        "two logs of one operator": (
            served(logged_leaf("A1", "A2"), intermediate()),
            store(),
            logs(),
        ),
        "a forged signature": (
            served(logged_leaf("A1", "B1", spoiled=("B1",)), intermediate()),
            store(),
            logs(),
        ),
        "a log that was rejected": (
            served(logged_leaf("A1", "B1"), intermediate()),
            store(),
            logs(state=LogState.REJECTED),
        ),
    },
    others={
        "an old list": (
            served(logged_leaf("A1", "B1"), intermediate()),
            store(),
            logs(at=logs().at - LONGEST_LIST_AGE),
        ),
        "a log that the list does not know": (
            served(logged_leaf("A1", "B1"), intermediate()),
            store(),
            logs(without="B1"),
        ),
        "the issuer is not sent": (served(logged_leaf("A1", "B1")), store(), logs()),
        "unreadable timestamps": (
            served(leaf(extras=(embedding(UNREADABLE),)), intermediate()),
            store(),
            logs(),
        ),
        "unreadable timestamps sent by the server": (
            served(PLAIN, intermediate(), scts=(b"\0\3abc",)),
            store(),
            logs(),
        ),
        "a private certificate": (served(leaf(issuer=NAME)), store(), logs()),
        "a closed network": (served(leaf(), intermediate(), root()), closed_network(), logs()),
        "no certificate": (served(b"\x30\x00"), store(), logs()),
    },
)
def certificate_transparency(
    served: Observed[ServedCertificates], roots: TrustStore, logs: CtLogList
) -> list[Judgement]:
    """Public logs show when anyone had a certificate issued for a name that is not his."""
    return each_leaf(served, lambda one: _judge(one, roots, logs, served.at))


def _judge(one: Served, roots: TrustStore, logs: CtLogList, at: datetime) -> Judgement:
    if not path_of(one.leaf.chain, one.leaf.name, roots, at).is_public:
        return not_applicable("Logs are asked for publicly trusted certificates; this is none.")
    try:
        inside = embedded(one.certificate)
        sent = tuple(sct for data in one.leaf.scts for sct in read_list(data))
    except FormatError as error:
        return inconclusive(
            Reason.MALFORMED_REPLY, "Its timestamps cannot be read: {why}.", why=error.message
        )
    if inside or sent:
        return _policy(one, inside, sent, (roots, logs, at))
    if roots.is_replaced:
        return not_applicable("Public logs take no certificates of the roots that were given.")
    return failed("It is in no public log: neither it nor the server brings a timestamp.")


def _policy(
    one: Served,
    inside: Sequence[Sct],
    sent: Sequence[Sct],
    known: tuple[TrustStore, CtLogList, datetime],
) -> Judgement:
    roots, logs, at = known
    issuers = (*one.leaf.chain[1:], *roots.public)
    own = weigh(inside, one.certificate, issuers, logs, is_embedded=True)
    tls = weigh(sent, one.certificate, issuers, logs, is_embedded=False)
    count = needed(one.certificate)
    evidence = tuple(_shown(each) for each in (*own, *tls))
    if not could_suffice(own, count) and not could_suffice(tls, BY_TLS):
        return failed(
            "Its timestamps are of {n} logs; for its lifetime {count} are needed.",
            n=len({each.sct.log for each in own if each.worth is not Worth.BAD_SIGNATURE}),
            count=count,
            evidence=evidence,
        )
    if at - logs.at > LONGEST_LIST_AGE:
        return inconclusive(
            Reason.DEPENDENCY_MISSING,
            "The list of logs is of {date}, too old to judge by; bring a newer one (govscan data import).",
            date=logs.dated,
            evidence=evidence,
        )
    if suffices(own, count) or suffices(tls, BY_TLS):
        return passed("Enough logs signed that they have it.", evidence=evidence)
    if any(each.worth in {Worth.UNKNOWN_LOG, Worth.UNVERIFIED} for each in (*own, *tls)):
        return inconclusive(
            Reason.DEPENDENCY_MISSING,
            "Not every timestamp could be verified, so it is not told whether they are enough.",
            evidence=evidence,
        )
    return failed(
        "Its timestamps do not satisfy browsers: {count} logs of two operators are needed.",
        count=count,
        evidence=evidence,
    )


def _shown(one: Weighed) -> str:
    name = one.log.description if one.log else one.sct.log
    return f"{name}, {one.sct.at:%Y-%m-%dT%H:%M:%SZ}: {WORDS[one.worth]}"
