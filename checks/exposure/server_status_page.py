"""No status page is public."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "server-status-page"

EXAMPLE = probe_example(ID, "server-status", "/server-status", "high")


@check(
    id=ID,
    title="The status pages of the server are not public",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Restrict the page to the administrators own addresses.
    """,
    snippets={
        "apache": "<Location /server-status> Require local </Location>",
        "nginx": "location /nginx_status { stub_status; allow 127.0.0.1; deny all; }",
    },
    references=(Reference("CWE-497"), Reference("OWASP Top 10 2021", "A05")),
    passes={
        "absent": EXAMPLE[ProbeResult.ABSENT],
        "the site answers like this everywhere": EXAMPLE[ProbeResult.CATCH_ALL],
        "proved once and never again": EXAMPLE[ProbeResult.ONCE],
    },
    fails={"proved": EXAMPLE[ProbeResult.PROVED]},
    others={
        "not settled": EXAMPLE[ProbeResult.UNKNOWN],
        "a host that claims to be everything": EXAMPLE[ProbeResult.SUPPRESSED],
    },
)
def server_status_page(probes: PathProbes) -> tuple[Judgement, ...]:
    """It shows who asks for which address at this moment, query strings included."""
    return exposed(probes, ID)
