"""The mail server's next key can come without a gap."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.formats.dane import CERTIFICATE, DANE_EE, is_rollover_ready, read, usable_by_mail
from scanner.formats.dane_examples import OTHER, of, tlsa
from scanner.observation.dane import TlsaRecords


@check(
    id="dane-smtp-rollover",
    title="The TLSA records allow the next key to come without a gap",
    severity=Severity.INFO,
    effort=Effort.HOURS,
    remediation="Publish two records: 3 1 1 of this key and of the next, or 2 1 1 of the authority beside it.",
    snippets={"bind": "_25._tcp.mx IN TLSA 3 1 1 <this key>\n_25._tcp.mx IN TLSA 3 1 1 <next key>"},
    references=(Reference("RFC 7671", "8.1"), Reference("RFC 7671", "8.4")),
    roles=(Role.MAIL,),
    others={
        "two keys": tlsa(of(3, 1, 1), OTHER),
        "one key": tlsa(of(3, 1, 1)),
        "one whole certificate": tlsa(of(3, 0, 1)),
        "none": tlsa(),
    },
)
def dane_smtp_rollover(found: TlsaRecords) -> Judgement:
    """With one record every change of keys has a moment in which mail is refused."""
    usable = usable_by_mail(read(found.records))
    if not usable:
        return not_applicable("No TLSA record of {host} can be used.", host=found.base)
    if is_rollover_ready(usable):
        return informational("A second key is prepared.", evidence=found.records)
    if all((one.usage, one.selector) == (DANE_EE, CERTIFICATE) for one in usable):
        return informational(
            "Its records name whole certificates: each renewal needs a new one first.",
            evidence=found.records,
        )
    return informational("No second key is prepared.", evidence=found.records)
