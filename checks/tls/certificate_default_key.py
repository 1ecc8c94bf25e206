"""No server runs on the key that came with its software."""

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
from scanner.fact import CERTIFICATE_SELF_SIGNED, CERTIFICATE_SPKI
from scanner.recorded import Holder, known, recorded

MANY = 3
MOST_SHOWN = 20
HOSTS = ("vpn.tax.example", "vpn.health.example", "vpn.roads.example")


def _both(key: str, host: str, agency: str, *, own: bool = True) -> tuple[RunFact, ...]:
    return (
        recorded(CERTIFICATE_SELF_SIGNED, own, host=host, agency=agency),
        recorded(CERTIFICATE_SPKI, key, host=host, agency=agency),
    )


@run_check(
    id="certificate-default-key",
    title="No server runs on a key that came with its software",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Make a key and order a certificate for this server alone. The key it has now is in every
        copy of the device or program, and so in everyone's hands.
    """,
    snippets={"openssl": "openssl ecparam -name prime256v1 -genkey -noout -out agency.key"},
    references=(Reference("CWE-321", url="https://cwe.mitre.org/data/definitions/321.html"),),
    reads=(CERTIFICATE_SELF_SIGNED, CERTIFICATE_SPKI),
    passes={
        "a self-signed certificate of its own": _both("a", HOSTS[0], "tax"),
        "the same key under an authority's certificate": (
            *_both("a", HOSTS[0], "tax", own=False),
            *_both("a", HOSTS[1], "health", own=False),
        ),
        "twice at one agency": (*_both("a", HOSTS[0], "tax"), *_both("a", "b.tax.example", "tax")),
    },
    fails={
        "at two agencies": (*_both("a", HOSTS[0], "tax"), *_both("a", HOSTS[1], "health")),
        "three times at one": tuple(fact for host in HOSTS for fact in _both("a", host, "tax")),
    },
)
def certificate_default_key(facts: Iterable[RunFact]) -> Iterator[RunJudgement]:
    """With it anyone reads what is sent to the server, and answers in its name."""
    every = tuple(facts)
    signed = {holder: bool(fact.value) for holder, fact in known(every, CERTIFICATE_SELF_SIGNED)}
    by_key: dict[str, list[Holder]] = {}
    for holder, fact in known(every, CERTIFICATE_SPKI):
        by_key.setdefault(str(fact.value), []).append(holder)
    for key, holders in by_key.items():
        own = [one for one in holders if signed.get(one)]
        shared = (
            len({one.agency for one in own}) > 1 or len({one.subject.host for one in own}) >= MANY
        )
        for one in holders:
            others = [each for each in own if each.subject.host != one.subject.host]
            is_one = shared and bool(signed.get(one)) and bool(others)
            yield RunJudgement(one.target, one.subject, _judge(one, others if is_one else [], key))


def _judge(one: Holder, others: list[Holder], key: str) -> Judgement:
    evidence = (
        f"public key (SHA-256) {key}",
        *(f"{each.subject.text}, agency {each.agency}" for each in others[:MOST_SHOWN]),
    )
    if others:
        return failed(
            "Its self-signed certificate has a key that {n} other hosts have too.",
            n=len({each.subject.host for each in others}),
            evidence=evidence,
            item=one.item,
        )
    return passed("Its key is no vendor's.", evidence=evidence, item=one.item)
