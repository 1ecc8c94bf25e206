"""MTA-STS is enforced."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Observed,
    Reason,
    Reference,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    not_applicable,
    passed,
)
from scanner.fact import MTASTS_MODE
from scanner.formats.certificate_examples import NOW, intermediate, leaf, store
from scanner.formats.mail_examples import MAIL, NO_MX
from scanner.formats.mta_sts_policy import fetched
from scanner.observation.mail import MailHosts, MtaSts
from scanner.observation.tls import TrustStore

RECORD = ("v=STSv1; id=1",)
CHAIN = (leaf(names=("mta-sts.agency.example",)), intermediate())


def _mode(mode: str) -> tuple[Observed[MtaSts], MailHosts, TrustStore]:
    text = f"version: STSv1\nmode: {mode}\nmx: mx.agency.example\nmax_age: 604800\n"
    return Observed(MtaSts(RECORD, 200, "text/plain", text, CHAIN), NOW), MAIL, store()


@check(
    id="mta-sts-mode",
    title="The MTA-STS policy is enforced",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="When the TLS reports are clean, set `mode: enforce` and give the record a new id.",
    snippets={
        "policy": "version: STSv1\nmode: enforce\nmx: mx.agency.example\nmax_age: 604800",
        "bind": '_mta-sts IN TXT "v=STSv1; id=20261125"',
    },
    references=(Reference("RFC 8461", "3.2"), Reference("RFC 8461", "5")),
    records=(MTASTS_MODE,),
    passes={"enforce": _mode("enforce")},
    fails={"testing": _mode("testing"), "none": _mode("none")},
    others={
        "not announced": (Observed(MtaSts(()), NOW), MAIL, store()),
        "no mail": (Observed(MtaSts(()), NOW), NO_MX, store()),
        "no policy": (Observed(MtaSts(RECORD, reason=Reason.REFUSED), NOW), MAIL, store()),
        "no answer in time": (Observed(MtaSts(RECORD, reason=Reason.TIMEOUT), NOW), MAIL, store()),
    },
)
def mta_sts_mode(seen: Observed[MtaSts], mail: MailHosts, roots: TrustStore) -> Judgement:
    """In testing, mail is still handed to whoever stands between, and only reported."""
    made = fetched(seen.value, mail.name, roots, seen.at)
    if not made.is_announced:
        return not_applicable("No MTA-STS policy is announced.", facts={MTASTS_MODE: None})
    if made.policy is None:
        reason = made.unknown or Reason.DEPENDENCY_MISSING
        return inconclusive(
            reason,
            "The mode is not known, for there is no policy to be had.",
            facts={MTASTS_MODE: Unknown(reason)},
        )
    facts: dict[Fact, FactValue] = {MTASTS_MODE: made.policy.mode}
    evidence = tuple(seen.value.policy.splitlines()[:20])
    if made.policy.mode == "enforce":
        return passed("It is.", evidence=evidence, facts=facts)
    return failed(
        "Its mode is {mode}, which protects nothing.",
        mode=made.policy.mode,
        evidence=evidence,
        facts=facts,
    )
