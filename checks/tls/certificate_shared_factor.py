"""No key shares a prime with another."""

from collections.abc import Iterable, Iterator

from scanner import (
    Effort,
    Judgement,
    Reference,
    RunFact,
    RunJudgement,
    Severity,
    failed,
    passed,
    run_check,
)
from scanner.fact import CERTIFICATE_MODULUS
from scanner.formats.certificate_examples import ROCA, SHARED_FACTOR, SOUND_RSA
from scanner.formats.certificate_key import shared_factors
from scanner.recorded import Holder, known, recorded

MOST_SHOWN = 20


def _modulus(value: int, host: str, agency: str = "tax") -> RunFact:
    return recorded(CERTIFICATE_MODULUS, f"{value:x}", host=host, agency=agency)


@run_check(
    id="certificate-shared-factor",
    title="The key has no prime in common with another server's",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="""
        Make new keys on both servers, once they have been up for a while: theirs were made when
        the system had no randomness yet, as devices do at their first start. Have the old
        certificates revoked.
    """,
    snippets={"openssl": "openssl ecparam -name prime256v1 -genkey -noout -out agency.key"},
    references=(
        Reference("Mining Your Ps and Qs (USENIX Security 2012)", url="https://factorable.net/"),
        Reference("CA/Browser Forum Baseline Requirements 2.2.6", "6.1.1.3"),
    ),
    reads=(CERTIFICATE_MODULUS,),
    passes={
        "keys of their own": (_modulus(SOUND_RSA, "a.example"), _modulus(ROCA, "b.example")),
        "one key on two hosts": (
            _modulus(SOUND_RSA, "a.example"),
            _modulus(SOUND_RSA, "b.example"),
        ),
    },
    fails={
        "a prime in common": (
            _modulus(SOUND_RSA, "a.example"),
            _modulus(SHARED_FACTOR, "b.example", "health"),
        ),
    },
)
def certificate_shared_factor(facts: Iterable[RunFact]) -> Iterator[RunJudgement]:
    """Two keys with a prime in common give both away: dividing one by the other is enough."""
    holders = [
        (holder, int(str(fact.value), 16)) for holder, fact in known(facts, CERTIFICATE_MODULUS)
    ]
    factors = shared_factors([modulus for _, modulus in holders])
    for holder, modulus in holders:
        factor = factors.get(modulus)
        others = [
            other
            for other, theirs in holders
            if factor and theirs != modulus and theirs % factor == 0
        ]
        yield RunJudgement(holder.target, holder.subject, _judge(holder, others))


def _judge(one: Holder, others: list[Holder]) -> Judgement:
    if others:
        return failed(
            "Its key and that of {host} have a prime in common: both can be computed.",
            host=others[0].subject.host,
            evidence=tuple(
                f"{each.subject.text}, agency {each.agency}" for each in others[:MOST_SHOWN]
            ),
            item=one.item,
        )
    return passed("It has no prime in common with any key of this run.", item=one.item)
