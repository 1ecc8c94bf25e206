"""Whether the visited name can be hidden."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    Unknown,
    check,
    inconclusive,
    informational,
    not_applicable,
)
from scanner.fact import TLS_ECH_OFFERED
from scanner.observation.tls import Question, Sign, TlsServer

LEGACY = TlsServer.taking(TLSv12=("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",))
ONLY_13 = TlsServer.taking(TLSv13=("TLS_AES_128_GCM_SHA256",))


@check(
    id="encrypted-client-hello",
    title="The name of the visited site can be hidden",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="Encrypted Client Hello needs a TLS library and a front server that know it.",
    references=(Reference("RFC 9849"), Reference("OWASP ASVS 5.0", "12.1.5")),
    records=(TLS_ECH_OFFERED,),
    roles=(Role.WEB,),
    others={
        "offered": ONLY_13.answering(Sign(Question.ECH, "yes")),
        "not offered": ONLY_13.answering(Sign(Question.ECH, "no")),
        "no TLS 1.3": LEGACY,
        "not known": ONLY_13,
        "no TLS": TlsServer.speaking("HTTP"),
    },
)
def encrypted_client_hello(server: TlsServer) -> Judgement:
    """The name of a site stands in clear in the first message, unless the server knows ECH."""
    if server.other_protocol:
        return not_applicable("The port does not speak TLS.", facts={TLS_ECH_OFFERED: False})
    if server.answer("TLSv1.3").accepted is False:
        return not_applicable("TLS 1.3 is not accepted.", facts={TLS_ECH_OFFERED: False})
    sign = server.sign(Question.ECH)
    if sign.answer == "yes":
        return informational("It answers ECH with keys of its own.", facts={TLS_ECH_OFFERED: True})
    if sign.answer == "no":
        return informational("It does not know ECH.", facts={TLS_ECH_OFFERED: False})
    reason = sign.reason or server.why
    unknown = {TLS_ECH_OFFERED: Unknown(reason, sign.detail)}
    return inconclusive(reason, "Whether it knows ECH could not be seen.", facts=unknown)
