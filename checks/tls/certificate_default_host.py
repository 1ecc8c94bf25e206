"""What a server shows who asks for no name, or for one it does not know."""

from scanner import (
    Effort,
    Judgement,
    Observed,
    Reference,
    Role,
    Severity,
    check,
    informational,
    not_applicable,
)
from scanner.formats.certificate import FormatError, dns_names, parse
from scanner.formats.certificate_examples import NAME, NOW, intermediate, leaf, served
from scanner.observation.tls import NameAnswer, ServedCertificates, ServedChain, ServerNameSent

ASKED = {
    ServerNameSent.NONE: "without a name",
    ServerNameSent.UNKNOWN: "with a name that nobody serves",
}


def _other(*names: str, sent: ServerNameSent = ServerNameSent.NONE) -> Observed[ServedCertificates]:
    own = ServedChain((leaf(), intermediate()), ("TLSv1.3",))
    chain = (leaf(names=names), intermediate()) if names else (b"\x30\x00",)
    other = ServedChain(chain, ("TLSv1.3",), (sent,))
    answer = NameAnswer(sent, accepted=True, chain=1)
    return Observed(ServedCertificates(NAME, (own, other), (answer,)), NOW)


def _answered(*, accepted: bool | None) -> Observed[ServedCertificates]:
    own = ServedChain((leaf(), intermediate()), ("TLSv1.3",))
    chain = 0 if accepted else None
    answer = NameAnswer(ServerNameSent.NONE, accepted=accepted, chain=chain)
    return Observed(ServedCertificates(NAME, (own,), (answer,)), NOW)


@check(
    id="certificate-default-host",
    title="What the server shows who asks for no name of its own",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="""
        Set up a default host of its own that tells nothing of the sites beside it: one without a
        certificate of an agency, or one that refuses the handshake.
    """,
    snippets={
        "nginx": "server { listen 443 ssl default_server; ssl_reject_handshake on; }",
        "haproxy": "bind :443 ssl crt /etc/ssl/sites strict-sni",
    },
    references=(Reference("RFC 6066", "3"),),
    roles=(Role.WEB,),
    others={
        "another agency's": _other("portal.other-agency.example"),
        "for an unknown name": _other("other.example", sent=ServerNameSent.UNKNOWN),
        "something unreadable": _other(),
        "the same": _answered(accepted=True),
        "a refusal": _answered(accepted=False),
        "silence": _answered(accepted=None),
        "it was not asked": served(),
    },
)
def certificate_default_host(served: Observed[ServedCertificates]) -> list[Judgement]:
    """Who asks an address for nothing in particular learns whose sites are there as well."""
    asked = [one for one in served.value.answers if one.sent in ASKED]
    if not asked:
        return [not_applicable("The server was not asked without its name.")]
    return [_judge(served.value, one) for one in asked]


def _judge(served: ServedCertificates, one: NameAnswer) -> Judgement:
    how = ASKED[one.sent]
    if one.accepted is None:
        return informational("Asked {how}, it did not answer.", how=how, item=one.sent)
    if not one.accepted or one.chain is None:
        return informational("Asked {how}, it refuses.", how=how, item=one.sent)
    chain = served.chains[one.chain]
    if ServerNameSent.OWN in chain.names:
        return informational("Asked {how}, it shows the same certificate.", how=how, item=one.sent)
    names = _names(chain)
    return informational(
        "Asked {how}, it shows a certificate for {names}.",
        how=how,
        names=", ".join(names[:3]) or "no host",
        evidence=tuple(f"DNS:{name}" for name in names[:20]),
        item=one.sent,
    )


def _names(chain: ServedChain) -> tuple[str, ...]:
    try:
        return dns_names(parse(chain.certificates[0])) if chain.certificates else ()
    except FormatError:
        return ()
