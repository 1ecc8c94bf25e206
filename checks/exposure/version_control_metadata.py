"""No repository lies under the web root."""

from scanner import Effort, Judgement, Reference, Severity, check
from scanner.exposed import exposed, probe_example
from scanner.observation.exposure import PathProbes, ProbeResult

ID = "version-control-metadata"

EXAMPLE = probe_example(ID, "git-dir", "/.git/HEAD", "high")


@check(
    id=ID,
    title="No version control data can be fetched",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="""
        Deploy a build, not a working copy; deny paths that begin with a dot; rotate every password and
        key that is anywhere in the history.
    """,
    snippets={
        "nginx": "location ~ /\\.(?!well-known) { deny all; }",
        "apache": "RedirectMatch 404 /\\.(?!well-known)",
        "IIS": '<requestFiltering><hiddenSegments><add segment=".git"/></hiddenSegments></requestFiltering>',
    },
    references=(Reference("CWE-527"), Reference("OWASP Top 10 2021", "A05")),
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
def version_control_metadata(probes: PathProbes) -> tuple[Judgement, ...]:
    """From it the whole source of the site can be rebuilt, with every password ever written in it."""
    return exposed(probes, ID)
