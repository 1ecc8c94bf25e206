"""Every name server of the zone has a name that nobody else can take."""

from collections.abc import Iterator

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.dangling import each_target
from scanner.formats.takeover_examples import TABLE, target, targets
from scanner.observation.takeover import Pointer, RecordTargets, TakeoverServices, TargetState

HERE = Pointer.NS


@check(
    id="dangling-ns",
    title="Every name server of the zone has a name that nobody else can take",
    severity=Severity.CRITICAL,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Take the NS record out of the zone and its parent, or register the domain again.",
    snippets={"bind": "; remove: @ IN NS ns.lapsed.example."},
    references=(Reference("RFC 1034", "3.6.2"), Reference("CWE-350")),
    passes={
        "all there": (targets(target(HERE, state=TargetState.EXISTS)), TABLE),
        "no data proves nothing": (targets(target(HERE, state=TargetState.NODATA)), TABLE),
    },
    fails={
        "its domain is free": (targets(target(HERE)), TABLE),
        "a provider where anyone may create the zone": (
            targets(target(HERE, state=TargetState.EXISTS, refused=("dns.net",))),
            TABLE,
        ),
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
def dangling_ns(found: RecordTargets, table: TakeoverServices) -> Iterator[Judgement]:
    """Who takes the name of one server answers for the whole zone: site, mail, certificates."""
    return each_target(found.of(HERE), table, gain="answer for the whole zone")
