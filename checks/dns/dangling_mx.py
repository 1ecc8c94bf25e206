"""Every mail server of the domain has a name that nobody else can take."""

from collections.abc import Iterator

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.dangling import each_target
from scanner.formats.takeover_examples import TABLE, target, targets
from scanner.observation.takeover import Pointer, RecordTargets, TakeoverServices, TargetState

HERE = Pointer.MX


@check(
    id="dangling-mx",
    title="Every mail server of the domain has a name that nobody else can take",
    severity=Severity.CRITICAL,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Delete the MX record, or register the domain again.",
    snippets={"bind": "; remove: @ IN MX 10 mx.lapsed.example."},
    references=(Reference("RFC 5321", "5.1"), Reference("CWE-350")),
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
def dangling_mx(found: RecordTargets, table: TakeoverServices) -> Iterator[Judgement]:
    """Who takes the name receives the agency's mail, and with it the power to reset its passwords."""
    return each_target(found.of(HERE), table, gain="receive the agency's mail")
