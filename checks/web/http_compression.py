"""Whether pages come compressed."""

from scanner import (
    Effort,
    Fact,
    FactValue,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    informational,
)
from scanner.fact import HTTP_COMPRESSION
from scanner.formats.answer import located
from scanner.observation.web import Elements, Form, Page

FIELD = "Content-Encoding"
FORM = Elements(forms=(Form("/send", "post"),))


@check(
    id="http-compression",
    title="Pages with secrets in them are not compressed together with what a visitor sends",
    severity=Severity.INFO,
    effort=Effort.PROJECT,
    remediation="""
        Nothing needs to be done where forms carry a token that changes with every answer. Else
        leave out compression for pages that repeat what was sent to them.
    """,
    snippets={
        "nginx": "location /account { gzip off; }",
        "apache": "SetEnvIf Request_URI ^/account no-gzip",
        "iis": '<urlCompression doDynamicCompression="false" />',
    },
    references=(Reference("CVE-2013-3587"), Reference("RFC 9110", "8.4")),
    records=(HTTP_COMPRESSION,),
    roles=(Role.WEB,),
    others={
        "not compressed": Page.from_text(),
        "said, but not done": Page.from_text(f"{FIELD}: identity"),
        "compressed": Page.from_text(f"{FIELD}: gzip"),
        "compressed, with a form": Page.from_text(f"{FIELD}: br", elements=FORM),
    },
)
def http_compression(page: Page) -> Judgement:
    """The length of a compressed page can tell an attacker, request by request, what stands in it."""
    words = {one.strip().lower() for one in (page.exchange.joined(FIELD) or "").split(",")}
    is_compressed = bool(words - {"", "identity"})
    facts: dict[Fact, FactValue] = {HTTP_COMPRESSION: is_compressed}
    evidence = located(page.exchange, FIELD)
    if not is_compressed:
        return informational("The page comes uncompressed.", facts=facts)
    if page.elements and page.elements.forms:
        return informational(
            "The page is compressed and has a form: its tokens must change with every answer.",
            evidence=evidence,
            facts=facts,
        )
    return informational("The page comes compressed.", evidence=evidence, facts=facts)
