"""What the text of an error page gives away: traces, debug pages, versions. Names, never text."""

from __future__ import annotations

import re2

MOST_READ = 256 << 10
# The words of these pages as their programs print them; re2, since the text is hostile.
_SIGNS = (
    ("a Python traceback", rb"Traceback \(most recent call last\)"),
    ("a Java stack trace", rb"\bat [\w.$]+\.[\w$<>]+\([\w$]+\.java:\d+\)"),
    ("a .NET stack trace", rb"(?i)Server Error in '[^']{0,100}' Application|\bat System\.[\w.]+\("),
    (
        "a PHP error",
        rb"(?:Fatal error|Parse error|Warning|Notice)(?:</b>)?: .{1,300} in .{1,200} on line ",
    ),
    ("a Node.js stack trace", rb"\bat [\w.<> ]{1,80} \((?:/|[A-Z]:\\)[^)]{1,200}:\d+:\d+\)"),
    ("a Ruby stack trace", rb"[\w./-]{1,200}\.rb:\d+:in [`']"),
    ("Django's debug page", rb"You're seeing this error because you have <code>DEBUG = True"),
    ("Werkzeug's debugger", rb"(?i)Werkzeug Debugger|The debugger caught an exception"),
    ("Laravel's debug page", rb"(?i)Whoops! There was an error|Illuminate\\\\?Foundation"),
    ("Symfony's debug page", rb"Symfony Exception|sf-toolbar"),
    ("Rails' debug page", rb"(?i)Action Controller: Exception caught|No route matches \["),
    (
        "a database error",
        rb"(?i)You have an error in your SQL syntax|ORA-\d{5}:|PG::\w+Error|SQLSTATE\[",
    ),
    ("a file path of the server", rb"(?:/var/www/|/home/[\w.-]+/|[A-Z]:\\\\?inetpub\\)"),
)
_VERSIONS = (
    rb"(?i)<(?:address|center|h3|p|hr[^>]*>)[^<]{0,40}((?:nginx|Apache|Apache Tomcat|openresty"
    rb"|lighttpd|Microsoft-IIS|Jetty(?:://)?|WebLogic|JBoss(?:Web)?|GlassFish|PHP)"
    rb"[/ (v-]{0,3}\d+\.[\d.]+)"
)
SIGNS = tuple((name, re2.compile(pattern)) for name, pattern in _SIGNS)
VERSION = re2.compile(_VERSIONS)


def traces(body: bytes) -> tuple[str, ...]:
    """What was recognised in the text, by name; a version as it is written."""
    text = body[:MOST_READ]
    found = [name for name, pattern in SIGNS if pattern.search(text)]
    if named := VERSION.search(text):
        found.append(f"the version {named.group(1).decode('latin-1')}")
    return tuple(found)
