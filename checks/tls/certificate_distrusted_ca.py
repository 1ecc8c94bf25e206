"""Browsers have not withdrawn their trust from the authority."""

from datetime import UTC, datetime

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    failed,
    passed,
)
from scanner.certificates import Served, each_leaf
from scanner.dated import dated_list
from scanner.formats.certificate import Certificate, FormatError, issuer_name, parse
from scanner.formats.certificate_examples import authority, intermediate, leaf, root, served, store
from scanner.formats.distrust import distrusted, read_distrusted, refusals
from scanner.formats.sct import embedded, read_list
from scanner.formats.sct_examples import UNREADABLE, embedding, logged_leaf
from scanner.observation.certificate import (
    DistrustedAuthorities,
    DistrustedAuthority,
    DistrustRule,
)
from scanner.observation.tls import ServedCertificates, TrustStore

distrusted_authorities = dated_list(
    name="distrusted-authorities", file="tls/distrusted-authorities.json"
)(read_distrusted)


def _list(*rules: DistrustRule) -> DistrustedAuthorities:
    one = DistrustedAuthority("Example Authority", "CN=Example Root", root(), rules)
    return DistrustedAuthorities("2026-11-25", "these examples", (one,))


LONG_AGO = datetime(2025, 7, 31, 23, 59, 59, tzinfo=UTC)
SOON = datetime(2026, 12, 31, tzinfo=UTC)


@check(
    id="certificate-distrusted-ca",
    title="Browsers have not withdrawn their trust from the authority",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="Order a certificate of another authority, and put it in place today.",
    references=(
        Reference("Chrome Root Program", url="https://googlechrome.github.io/chromerootprogram/"),
        Reference(
            "Mozilla Root Store Policy",
            url="https://www.mozilla.org/about/governance/policies/security-group/certs/policy/",
        ),
    ),
    roles=(Role.WEB,),
    passes={
        "an authority that is not listed": (
            served(leaf(issuer="Other CA"), intermediate()),
            store(),
            _list(DistrustRule("Chrome", "sct")),
        ),
        "issued before the date": (
            served(),
            store(),
            _list(DistrustRule("Mozilla", "not-before", SOON)),
        ),
        "first logged before the date": (
            served(logged_leaf("A1"), intermediate()),
            store(),
            _list(DistrustRule("Chrome", "sct", SOON)),
        ),
        "another way to a trusted root": (
            served(leaf(), intermediate(), authority("Example Root", "Other Root")),
            TrustStore((authority("Other Root", "Other Root"),), "another root"),
            _list(DistrustRule("Mozilla", "not-before")),
        ),
        "its timestamps cannot be read": (
            served(leaf(extras=(embedding(UNREADABLE),)), intermediate()),
            store(),
            _list(DistrustRule("Chrome", "sct", LONG_AGO)),
        ),
        "in no log, so that its date is unknown": (
            served(),
            store(),
            _list(DistrustRule("Chrome", "sct", LONG_AGO)),
        ),
    },
    fails={
        "all of its certificates": (
            served(),
            store(),
            _list(DistrustRule("Mozilla", "not-before")),
        ),
        "issued after the date": (
            served(leaf(), intermediate(), b"\x30\x00"),
            store(),
            _list(DistrustRule("Mozilla", "not-before", LONG_AGO)),
        ),
        "first logged after the date": (
            served(logged_leaf("A1", "B1"), intermediate()),
            store(),
            _list(DistrustRule("Chrome", "sct", LONG_AGO)),
        ),
    },
    others={"no certificate": (served(b"\x30\x00"), store(), _list())},
)
def certificate_distrusted_ca(
    served: Observed[ServedCertificates], roots: TrustStore, known: DistrustedAuthorities
) -> list[Judgement]:
    """Stores of roots in files do not carry such dates: programs go on, browsers show a warning."""
    return each_leaf(served, lambda one: _judge(one, roots, known))


def _judge(one: Served, roots: TrustStore, known: DistrustedAuthorities) -> Judgement:
    others = [made for der in one.leaf.chain[1:] if (made := _parsed(der))]
    authority = distrusted(one.certificate, others, roots.public, known)
    if authority is None:
        return passed(
            "Its issuer, {issuer}, is under no authority of the list of {date}.",
            issuer=issuer_name(one.certificate),
            date=known.dated,
        )
    first, issued = _first_logged(one), one.certificate.not_valid_before_utc
    found = tuple(refusals(authority, issued, first))
    evidence = (
        f"root {authority.subject}",
        f"notBefore {issued:%Y-%m-%dT%H:%M:%SZ}",
        *((f"first logged {first:%Y-%m-%dT%H:%M:%SZ}",) if first else ()),
        *(_shown(rule) for rule in authority.rules),
    )
    if found:
        return failed(
            "{who} refuses certificates of {authority} of this date.",
            who=found[0].by,
            authority=authority.name,
            evidence=evidence,
        )
    return passed(
        "It is older than the day from which certificates of {authority} are refused.",
        authority=authority.name,
        evidence=evidence,
    )


def _shown(rule: DistrustRule) -> str:
    when = f"after {rule.after:%Y-%m-%d}" if rule.after else "of any date"
    counted = "first logged" if rule.counts == "sct" else "issued"
    return f"{rule.by}: not trusted when {counted} {when}"


def _first_logged(one: Served) -> datetime | None:
    try:
        found = [*embedded(one.certificate)]
        found += [sct for data in one.leaf.scts for sct in read_list(data)]
    except FormatError:
        return None
    return min((sct.at for sct in found), default=None)


def _parsed(der: bytes) -> Certificate | None:
    try:
        return parse(der)
    except FormatError:
        return None
