"""The mail hosts' addresses have names."""

from scanner import Effort, Judgement, Reason, Reference, Severity, check, informational
from scanner.observation.mail import MailName, MailNames

HOST = "mx.agency.example"


def _names(
    names: tuple[str, ...] = (), confirmed: tuple[str, ...] = (), reason: Reason | None = None
) -> MailNames:
    return MailNames((MailName(HOST, "192.0.2.25", names, confirmed, reason),))


@check(
    id="mx-reverse-name",
    title="The addresses of the mail hosts have names that lead back to them",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Let whoever gave you the address publish the PTR record, and the name an A record.",
    snippets={"bind": "25.2.0.192.in-addr.arpa. IN PTR mx.agency.example."},
    references=(Reference("RFC 1912", "2.1"), Reference("RFC 8601", "2.7.3")),
    others={
        "it leads back": _names((HOST,), (HOST,)),
        "it does not": _names((HOST,)),
        "no name": _names(),
        "no answer": _names(reason=Reason.TIMEOUT),
    },
)
def mx_reverse_name(found: MailNames) -> list[Judgement]:
    """Many receivers distrust mail from an address without such a name."""
    return [_of(one) for one in found.hosts]


def _of(one: MailName) -> Judgement:
    evidence = (f"{one.address}: {', '.join(one.names) or 'no PTR record'}",)
    item = f"{one.host}"
    command = f"dig -x {one.address}"
    if one.reason:
        template = "The name of {address} was not answered."
    elif one.confirmed:
        template = "The address {address} is {name}, which leads back."
    elif one.names:
        template = "The address {address} is {name}, which does not lead back."
    else:
        template = "The address {address} has no name."
    name = next(iter((*one.confirmed, *one.names)), "")
    return informational(
        template, address=one.address, name=name, evidence=evidence, item=item, command=command
    )
