"""The options of a scan: they are many, so they have a file of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, TypeVar

import click

from scanner.cli.options import FILE, FOLDER, option, store
from scanner.cli.values import ENDPOINT, NETWORK, ROUTE
from scanner.control.gate import FailOn
from scanner.registry import FAMILIES

F = TypeVar("F", bound=Callable[..., Any])

WHAT = (
    click.argument("targets", nargs=-1, metavar="[TARGETS]..."),
    option(
        "--subdomains",
        type=FILE,
        multiple=True,
        help="More names, each given to the agency of its registrable domain",
        example="--subdomains names.txt",
    ),
    option(
        "--family",
        type=click.Choice(FAMILIES),
        multiple=True,
        help="Only the checks of this family; repeatable",
        example="--family tls --family mail",
    ),
    option(
        "--check",
        metavar="ID",
        multiple=True,
        help="Only this check; repeatable",
        example="--check hsts-max-age",
    ),
    option(
        "--skip",
        metavar="ID",
        multiple=True,
        help="Leave out this check or family; repeatable",
        example="--skip exposure",
    ),
)
WHO = (
    option(
        "--contact",
        default="",
        metavar="URL",
        help="Who answers for the scan: sent with every request, printed in every report",
        example="--contact mailto:audit@ministry.example",
    ),
    option(
        "--authorised-by",
        default="",
        metavar="TEXT",
        help="Who allowed to ask for what could be taken for an attack (exposed paths)",
        example="--authorised-by 'Letter 12/2026'",
    ),
    option(
        "--audit",
        default="",
        metavar="NAME",
        help="The audit this run belongs to: what is compared with what; the target file's name "
        "by default",
        example="--audit yearly-2026",
    ),
)
EXPOSURE = (
    option(
        "--exposure-plan",
        type=click.Choice(("standard", "quick")),
        default="standard",
        show_default=True,
        help="Which exposed paths are asked for: all, or the first of the gravest (120 requests)",
        example="--exposure-plan quick",
    ),
    option(
        "--allow-heap-dump/--no-allow-heap-dump",
        default=False,
        help="Ask for a heap dump too: the server must write its memory to a file to answer",
    ),
    option(
        "--respect-robots/--no-respect-robots",
        default=False,
        help="Ask for no path that robots.txt disallows; what was not asked is inconclusive",
    ),
    option(
        "--templates",
        type=FOLDER,
        help="Run the HTTP templates of this folder as well (see: govscan templates lint)",
        example="--templates nuclei-templates/http/exposures",
    ),
    option(
        "--allow-intrusive-tags/--no-allow-intrusive-tags",
        default=False,
        help="Run templates whose tags say that they attack; never other methods or bodies",
    ),
    option(
        "--log-requests/--no-log-requests",
        default=False,
        help="Write every HTTP request into requests.jsonl, in the report's folder or this one",
    ),
)
HOW = (
    option(
        "--resolver",
        type=ENDPOINT,
        multiple=True,
        help="The recursive resolver; the system's by default; repeatable",
        example="--resolver 127.0.0.1:5353",
    ),
    option(
        "--hosts",
        type=FILE,
        help="A file as hosts(5) whose addresses are used for connections instead of DNS",
        example="--hosts hosts.txt",
    ),
    option(
        "--connect-to",
        type=ROUTE,
        multiple=True,
        help="Connect elsewhere, as curl's option of this name; holds for name servers too",
        example="--connect-to :443:127.0.0.1:8443",
    ),
    option(
        "--allow-network",
        type=NETWORK,
        multiple=True,
        help="Allow connections to addresses that are not public; repeatable",
        example="--allow-network 10.0.0.0/8",
    ),
    option(
        "--source-address",
        default="",
        metavar="ADDR",
        help="The local address to connect from",
        example="--source-address 192.0.2.9",
    ),
    option(
        "--ca-file",
        type=FILE,
        multiple=True,
        help="A further store of roots (PEM): a fact of its own, not what browsers trust",
        example="--ca-file national-root.pem",
    ),
    option(
        "--trust-store",
        type=FILE,
        help="Roots that take the place of those that browsers trust (closed networks)",
        example="--trust-store roots.pem",
    ),
    option(
        "--thorough",
        is_flag=True,
        help="Also send the probes of TLS that cost many connections (with --authorised-by)",
        example="--thorough",
    ),
    option(
        "--trust-anchor",
        type=FILE,
        help="DNSKEY or DS records from which DNSSEC is validated; IANA's root keys by default",
        example="--trust-anchor root.key",
    ),
    option(
        "--direct-dns/--no-direct-dns",
        default=True,
        show_default=True,
        help="Ask the authoritative name servers of each zone themselves",
        example="--no-direct-dns",
    ),
    option(
        "--recursion-probe-name",
        metavar="NAME",
        default="example.com",
        show_default=True,
        help="The name, of no scanned zone, by which open resolvers are found",
        example="--recursion-probe-name probe.audit.example",
    ),
    option(
        "--revocation/--no-revocation",
        default=False,
        help="Ask the OCSP and CRL addresses of the certificates seen whether they are revoked",
        example="--revocation",
    ),
    *EXPOSURE,
)
MAIL = (
    option(
        "--dkim-selector",
        metavar="NAME",
        multiple=True,
        help="A DKIM selector that is in use, tried first at every domain; repeatable",
        example="--dkim-selector mail2026",
    ),
    option(
        "--extra-public-suffix",
        metavar="NAME",
        multiple=True,
        help="A suffix below which agencies register and that the public list lacks; repeatable",
        example="--extra-public-suffix mil.pk",
    ),
    option(
        "--lookalikes/--no-lookalikes",
        default=False,
        help="Ask DNS for some 300 names that could be taken for each domain's",
        example="--lookalikes",
    ),
)
BUDGET = (
    option(
        "--connections",
        type=click.IntRange(1, 10_000),
        default=200,
        show_default=True,
        help="Connections at once, in all",
        example="--connections 50",
    ),
    option(
        "--per-address",
        type=click.IntRange(1, 64),
        default=4,
        show_default=True,
        help="Connections at once to one address (mail servers: one)",
        example="--per-address 2",
    ),
    option(
        "--pause",
        type=click.FloatRange(0, 60),
        default=0.0,
        show_default=True,
        help="Seconds between two connections to one address",
        example="--pause 0.5",
    ),
    option(
        "--rate",
        type=click.FloatRange(0, 1000),
        default=10.0,
        show_default=True,
        help="HTTP requests a second to one address; 0 for no limit",
        example="--rate 2",
    ),
    option(
        "--seconds",
        type=click.FloatRange(0.5, 600),
        default=20.0,
        show_default=True,
        help="Seconds for one connection to answer",
        example="--seconds 10",
    ),
    option(
        "--max-bytes",
        type=click.IntRange(1 << 16, 1 << 26),
        default=8 << 20,
        show_default=True,
        help="Bytes read of one answer at most",
        example="--max-bytes 2097152",
    ),
    option(
        "--seconds-per-target",
        type=click.FloatRange(1, 86_400),
        default=600.0,
        show_default=True,
        help="Seconds for one target; what was not seen by then is inconclusive",
        example="--seconds-per-target 120",
    ),
    option(
        "--workers",
        type=click.IntRange(1, 1000),
        default=100,
        show_default=True,
        help="Targets at once",
        example="--workers 20",
    ),
)
fail_on = option(
    "--fail-on",
    type=click.Choice([one.value for one in FailOn]),
    help="From where a failure gives exit code 1: a level or a severity; required by default",
    example="--fail-on high",
)
quiet = option(
    "--quiet/--no-quiet",
    default=False,
    help="Say nothing but errors, for cron",
    example="--quiet",
)
log_json = option(
    "--log-json/--no-log-json",
    default=False,
    help="Write the log as one JSON object a line, on standard error",
    example="--log-json",
)
JUDGED_BY = (
    option(
        "--profile",
        metavar="ID|FILE",
        multiple=True,
        default=("rfc-baseline",),
        help="A profile to judge by, or a file with one of yours; repeatable",
        example="--profile bod-18-01 --profile own.yaml",
    ),
    option(
        "--parameter",
        metavar="PROFILE.NAME=VALUE",
        multiple=True,
        help="The value of a profile's parameter; repeatable",
        example="--parameter owasp-asvs-5.level=2",
    ),
    option(
        "--waivers",
        type=FILE,
        help="Approved exceptions (YAML): what they cover stays failed and is shown as waived",
        example="--waivers waivers.yaml",
    ),
    option(
        "--manual",
        type=FILE,
        help="What people found out that no scan can see (YAML)",
        example="--manual outcomes.yaml",
    ),
    option(
        "--gate",
        metavar="PROFILE[:LEVEL]",
        multiple=True,
        help="The profile, and the level, that decide the exit code; every selected one by "
        "default; repeatable",
        example="--gate bod-18-01:recommended",
    ),
    option(
        "--fail-on",
        type=click.Choice([one.value for one in FailOn]),
        help="From where a failure gives exit code 1: a level or a severity; required by default",
        example="--fail-on high",
    ),
    option(
        "--accept-waivers/--no-accept-waivers",
        default=False,
        help="Exit with 0 instead of 4 where only what a waiver covers fails",
        example="--accept-waivers",
    ),
)
RESULT = (
    option(
        "--output",
        type=FOLDER,
        help="Write the report into this folder: index.html, one file per agency, run.json",
        example="--output report",
    ),
    *JUDGED_BY,
    option(
        "--resume",
        metavar="RUN",
        help="Go on with an unfinished run: its targets and options, what is missing",
        example="--resume latest",
    ),
    store,
    quiet,
    log_json,
)


RESULT_OF_ONE = (
    option(
        "--json/--no-json",
        "as_json",
        default=False,
        help="Everything that was seen and found as JSON on standard output, instead of a text",
        example="--json",
    ),
    option(
        "--output",
        "json_file",
        metavar="FILE",
        help="Write that JSON into a file as well; - is standard output, as --json",
        example="--output agency.json",
    ),
    fail_on,
    store,
    quiet,
    log_json,
)


def scan_options(command: F) -> F:
    """Every option of a scan, in the order of its help."""
    return _with(command, (*WHAT, *WHO, *HOW, *MAIL, *BUDGET, *RESULT))


def options_of_one(command: F) -> F:
    """The options of one domain and one family."""
    return _with(command, (*WHO, *HOW, *BUDGET, *RESULT_OF_ONE))


def _with(command: F, every: Sequence[Callable[[F], F]]) -> F:
    return reduce(lambda made, one: one(made), reversed(every), command)
