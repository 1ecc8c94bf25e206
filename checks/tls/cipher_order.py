"""A weak suite never wins over a strong one."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    Unknown,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.fact import TLS_SERVER_PREFERENCE
from scanner.formats.tls.accepted import rank
from scanner.formats.tls.codes import suites_by_name
from scanner.observation.tls import Order, ProtocolAnswer, TlsServer

GOOD = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
OTHER = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
WEAK = "TLS_RSA_WITH_AES_128_CBC_SHA"
CBC = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
ARIA = "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256"
WORDS = {
    Order.SERVER: "true",
    Order.CHACHA: "true",
    Order.CLIENT: "false",
    Order.MIXED: "mixed",
}


def server(order: Order | None, *suites: str, complete: bool = True) -> TlsServer:
    """For examples: one version, its suites in the order of the picks."""
    answer = ProtocolAnswer(
        "TLSv1.2", accepted=True, suites=suites, order=order, is_complete=complete
    )
    return TlsServer("www.agency.example", (answer,))


ON_MAIL = TlsServer(
    "mx1.agency.example", server(Order.SERVER, GOOD, WEAK, CBC).protocols, purpose="mail"
)


@check(
    id="cipher-order",
    title="A weaker suite never wins over a stronger one",
    severity=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Leave out the weaker suites: then the client may choose. Where they must stay, let the
        server decide, with the strong ones first.
    """,
    snippets={
        "nginx": "ssl_prefer_server_ciphers on;",
        "apache": "SSLHonorCipherOrder on",
        "haproxy": "The server decides unless prefer-client-ciphers is set.",
        "postfix": "tls_preempt_cipherlist = yes",
        "iis": "Set the order of suites by Group Policy: SSL Cipher Suite Order.",
    },
    references=(Reference("NCSC-NL TLS guidelines 2025-05"), Reference("RFC 9325", "4.2.1")),
    records=(TLS_SERVER_PREFERENCE,),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "the server decides, strong first": server(Order.SERVER, GOOD, WEAK),
        "the client decides among good ones": server(Order.CLIENT, GOOD, OTHER),
        "ChaCha20 for those who want it": server(Order.CHACHA, GOOD, OTHER),
        "it could not be told, and all are good": server(None, GOOD, OTHER),
        "rare suites are asked for apart": server(Order.SERVER, GOOD, CBC, ARIA),
        "a mail server, asked by class": ON_MAIL,
    },
    fails={
        "the client decides, and some are weak": server(Order.CLIENT, GOOD, WEAK),
        "the server puts a weak one first": server(Order.SERVER, WEAK, GOOD),
    },
    others={
        "one suite": server(None, GOOD),
        "it depends, and some are weak": server(Order.MIXED, GOOD, WEAK),
        "it could not be told, and some are weak": server(None, GOOD, WEAK),
        "the list broke off": server(Order.CLIENT, GOOD, OTHER, complete=False),
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def cipher_order(server: TlsServer) -> Judgement:
    """Two good ends can be made to use the weakest suite that both know, if it may win.

    Where every suite is good, the client's order is right: it knows what its device does fast.
    """
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.", facts={TLS_SERVER_PREFERENCE: None})
    several = [one for one in server.protocols if one.accepted and len(one.suites) > 1]
    if not several:
        return not_applicable(
            "No version accepts more than one suite.", facts={TLS_SERVER_PREFERENCE: None}
        )
    orders = [one.order for one in several if one.order]
    facts = {TLS_SERVER_PREFERENCE: _word(orders) or Unknown(server.why)}
    evidence = tuple(_evidence(one) for one in several)
    for one in several:
        if weak := _weaker_wins(one, server.purpose):
            return failed(
                "In {version} a weaker suite can win over a stronger one: {suite}.",
                version=one.version,
                suite=weak,
                evidence=evidence,
                facts=facts,
                command=server.lists,
            )
    undecided = [
        one for one in several if not _same_class(one) and one.order in {None, Order.MIXED}
    ]
    if undecided and Order.MIXED in orders:
        return informational(
            "Which suite wins depends on more than the order: on the key type, or the device.",
            evidence=evidence,
            facts=facts,
        )
    if undecided or not all(one.is_complete for one in several):
        return inconclusive(
            server.why, "It could not be told which suite wins.", evidence=evidence, facts=facts
        )
    return passed("No weaker suite wins over a stronger one.", evidence=evidence, facts=facts)


def _word(orders: list[Order]) -> str:
    words = {WORDS[one] for one in orders}
    return next(iter(words), "") if len(words) < 2 else "mixed"  # noqa: PLR2004


def _ranks(answer: ProtocolAnswer) -> list[int]:
    known = suites_by_name()
    return [rank(known[name]) for name in answer.suites if name in known]


def _same_class(answer: ProtocolAnswer) -> bool:
    return len(set(_ranks(answer))) < 2  # noqa: PLR2004


def _weaker_wins(answer: ProtocolAnswer, purpose: str) -> str:
    """A suite that can win though a stronger one is offered as well; empty where none can.

    The order of the picks is the server's among the common suites; rare ones are asked for apart,
    and mail servers by class, so that of those only the first pick tells.
    """
    known = suites_by_name()
    common = [name for name in answer.suites if name in known and known[name].tier == 1]
    ranks = [rank(known[name]) for name in common]
    if len(set(ranks)) < 2 or answer.order in {None, Order.MIXED}:  # noqa: PLR2004
        return ""
    if answer.order is Order.CLIENT:
        return common[ranks.index(max(ranks))]
    told = ranks[:1] if purpose == "mail" else ranks
    for index, one in enumerate(told):
        if one > min(ranks[index:]):
            return common[index]
    return ""


def _evidence(answer: ProtocolAnswer) -> str:
    decides = answer.order or "not known"
    return f"{answer.version}: {decides}; {', '.join(answer.suites)}"
