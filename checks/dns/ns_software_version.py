"""Name servers that name their software."""

from scanner import Effort, Judgement, Reference, Severity, check, informational, not_applicable
from scanner.formats.name_server_examples import server
from scanner.observation.name_server import AuthoritativeServer


@check(
    id="ns-software-version",
    title="The name servers do not name their software",
    severity=Severity.INFO,
    effort=Effort.MINUTES,
    remediation="Hide the version; more important is to keep the software up to date.",
    snippets={
        "bind": "options { version none; };",
        "knot": 'server:\n    version: ""',
        "powerdns": "version-string=anonymous",
        "windows": "dnscmd /config /EnableVersionQuery 0",
    },
    references=(Reference("CWE-200"), Reference("RFC 4892", "2")),
    others={"named": server(version="9.18.1"), "hidden": server()},
)
def ns_software_version(server: AuthoritativeServer) -> Judgement:
    """The version tells an attacker which of the known holes to try."""
    if not server.version:
        return not_applicable("It does not say which software it is.")
    return informational(
        "It says that it is {version}.",
        version=server.version,
        evidence=(f'version.bind CH TXT "{server.version}"',),
        command=f"dig @{server.address} version.bind CH TXT",
    )
