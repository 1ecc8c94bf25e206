"""``python -m bench.web``: the same heads and pages for govscan and MDN HTTP Observatory.

Prints verdict by verdict where the two differ, with what a browser does, and each one's CPU. The
peer's own analysers are run, from its npm package (the one that the tests install).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from checks.web.content_type_sniffing import content_type_sniffing
from checks.web.cross_origin_isolation import cross_origin_isolation
from checks.web.csp_data_script import csp_data_script
from checks.web.csp_inline_script import csp_inline_script
from checks.web.csp_object import csp_object
from checks.web.csp_presence import csp_presence
from checks.web.csp_script_source import csp_script_source
from checks.web.framing_protection import framing_protection
from checks.web.referrer_policy import referrer_policy
from checks.web.sri_presence import sri_presence
from scanner.check import Check
from scanner.finding import Judgement, Outcome
from scanner.formats import html
from scanner.observation.web import HttpExchange, Page
from tests.scanner.formats.peers import package

HERE = Path(__file__).parent
CSP, XFO = "Content-Security-Policy", "X-Frame-Options"
NONCE = "'nonce-r4nd0mAAAAAAAAAAAAAAAA'"
TOPICS: Mapping[str, tuple[Check, ...]] = {
    "csp": (csp_presence, csp_inline_script, csp_script_source, csp_data_script, csp_object),
    "framing": (framing_protection,),
    "sniffing": (content_type_sniffing,),
    "referrer": (referrer_policy,),
    "resource": (cross_origin_isolation,),
    "integrity": (sri_presence,),
}


class Case(NamedTuple):
    """A head and a page; what a browser does with it stands in the documentation."""

    name: str
    lines: tuple[str, ...] = ()
    body: str = "<!doctype html><title>x</title>"


def policy(name: str, text: str) -> Case:
    """A page with one policy."""
    return Case(name, (f"{CSP}: {text}",))


CASES = (
    Case("nothing"),
    Case(
        "all good",
        (f"{CSP}: default-src 'none'; frame-ancestors 'none'", "X-Content-Type-Options: nosniff"),
    ),
    policy("self", "default-src 'self'"),
    policy("inline", "default-src 'self' 'unsafe-inline'"),
    policy(
        "nonce and strict-dynamic",
        f"script-src {NONCE} 'strict-dynamic' 'unsafe-inline' https:; object-src 'none'",
    ),
    policy("strict-dynamic alone", "default-src 'none'; script-src 'strict-dynamic'"),
    policy("the second of a name", "default-src 'none'; default-src *"),
    policy("hash that is none", "default-src 'self'; script-src 'unsafe-inline' 'sha256-***'"),
    policy("a public suffix", "default-src 'self'; script-src https://*.co.uk"),
    policy("elements only", "default-src 'none'; script-src-elem https:"),
    policy("none beside a host", "default-src 'none' https://cdn.agency.example"),
    policy("framing only", "frame-ancestors 'none'"),
    policy("framing by everybody", "default-src 'self'; frame-ancestors *"),
    policy("an odd source", "default-src 'self' https://["),
    Case("two policies, one strict", (f"{CSP}: default-src *", f"{CSP}: default-src 'none'")),
    Case(
        "two policies of different lists",
        (f"{CSP}: script-src 'self'", f"{CSP}: script-src 'unsafe-inline' *; object-src 'none'"),
    ),
    Case("only reported", (f"{CSP}-Report-Only: default-src 'none'",)),
    Case(
        "policy in the body",
        body=f"<body><p>x<meta http-equiv={CSP} content=\"default-src 'none'\">",
    ),
    Case(
        "policy in the head",
        body=f"<head><meta http-equiv={CSP} content=\"default-src 'none'\"></head>",
    ),
    Case("deny twice", (f"{XFO}: DENY", f"{XFO}: DENY")),
    Case("allow-from", (f"{XFO}: ALLOW-FROM https://a.example",)),
    Case("deny beside frame-ancestors *", (f"{XFO}: DENY", f"{CSP}: frame-ancestors *")),
    Case("nosniff twice", ("X-Content-Type-Options: nosniff", "X-Content-Type-Options: nosniff")),
    Case("nosniff second", ("X-Content-Type-Options: x, nosniff",)),
    Case("unknown referrer word", ("Referrer-Policy: whimsy",)),
    Case("referrer fallback list", ("Referrer-Policy: unsafe-url, no-referrer",)),
    Case("corp in capitals", ("Cross-Origin-Resource-Policy: Same-Origin",)),
    Case("foreign script", body="<script src=https://cdn.test/a-1.2.3.js></script>"),
    Case(
        "foreign script without scheme",
        body="<script src=//cdn.test/a-1.2.3.js integrity=sha384-x crossorigin></script>",
    ),
    Case("foreign style", body="<link rel=stylesheet href=https://cdn.test/1.2.3/a.css>"),
    Case(
        "foreign script in a comment",
        body="<!-- <script src=https://cdn.test/a-1.2.3.js></script> -->",
    ),
)


def ours(case: Case) -> dict[str, bool]:
    """Whether each topic passes."""
    url = "https://mozilla.org/"
    page = Page(
        HttpExchange("GET", url, 200, ("Content-Type: text/html", *case.lines)),
        html.read(case.body.encode(), url=url),
    )
    return {
        topic: not any(_fails(one.judge, page) for one in found) for topic, found in TOPICS.items()
    }


def _fails(judge: Callable[..., Any], page: Page) -> bool:
    said = judge(page)
    rows = (said,) if isinstance(said, Judgement) else said
    return any(one.outcome is Outcome.FAIL for one in rows)


def main() -> None:
    """Print the table of differences."""
    given = json.dumps([one._asdict() for one in CASES])
    program = [
        str(HERE / "peers" / "observatory_verdicts.mjs"),
        str(package("@mdn/mdn-http-observatory")),
    ]
    ran = subprocess.run(
        ["node", *program], input=given.encode(), capture_output=True, check=False, timeout=120
    )
    if ran.returncode:
        sys.exit(ran.stderr.decode()[-800:])
    peer = json.loads(ran.stdout.decode().splitlines()[-1])
    began = time.process_time()
    mine = {one.name: ours(one) for one in CASES}
    cpu = time.process_time() - began
    same = 0
    print(f"{'case':<34} {'topic':<10} {'govscan':<8} observatory")
    for case in CASES:
        for topic, passes in mine[case.name].items():
            other = peer["rows"][case.name][topic]
            if other["pass"] is passes:
                same += 1
                continue
            words = f"{_word(passes=passes):<8} {_word(passes=other['pass'])} ({other['said']})"
            print(f"{case.name:<34} {topic:<10} {words}")
    total = len(CASES) * len(TOPICS)
    print(f"\n{same} of {total} verdicts are the same")
    each = f"govscan {cpu * 1000 / len(CASES):.2f} ms a page"
    print(f"CPU: {each}, observatory {peer['cpu'] * 1000 / len(CASES):.2f} ms")


def _word(*, passes: bool | None) -> str:
    if passes is None:
        return "error"
    return "pass" if passes else "fail"


if __name__ == "__main__":
    main()
