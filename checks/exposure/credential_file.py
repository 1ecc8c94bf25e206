"""No file of passwords lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "credential-file"

EXAMPLE = probe_example(ID, "aws-credentials", "/.aws/credentials", "critical")


@check(
    id=ID,
    title="No file of passwords or keys to other services can be fetched",
    severity=Severity.CRITICAL,
    mildest=Severity.MEDIUM,
    effort=Effort.HOURS,
    remediation="""
        Remove the file from the web root, and revoke and rotate what it holds: removal alone does not
        undo the disclosure.
    """,
    snippets={
        "nginx": "location ~ /\\.(?!well-known) { deny all; }",
        "apache": "RedirectMatch 404 /\\.(?!well-known)",
        "IIS": '<requestFiltering><hiddenSegments><add segment=".git"/></hiddenSegments></requestFiltering>',
    },
    references=(Reference("CWE-538"), Reference("OWASP Top 10 2021", "A05")),
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
def credential_file(probes: PathProbes) -> tuple[Judgement, ...]:
    """Whoever has it can act as the agency at its cloud, its registry or its servers."""
    return exposed(probes, ID)
