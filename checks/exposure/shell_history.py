"""No home directory is a web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "shell-history"

EXAMPLE = probe_example(ID, "shell-history", "/.bash_history", "high")


@check(
    id=ID,
    title="No file of a home directory can be fetched",
    severity=Severity.HIGH,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="""
        Do not use a home directory as web root; delete the file and rotate every password that was
        typed.
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
def shell_history(probes: PathProbes) -> tuple[Judgement, ...]:
    """What was typed at a prompt names servers, accounts and, too often, passwords."""
    return exposed(probes, ID)
