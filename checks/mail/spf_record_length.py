"""The SPF record fits into a datagram."""

from scanner import Effort, Judgement, Reference, Severity, check, informational, not_applicable
from scanner.formats.mail_examples import NAME, spf
from scanner.observation.mail import SpfLookup, SpfRecords

LONG = 450
DATAGRAM = 512
EDNS = 1232


def _long(length: int) -> SpfRecords:
    text = "v=spf1 " + " ".join(f"ip4:9.9.{n}.0/24" for n in range(40)) + " -all"
    return SpfRecords((SpfLookup(NAME, (text,), length=length),))


@check(
    id="spf-record-length",
    title="The SPF record and its siblings fit into one DNS datagram",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Move verification strings of old services away; move networks into an include.",
    references=(Reference("RFC 7208", "3.4"),),
    others={
        "short": spf("v=spf1 mx -all"),
        "long": _long(600),
        "longer than EDNS allows": _long(1300),
        "no record": spf(),
    },
)
def spf_record_length(found: SpfRecords) -> Judgement:
    """What does not fit comes by TCP, which some receivers cannot ask."""
    own = found.lookups[0]
    if not own.texts:
        return not_applicable("There is no SPF record.")
    longest = max(map(len, own.texts))
    if longest <= LONG or own.length <= DATAGRAM:
        return not_applicable(
            "The record has {n} octets, all TXT records {all}.", n=longest, all=own.length
        )
    most = EDNS if own.length > EDNS else DATAGRAM
    return informational(
        "The record has {n} octets, all TXT records of the name {all}: more than {most}.",
        n=longest,
        all=own.length,
        most=most,
    )
