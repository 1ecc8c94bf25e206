"""No alias leads to a name that a stranger could take."""

from collections.abc import Iterator

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.dangling import each_target
from scanner.formats.takeover_examples import TABLE, target
from scanner.observation.dns import HostAlias
from scanner.observation.takeover import Pointer, RecordTarget, TakeoverServices, TargetState


def _to(one: RecordTarget) -> tuple[HostAlias, TakeoverServices]:
    return HostAlias((one.target,), one), TABLE


def _dead(name: str, domain: str = "", *, is_registered: bool | None = True) -> RecordTarget:
    return target(Pointer.CNAME, name, registrable=domain, is_registered=is_registered)


def _live(service: str) -> RecordTarget:
    return target(Pointer.CNAME, "x.test", TargetState.EXISTS, services=(service,))


@check(
    id="dangling-cname",
    title="No alias of the site leads to a name that a stranger can take",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Delete the CNAME record, or point it to a service that still exists.",
    snippets={"bind": "; remove: www IN CNAME old.lapsed.example."},
    references=(Reference("RFC 1034", "3.6.2"), Reference("CWE-350")),
    passes={
        "it resolves": _to(target(Pointer.CNAME, state=TargetState.EXISTS)),
        "it exists without an address": _to(target(Pointer.CNAME, state=TargetState.NODATA)),
        "a page of a service that no longer matters": _to(_live("Gone")),
    },
    fails={
        "its domain is not registered": _to(target(Pointer.CNAME)),
        "a dead name in a domain that exists": _to(_dead("x.host.com", "host.com")),
        "a dead name where strangers register nothing": _to(
            _dead("old.gov.pk", "old.gov.pk", is_registered=False)
        ),
        "a name of no domain": _to(_dead("x.invalid", is_registered=None)),
        "a dead name of the same organisation": _to(
            target(Pointer.CNAME, "old.agency.example", is_ours=True)
        ),
        "a service that hands the name out": _to(_dead("a.hands-out.net", "hands-out.net")),
        "one that may": _to(_dead("a.sometimes.net", "sometimes.net")),
        "one that does not": _to(_dead("a.never.net", "never.net")),
        "the page of an unclaimed name": _to(_live("Pages")),
        "the page of one that may be unclaimed": _to(_live("Maybe pages")),
    },
    others={
        "its parent did not answer": _to(
            _dead("x.gone-host.com", "gone-host.com", is_registered=None)
        )
    },
)
def dangling_cname(alias: HostAlias, table: TakeoverServices) -> Iterator[Judgement]:
    """Who registers the abandoned name shows his own pages under the agency's name."""
    return each_target(
        (alias.target,), table, gain="show pages and read cookies under the agency's name"
    )
