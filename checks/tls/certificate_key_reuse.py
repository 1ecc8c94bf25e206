"""No two agencies have the same key."""

from collections.abc import Iterable, Iterator

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    RunFact,
    RunJudgement,
    Severity,
    failed,
    informational,
    passed,
    run_check,
)
from scanner.fact import CERTIFICATE_SPKI
from scanner.recorded import Holder, known, recorded

ONE, TWO = "tax.example", "health.example"
MOST_SHOWN = 20


def _spki(value: str | None, host: str, agency: str, role: Role = Role.WEB) -> RunFact:
    return recorded(CERTIFICATE_SPKI, value, host=host, agency=agency, role=role)


@run_check(
    id="certificate-key-reuse",
    title="No other agency's server has the same key",
    severity=Severity.LOW,
    effort=Effort.HOURS,
    remediation="""
        Give every service a key of its own, or at least every agency: who breaks into one has the
        key of all. Where a provider serves several agencies, ask it for a key for each.
    """,
    snippets={"certbot": "certbot certonly --cert-name agency.example -d agency.example"},
    references=(Reference("NIST SP 1800-16", "B.4.2"),),
    reads=(CERTIFICATE_SPKI,),
    passes={
        "keys of their own": (_spki("a", ONE, "tax"), _spki("b", TWO, "health")),
        "one key on two hosts of one agency": (
            _spki("a", ONE, "tax"),
            _spki("a", f"www.{ONE}", "tax"),
        ),
        "one server of two agencies": (
            _spki("a", "mx.provider.example", "tax", Role.MAIL),
            _spki("a", "mx.provider.example", "health", Role.MAIL),
        ),
    },
    fails={"one key, two agencies": (_spki("a", ONE, "tax"), _spki("a", TWO, "health"))},
    others={
        "web and mail of one agency": (
            _spki("a", ONE, "tax"),
            _spki("a", f"mail.{ONE}", "tax", Role.MAIL),
        ),
    },
)
def certificate_key_reuse(facts: Iterable[RunFact]) -> Iterator[RunJudgement]:
    """Who takes the key from the weakest of the servers that share it can be all of them."""
    by_key: dict[str, list[Holder]] = {}
    for holder, fact in known(facts, CERTIFICATE_SPKI):
        by_key.setdefault(str(fact.value), []).append(holder)
    for key, holders in by_key.items():
        for one in holders:
            others = [each for each in holders if each.subject.host != one.subject.host]
            yield RunJudgement(one.target, one.subject, _judge(one, others, key))


def _judge(one: Holder, others: list[Holder], key: str) -> Judgement:
    evidence = (
        f"public key (SHA-256) {key}",
        *(f"{each.subject.text}, agency {each.agency}" for each in others[:MOST_SHOWN]),
    )
    foreign = [each for each in others if each.agency != one.agency]
    if foreign:
        return failed(
            "Its key is also that of {host}, of another agency.",
            host=foreign[0].subject.host,
            evidence=evidence,
            item=one.item,
        )
    if any(each.subject.role is not one.subject.role for each in others):
        return informational(
            "Its key serves web and mail of the agency.", evidence=evidence, item=one.item
        )
    return passed("No other agency's server has its key.", evidence=evidence[:1], item=one.item)
