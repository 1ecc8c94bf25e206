"""CPU and memory of reading and judging one page: typical ones, and texts made to be slow.

Run: python -m bench.pages
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from scanner import registry
from scanner.check import Form, Need
from scanner.formats import html
from scanner.formats.library import in_file, in_text, vulnerable_libraries
from scanner.lists import bundled
from scanner.observation import Observed, Previous
from scanner.observation.web import HttpExchange, Page
from scanner.observation.web_probes import Scripts

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-MTIzNDU2Nzg5MDEyMzQ1Ng==' https://a.example; "
    "style-src 'self' 'unsafe-inline'; img-src * data:; object-src 'none'; base-uri 'none'"
)
PARAGRAPH = (
    '<div class="row item"><p class="lead">The office is open from Monday to Friday. '
    '<a href="/services/{n}">Service {n}</a> <a href="https://other.example/{n}">elsewhere</a></p>'
    '<img src="/pictures/{n}.png" alt="A picture"></div>\n'
)
HOSTILE = {
    "200,000 attributes on a tag": b"<p " + b" ".join(b"a%d=1" % n for n in range(200_000)) + b">",
    "20,000 links with styles": b"<a href=//x.test style=color:red>" * 20_000,
    "2 MiB of comments": b"<!---->" * 290_000 + b"--!>",
    "2 MiB of unclosed scripts": b"<script><!--<script>" * 100_000,
    "2 MiB of entities": b"&amp;" * 400_000,
}
ROUNDS = 5


def typical(kilobytes: int) -> bytes:
    """A page of about this size."""
    head = "<!doctype html><html lang=en><title>Office</title><script src=/js/a.js></script><body>"
    rows = (PARAGRAPH.format(n=n) for n in range(kilobytes * 1024 // len(PARAGRAPH)))
    return (head + "".join(rows)).encode()


def milliseconds(work: Callable[[], object]) -> float:
    """The least CPU of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return min(spent) * 1000


def judging(page: Page) -> Callable[[], object]:
    """Every check of the web family that asks for a page, its scripts, its past, or a list."""
    known = registry.load()
    lists = {one.kind: one.read(bundled(one)) for one in known.lists.values()}
    given = {Page: page, Scripts: Scripts(), **lists}
    work = [
        (check, [_value(need, given) for need in check.needs])
        for check in known.checks.values()
        if check.family == "web"
        and all(need.kind in given and need.form is not Form.EVERY for need in check.needs)
        and Page in {need.kind for need in check.needs}
    ]
    print(f"{len(work)} checks of a page")
    return lambda: [check.judge(*values) for check, values in work]


def _value(need: Need, given: Mapping[type, object]) -> object:
    if need.form is Form.PREVIOUS:
        return Previous()
    value = given[need.kind]
    return Observed(value, datetime.now(UTC)) if need.form is Form.OBSERVED else value


def main() -> None:
    """Print the table."""
    libraries = vulnerable_libraries.read(bundled(vulnerable_libraries))
    for kilobytes in (20, 60, 200):
        body = typical(kilobytes)
        tell(f"reading a page of {kilobytes} kB", lambda body=body: html.read(body))
    exchange = HttpExchange(
        "GET",
        "https://www.agency.example/",
        200,
        ("Content-Type: text/html; charset=utf-8", f"Content-Security-Policy: {POLICY}"),
    )
    tell("judging one of 60 kB", judging(Page(exchange, html.read(typical(60)))))
    code = "var a=function(b){return b.map(x=>x*2)};/* part 1.2.3 */\n" * 2000
    tell("libraries in 110 kB of script", lambda: in_text(code, libraries))
    tell("libraries in 660 kB of files", lambda: in_file(code.encode() * 6, libraries))
    for name, body in HOSTILE.items():
        tell(f"hostile: {name}", lambda body=body: html.read(body[: 2 << 20]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak:8.0f} MiB  the process at its largest")


def tell(what: str, work: Callable[[], object]) -> None:
    """One line of the table."""
    print(f"{milliseconds(work):8.1f} ms   {what}")


if __name__ == "__main__":
    main()
