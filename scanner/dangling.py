"""What the checks of dangling records have in common: one judgement for each name pointed to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scanner.finding import (
    Confidence,
    Judgement,
    Severity,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.formats.takeover import Proof, Verdict, verdict
from scanner.observation import Reason
from scanner.observation.takeover import RecordTarget, TakeoverServices


def each_target(
    targets: Sequence[RecordTarget], table: TakeoverServices, *, gain: str
) -> Iterator[Judgement]:
    """Judge every name; what is sound or unknown is said once.

    ``gain`` is what a stranger gets who takes the name (a clause of the sentence).
    """
    if not targets:
        yield not_applicable("There is no such record.")
        return
    judged = [(one, verdict(one, table)) for one in targets]
    yield from (_failed(one, said, gain) for one, said in judged if said.proof in _FAILING)
    if any(said.proof in _FAILING for _, said in judged):
        return
    evidence = tuple(one.text for one in targets)
    unknown = [one for one, said in judged if said.proof is Proof.UNKNOWN]
    if unknown:
        yield inconclusive(
            unknown[0].reason or Reason.SERVFAIL,
            "Whether {name} can be taken is unknown: it, or its domain's parent, did not answer.",
            name=unknown[0].target,
            evidence=evidence,
        )
        return
    yield passed("All {n} names pointed to are there.", n=len(targets), evidence=evidence)


_FAILING = frozenset(Proof) - {Proof.SOUND, Proof.UNKNOWN}


def _failed(one: RecordTarget, said: Verdict, gain: str) -> Judgement:
    item = f"{one.owner} {one.term}"
    evidence = (one.text,)
    match said.proof:
        case Proof.DOMAIN_FREE:
            return failed(
                "The record {term} at {owner} leads to {target}; {domain} is not registered, "
                "so anyone can "
                "register it and {gain}.",
                term=one.term,
                owner=one.owner,
                target=one.target,
                domain=one.registrable,
                gain=gain,
                confidence=Confidence.FIRM,
                item=item,
                evidence=(*evidence, f"{one.registrable} NS: NXDOMAIN"),
            )
        case Proof.SERVICE | Proof.SERVICE_EDGE:
            return _by_service(one, said, item, evidence)
        case Proof.PAGE | Proof.PAGE_EDGE:
            return _by_page(one, said, item, evidence)
        case Proof.ZONE_FREE:
            return failed(
                "The server {target} does not have the zone {owner}; at {service} anyone may "
                "create it.",
                target=one.target,
                owner=one.owner,
                service=said.service,
                severity=Severity.HIGH,
                confidence=Confidence.TENTATIVE,
                item=item,
                evidence=(*evidence, f"{one.target} answers REFUSED"),
            )
        case _:
            return failed(
                "The record {term} at {owner} leads to {target}, which does not exist.",
                term=one.term,
                owner=one.owner,
                target=one.target,
                severity=Severity.LOW,
                item=item,
                evidence=evidence,
            )


def _by_service(
    one: RecordTarget, said: Verdict, item: str, evidence: tuple[str, ...]
) -> Judgement:
    is_edge = said.proof is Proof.SERVICE_EDGE
    return failed(
        "The record {term} at {owner} leads to {target}, which is gone; {service} hands "
        "such names out.",
        term=one.term,
        owner=one.owner,
        target=one.target,
        service=said.service,
        severity=Severity.LOW if is_edge else Severity.HIGH,
        confidence=Confidence.TENTATIVE if is_edge else Confidence.FIRM,
        item=item,
        evidence=evidence,
    )


def _by_page(one: RecordTarget, said: Verdict, item: str, evidence: tuple[str, ...]) -> Judgement:
    is_edge = said.proof is Proof.PAGE_EDGE
    return failed(
        "The name {owner} leads to {target}, where {service} shows its page for names that "
        "nobody has.",
        owner=one.owner,
        target=one.target,
        service=said.service,
        severity=Severity.LOW if is_edge else Severity.HIGH,
        confidence=Confidence.TENTATIVE,
        item=item,
        evidence=(*evidence, f"the page has the words of {said.service}"),
    )
