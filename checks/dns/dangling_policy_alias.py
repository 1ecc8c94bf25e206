"""Every alias of a mail policy leads to a name that nobody else can take."""

from collections.abc import Iterator

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.dangling import each_target
from scanner.formats.takeover_examples import TABLE, target, targets
from scanner.observation.takeover import Pointer, RecordTargets, TakeoverServices, TargetState

HERE = Pointer.POLICY


@check(
    id="dangling-policy-alias",
    title="Every alias of a mail policy leads to a name that nobody else can take",
    severity=Severity.CRITICAL,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Delete the CNAME record, or publish the policy itself.",
    snippets={"bind": '_dmarc IN TXT "v=DMARC1; p=reject"'},
    references=(Reference("RFC 9989", "4.10"), Reference("CWE-350")),
    passes={
        "all there": (targets(target(HERE, state=TargetState.EXISTS)), TABLE),
        "no data proves nothing": (targets(target(HERE, state=TargetState.NODATA)), TABLE),
    },
    fails={
        "its domain is free": (targets(target(HERE)), TABLE),
        "a dead name in a domain that exists": (
            targets(target(HERE, is_registered=True)),
            TABLE,
        ),
    },
    others={
        "none": (targets(), TABLE),
        "not answered": (targets(target(HERE, state=TargetState.UNKNOWN)), TABLE),
    },
)
def dangling_policy_alias(found: RecordTargets, table: TakeoverServices) -> Iterator[Judgement]:
    """Who takes the name sets the agency's policy: a forger begins by switching DMARC off."""
    return each_target(found.of(HERE), table, gain="set the agency's mail policy")
