"""True sites and traps for the search for exposures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.exposures import ANSWERS
from tests.scanner.gather.open_sites import HOME, NOT_FOUND, Asked, Said, Speaks, serving


def true_site(names: list[str]) -> Speaks:
    files: dict[str, Said] = {}
    other: Said | None = None
    for name in names:
        answer = ANSWERS[name]
        said = Said(answer.status, answer.body, answer.headers)
        if answer.path == "{random}":
            other = said
        elif answer.path == "{sourcemap}":
            files["/a.js"] = Said(200, b"x()\n//# sourceMappingURL=a.js.map\n")
            files["/a.js.map"] = said
            files["/"] = Said(200, HOME + b"<script src='/a.js'></script>")
        else:
            files[answer.path] = said
    if other is None:
        return serving(files)
    home = files.get("/", Said(200, HOME))
    return serving(files, otherwise=lambda one: home if one.path == "/" else other)


def groups() -> list[list[str]]:
    """Every entry on some site: those of one page apart, and no site of too many products."""
    made: list[list[str]] = []
    for name, answer in ANSWERS.items():
        for group in made:
            paths = {ANSWERS[one].path for one in group}
            if len(group) < 10 and answer.path not in paths and answer.path != "{random}":
                group.append(name)
                break
        else:
            made.append([name])
    return made


def catch_all(name: str) -> Speaks:
    """A site that says the same everywhere: what would expose something at one place alone."""
    answer = ANSWERS[name]
    return lambda _: Said(answer.status, answer.body, answer.headers)


SPA = (
    b"<!doctype html><html><head><title>App</title></head><body><div id=root></div><script src=/x>"
)
DOTENV = ANSWERS["dotenv"].body
LIST = (
    b"<html><head><title>Index of HERE</title></head><body><h1>Index of HERE</h1><hr><pre>"
    b'<a href="../">../</a>\n<a href="backup.sql">backup.sql</a>   12-Jan-2026 10:11   1234\n</pre>'
)
EVERYTHING = (
    b'{"cluster_name": "x", "version": {"number": "1"}, "tagline": "y", "_links": {"env": {}},'
    b' "swagger": "2.0", "info": {"title": "x"}, "paths": {"/a": {}}, "couchdb": "Welcome",'
    b' "neo4j_version": "5", "transaction": "x", "workers": [], "listen_queue": 0, "pid": 1}'
)
EXTENSIONS = {
    ANSWERS[name].path.rpartition(".")[2]: ANSWERS[name].body
    for name in ("dotenv", "sql-dump", "private-key", "phpinfo", "app-log", "compose-file")
}
LOGIN = (
    b"<!DOCTYPE html><html><head><title>Log in | Django site admin</title></head><body>"
    b"<div id='site-name'>Django admin</div><form><input name='csrfmiddlewaretoken'>"
    b"<input name='pma_username'><input name=\"login_form\"><input type='password'></form>"
)


def _soft_404(asked: Asked) -> Said:
    return Said(200, NOT_FOUND + f"<p>{asked.path} was not found, {asked.number}</p>".encode() * 9)


def _by_extension(asked: Asked) -> Said:
    """A rule for each extension, whatever the name before it."""
    body = EXTENSIONS.get(asked.path.partition("?")[0].rpartition(".")[2])
    return Said(200, body) if body else Said(404, NOT_FOUND)


def _mirror(asked: Asked) -> Said:
    """Says back what was asked, as text."""
    return Said(200, f"{asked.path}\nref: refs/heads/main\n[core]\nbare = false".encode())


def _everything(asked: Asked) -> Said:
    """A catch-all of every extension: all examples at once, everywhere."""
    for name in ("dotenv", "git-dir", "sql-dump", "htpasswd", "npmrc", "metrics"):
        if asked.path.count(".") and asked.number % 6 == list(ANSWERS).index(name) % 6:
            return Said(200, ANSWERS[name].body)
    return Said(200, DOTENV)


def _once(asked: Asked) -> Said:
    if asked.path == "/":
        return Said(200, HOME)
    is_first = asked.path == "/.env" and "/.env" not in ONCE
    ONCE.add(asked.path)
    return Said(200, DOTENV) if is_first else Said(404, NOT_FOUND)


ONCE: set[str] = set()


TRAPS: Mapping[str, Speaks] = {
    "catch-all text": lambda _: Said(200, DOTENV, (("Content-Type", "text/plain"),)),
    "catch-all git": lambda _: Said(200, b"ref: refs/heads/main\n"),
    "catch-all sql": lambda _: Said(200, ANSWERS["sql-dump"].body),
    "catch-all json": lambda _: Said(
        200, b'{"packages": 1, "version": 3, "sources": 1, "jobs": 1}'
    ),
    "catch-all metrics": lambda _: Said(200, ANSWERS["metrics"].body),
    "catch-all key": lambda _: Said(200, ANSWERS["private-key"].body),
    "catch-all zip": lambda _: Said(200, ANSWERS["backup-archive"].body),
    "single-page application": lambda _: Said(200, SPA),
    "soft 404 that changes": _soft_404,
    "mirror": _mirror,
    "login wall": lambda _: Said(200, LOGIN),
    "redirects to a login": lambda one: (
        Said(200, HOME) if one.path == "/" else Said(302, b"", (("Location", "/login"),))
    ),
    "all forbidden but the home": lambda one: (
        Said(200, HOME) if one.path == "/" else Said(403, b"<html><body>Forbidden</body></html>")
    ),
    "errors in JSON": lambda one: (
        Said(200, HOME) if one.path == "/" else Said(200, b'{"status": 404, "error": "Not Found"}')
    ),
    "empty answers": lambda _: Said(200, b""),
    "a list for every folder": lambda one: (
        Said(200, LIST.replace(b"HERE", one.path.encode()))
        if one.path.endswith("/")
        else Said(404, NOT_FOUND)
    ),
    "JSON that is everything": lambda _: Said(200, EVERYTHING),
    "a file for every extension": _by_extension,
    "a code view of every file": lambda _: Said(
        200,
        HOME + b"<table><tr><td>" + DOTENV.replace(b"\n", b"</td></tr>\n<tr><td>") + b"</td></tr>",
    ),
    "a page that quotes": lambda _: Said(200, HOME + b"<pre>" + DOTENV + b"Index of / [core]"),
    "prose of a git manual": serving({"/.git/HEAD": Said(200, b"See ref: refs/heads/main\n")}),
    "a public key": serving(
        {"/server.key": Said(200, b"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n")}
    ),
    "a page for every file": serving({}, otherwise=lambda _: Said(200, HOME + b" " * 70_000)),
    "health alone": serving({"/actuator": Said(200, b'{"_links": {"self": {}, "health": {}}}')}),
    "health of a dashboard": serving({"/api/health": Said(200, b'{"database": "ok"}')}),
    "an installer that is done": serving(
        {"/wp-admin/install.php": Said(200, HOME + b"<h1>Already Installed</h1>")}
    ),
    "TRACE that says yes": serving({"TRACE /": Said(200, b"fine")}),
    "Allow alone": serving({"OPTIONS /": Said(200, b"", (("Allow", "GET, PUT, DELETE"),))}),
    "CORS methods": serving(
        {"OPTIONS /": Said(200, b"", (("DAV", "1"), ("Access-Control-Allow-Methods", "PUT")))}
    ),
    "an index in prose": serving(
        {"/files/": Said(200, HOME + b"<h1>Index of forms</h1> 2026-01-02")}
    ),
    "zip by name": serving({"/backup.zip": Said(200, b"PK\x03\x04" + b"\xff" * 40)}),
    "proved once": serving({}, otherwise=_once),
    "a map nobody names": serving({"/main.js.map": Said(200, ANSWERS["source-map"].body)}),
    "example values": serving({"/config.json": Said(200, b'{"apiKey": "AIza", "title": "Map"}')}),
}
