"""No key of the site serves SSL 2.0 anywhere."""

from collections.abc import Iterable, Iterator

from scanner import (
    Effort,
    Judgement,
    Reason,
    Reference,
    RunFact,
    RunJudgement,
    Severity,
    Subject,
    counted,
    failed,
    inconclusive,
    not_applicable,
    passed,
    run_check,
)
from scanner.fact import TLS_RSA_KEYS, TLS_VERSIONS
from scanner.formats.run_examples import known, unknown
from scanner.formats.tls.shared_key import Service, gathered

A, B = "web:www.agency.example:443", "mail:mx1.agency.example:25"


@run_check(
    id="drown",
    title="No key of the site serves SSL 2.0 on any scanned server (DROWN)",
    severity=Severity.CRITICAL,
    effort=Effort.HOURS,
    remediation="Turn SSL 2.0 off everywhere the key is used, mail included, then make a new key.",
    snippets={
        "nginx": "ssl_protocols TLSv1.2 TLSv1.3;",
        "apache": "SSLProtocol -all +TLSv1.2 +TLSv1.3",
        "haproxy": "ssl-default-bind-options ssl-min-ver TLSv1.2",
        "postfix": "smtpd_tls_protocols = >=TLSv1.2",
        "iis": "Disable SSL 2.0 under SCHANNEL\\Protocols in the registry, then restart.",
    },
    references=(Reference("CVE-2016-0800"), Reference("RFC 6176", "3")),
    reads=(TLS_VERSIONS, TLS_RSA_KEYS),
    passes={
        "nobody speaks it": (known(TLS_VERSIONS, A, ("TLSv1.2",)), known(TLS_RSA_KEYS, A, ("k",))),
        "another key speaks it": (
            known(TLS_VERSIONS, A, ("TLSv1.2",)),
            known(TLS_RSA_KEYS, A, ("k",)),
            known(TLS_VERSIONS, B, ("TLSv1.2",)),
            known(TLS_RSA_KEYS, B, ("l",)),
        ),
    },
    fails={
        "on the same server": (known(TLS_VERSIONS, A, ("SSLv2", "TLSv1.2")),),
        "under a shared key": (
            known(TLS_VERSIONS, A, ("TLSv1.2",)),
            known(TLS_RSA_KEYS, A, ("k",)),
            known(TLS_VERSIONS, B, ("SSLv2",)),
            known(TLS_RSA_KEYS, B, ("k",)),
        ),
    },
    others={
        "its key is not known": (
            known(TLS_VERSIONS, A, ("TLSv1.2",)),
            unknown(TLS_RSA_KEYS, A, Reason.TIMEOUT),
        ),
        "no RSA key": (known(TLS_VERSIONS, A, ("TLSv1.2",)), known(TLS_RSA_KEYS, A, ())),
        "its versions are not known": (
            unknown(TLS_VERSIONS, A, Reason.TIMEOUT),
            known(TLS_RSA_KEYS, A, ("k",)),
        ),
    },
)
def drown(facts: Iterable[RunFact]) -> Iterator[RunJudgement]:
    """SSL 2.0 lets an attacker decrypt any TLS session under the same RSA key, whichever server it
    was with: the mail server that was forgotten opens the web site.
    """
    services = gathered(facts)
    speaking = [one for one in services if one.speaks]
    opened = {key: one.subject for one in speaking for key in one.keys}
    for one in services:
        judgement = _judge(one, opened, len(services))
        yield RunJudgement(one.target, Subject.from_text(one.subject), judgement)


def _judge(one: Service, opened: dict[str, str], total: int) -> Judgement:
    if one.speaks:
        return failed("It speaks SSL 2.0 itself, and so opens every session under its key.")
    shared = sorted(key for key in one.keys if key in opened)
    if shared:
        return failed(
            "Its key also serves SSL 2.0, on {other}.",
            other=opened[shared[0]],
            evidence=tuple(f"SHA-256 of the key: {key}" for key in shared),
        )
    if one.reason:
        return inconclusive(one.reason, "Its versions or its key could not be seen.")
    if not one.keys:
        return not_applicable("It has no RSA key, which DROWN needs.")
    return passed(
        counted(
            "It does not speak SSL 2.0; its key was compared with that of no other service.",
            "No server that speaks SSL 2.0 has its key, among the {n} services scanned.",
            n=total,
        )
    )
