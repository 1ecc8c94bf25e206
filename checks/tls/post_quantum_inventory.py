"""How far each agency is with post-quantum key exchange."""

from collections import Counter
from collections.abc import Iterable, Iterator

from scanner import (
    Effort,
    Reason,
    Reference,
    RunFact,
    RunJudgement,
    Severity,
    Subject,
    inconclusive,
    informational,
    run_check,
)
from scanner.fact import TLS_POST_QUANTUM, State
from scanner.formats.run_examples import known, unknown

A, B = "web:www.agency.example:443", "mail:mx1.agency.example:25"


@run_check(
    id="post-quantum-inventory",
    title="The agency's services are counted by post-quantum key exchange",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="Plan the move: first what is exposed to the Internet and secret for long.",
    references=(Reference("RFC 10024"), Reference("FIPS 203")),
    reads=(TLS_POST_QUANTUM,),
    others={
        "one of two": (known(TLS_POST_QUANTUM, A, "hybrid"), known(TLS_POST_QUANTUM, B, "none")),
        "nothing is known": (unknown(TLS_POST_QUANTUM, A, Reason.TIMEOUT),),
    },
)
def post_quantum_inventory(facts: Iterable[RunFact]) -> Iterator[RunJudgement]:
    """Laws and plans ask how much has been done. The services of an agency are counted together,
    and the count stands at each of its targets.
    """
    every = list(facts)
    for target, agency in sorted({(one.target, one.agency) for one in every}):
        ours = [one.fact for one in every if one.agency == agency]
        services = {one.subject: str(one.value) for one in ours if one.state is State.KNOWN}
        subject = Subject.from_text(f"domain:{target}")
        if not services:
            said = inconclusive(Reason.FACT_UNKNOWN, "No service of the agency could be counted.")
            yield RunJudgement(target, subject, said)
            continue
        counts = Counter(services.values())
        evidence = tuple(f"{name}: {state}" for name, state in sorted(services.items()))
        said = informational(
            "Of {all} services of the agency {ready} have a post-quantum hybrid, {unready} have none.",
            all=len(services),
            ready=counts["hybrid"],
            unready=len(services) - counts["hybrid"],
            evidence=evidence,
        )
        yield RunJudgement(target, subject, said)
