"""Every name in the SPF record is one that nobody else can take."""

from collections.abc import Iterator

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.dangling import each_target
from scanner.formats.takeover_examples import TABLE, target, targets
from scanner.observation.takeover import Pointer, RecordTargets, TakeoverServices, TargetState

HERE = Pointer.SPF


@check(
    id="dangling-spf-target",
    title="Every name in the SPF record is one that nobody else can take",
    severity=Severity.CRITICAL,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Take the term out of the record.",
    snippets={"bind": '@ IN TXT "v=spf1 mx -all"'},
    references=(Reference("RFC 7208", "11.1"), Reference("CWE-350")),
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
def dangling_spf_target(found: RecordTargets, table: TakeoverServices) -> Iterator[Judgement]:
    """Who takes the name may send as the agency: SPF, and with it DMARC, pass."""
    return each_target(found.of(HERE), table, gain="send mail as the agency, with SPF passed")
