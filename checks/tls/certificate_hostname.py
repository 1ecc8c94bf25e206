"""The certificate names the host."""

from scanner import Effort, Judgement, Observed, Reference, Role, Severity, check, failed, passed
from scanner.certificates import Served, each_leaf_of_web
from scanner.formats.certificate import common_names, dns_names, ip_addresses, matches
from scanner.formats.certificate_examples import intermediate, leaf, served
from scanner.observation.tls import ServedCertificates

MOST_SHOWN = 20


@check(
    id="certificate-hostname",
    title="The certificate is issued for the name of the site",
    severity=Severity.HIGH,
    effort=Effort.HOURS,
    remediation="""
        Order a certificate whose subject alternative names hold this name: the domain itself and
        www, each if it is used. A wildcard stands for one label only.
    """,
    snippets={
        "certbot": "certbot certonly --webroot -w /var/www/html -d agency.example -d www.agency.example",
        "openssl": "openssl req -new -key agency.key -subj / -addext 'subjectAltName=DNS:agency.example,DNS:www.agency.example' -out agency.csr",
    },
    references=(Reference("RFC 9525", "6.3"),),
    roles=(Role.WEB, Role.MAIL),
    passes={
        "its name": served(),
        "a wildcard": served(leaf(names=("*.agency.example",)), intermediate()),
        "in capitals": served(leaf(names=("WWW.Agency.Example",)), intermediate()),
    },
    fails={
        "another name": served(leaf(names=("other.example",)), intermediate()),
        "a wildcard one level too high": served(leaf(names=("*.example",)), intermediate()),
        "a wildcard for a part of a label": served(
            leaf(names=("w*.agency.example",)), intermediate()
        ),
        "only a common name": served(leaf(names=()), intermediate()),
    },
    others={
        "no certificate": served(b"\x30\x00"),
        "a mail server's": served(leaf(names=("other.example",)), intermediate(), purpose="mail"),
    },
)
def certificate_hostname(served: Observed[ServedCertificates]) -> list[Judgement]:
    """A certificate for another name proves nothing of this one; browsers refuse the page."""
    return each_leaf_of_web(served, _judge)


def _judge(one: Served) -> Judgement:
    certificate, host = one.certificate, one.leaf.name
    names = dns_names(certificate)
    addresses = ip_addresses(certificate)
    evidence = tuple(f"DNS:{name}" for name in names[:MOST_SHOWN]) + tuple(
        f"IP:{address}" for address in addresses[:MOST_SHOWN]
    )
    if matches(certificate, host):
        return passed("It names {host}.", host=host, evidence=evidence)
    if not names and not addresses:
        return failed(
            "It has no subject alternative name; browsers read no other.",
            evidence=tuple(f"CN={name}" for name in common_names(certificate)),
        )
    return failed(
        "It is for {names}, not for {host}.",
        names=", ".join((*names, *addresses)[:3]),
        host=host,
        evidence=evidence,
    )
