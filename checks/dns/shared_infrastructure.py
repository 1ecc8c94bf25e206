"""What several agencies stand on together."""

from collections.abc import Iterable, Iterator

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    RunFact,
    RunJudgement,
    Severity,
    Subject,
    inconclusive,
    informational,
    not_applicable,
    run_check,
)
from scanner.fact import DNS_MAIL_HOSTS, DNS_NAME_SERVERS, DNS_NETWORKS
from scanner.formats.run_examples import known, unknown
from scanner.formats.shared_infrastructure import shared, targets_of

A, B = "domain:www.a.example", "domain:www.b.example"


@run_check(
    id="shared-infrastructure",
    title="Agencies do not all stand on one server, host or network",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="Where one failure would take many agencies away, add a second provider for all.",
    references=(Reference("RFC 2182", "3.1"),),
    reads=(DNS_NAME_SERVERS, DNS_MAIL_HOSTS, DNS_NETWORKS),
    others={
        "a name server for two": (
            known(DNS_NAME_SERVERS, A, ("ns.x.test",)),
            known(DNS_NAME_SERVERS, B, ("ns.x.test",)),
        ),
        "a network for two": (
            known(DNS_NETWORKS, A, ("192.0.2.0/24",)),
            known(DNS_NETWORKS, B, ("192.0.2.0/24", "198.51.100.0/24")),
        ),
        "nothing shared": (
            known(DNS_MAIL_HOSTS, A, ("mx.a.example",)),
            known(DNS_MAIL_HOSTS, B, ("mx.b.example",)),
        ),
        "unknown": (unknown(DNS_NETWORKS, A, Reason.TIMEOUT),),
    },
)
def shared_infrastructure(facts: Iterable[RunFact]) -> Iterator[RunJudgement]:
    """A fault there, or an attack, strikes them all at once; a remedy there helps them all too."""
    every = tuple(facts)
    together = shared(every)
    for target, subject in targets_of(every):
        mine = [one for one in together if target in one.targets]
        for one in mine:
            judgement = informational(
                "The {what} {name} serves {n} domains of this run.",
                what=one.what,
                name=one.name,
                n=len(one.targets),
                item=f"{one.what} {one.name}",
                evidence=one.targets[:20],
            )
            yield RunJudgement(target, Subject.from_text(subject), judgement)
        if not mine:
            yield RunJudgement(target, Subject.from_text(subject), _alone(every, target))


def _alone(facts: tuple[RunFact, ...], target: str) -> Judgement:
    unseen = [one.fact.reason for one in facts if one.target == target and one.fact.reason]
    if unseen:
        return inconclusive(unseen[0], "Not all that it stands on was seen.")
    return not_applicable("It shares no server, host or network with another domain.")
