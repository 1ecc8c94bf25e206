"""The MTA-STS policy lasts."""

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats.certificate_examples import NOW, intermediate, leaf, store
from scanner.formats.mail_examples import MAIL
from scanner.formats.mta_sts_policy import fetched
from scanner.observation.mail import MailHosts, MtaSts
from scanner.observation.tls import TrustStore

RECORD = ("v=STSv1; id=1",)
CHAIN = (leaf(names=("mta-sts.agency.example",)), intermediate())
WEEK = 604_800


def _age(seconds: int) -> tuple[Observed[MtaSts], MailHosts, TrustStore]:
    text = f"version: STSv1\nmode: enforce\nmx: mx.agency.example\nmax_age: {seconds}\n"
    return Observed(MtaSts(RECORD, 200, "text/plain", text, CHAIN), NOW), MAIL, store()


@check(
    id="mta-sts-max-age",
    title="Senders keep the MTA-STS policy for a week at least",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Set `max_age` to 604800 (a week) or more, up to 31557600 (a year).",
    snippets={"policy": "version: STSv1\nmode: enforce\nmx: mx.agency.example\nmax_age: 2592000"},
    references=(Reference("RFC 8461", "3.2"), Reference("RFC 8461", "10.2")),
    passes={"a week": _age(WEEK)},
    fails={"a day": _age(86_400)},
    others={"not announced": (Observed(MtaSts(()), NOW), MAIL, store())},
)
def mta_sts_max_age(seen: Observed[MtaSts], mail: MailHosts, roots: TrustStore) -> Judgement:
    """Whoever blocks the policy's address for longer than that has got rid of it."""
    made = fetched(seen.value, mail.name, roots, seen.at)
    if made.policy is None:
        return not_applicable("There is no MTA-STS policy to be had.")
    evidence = tuple(seen.value.policy.splitlines()[:20])
    if made.policy.max_age < WEEK:
        return failed(
            "It lasts {n} seconds, less than a week.", n=made.policy.max_age, evidence=evidence
        )
    return passed("It lasts {n} seconds.", n=made.policy.max_age, evidence=evidence)
