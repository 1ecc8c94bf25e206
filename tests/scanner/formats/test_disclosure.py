"""What an error page gives away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.formats.disclosure import traces


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b"Traceback (most recent call last):\n  File", "a Python traceback"),
        (b"at org.apache.catalina.Foo.invoke(Foo.java:120)", "a Java stack trace"),
        (b"<title>Server Error in '/' Application.</title>", "a .NET stack trace"),
        (b"<b>Warning</b>: include(x): failed in <b>/a.php</b> on line <b>3</b>", "a PHP error"),
        (
            b"Error: x\n at Layer.handle (/app/node_modules/express/lib/layer.js:95:5)",
            "a Node.js stack trace",
        ),
        (b"app/models/a.rb:17:in `find'", "a Ruby stack trace"),
        (
            b"You're seeing this error because you have <code>DEBUG = True</code>",
            "Django's debug page",
        ),
        (b"You have an error in your SQL syntax; check", "a database error"),
        (b"include /var/www/html/index.php", "a file path of the server"),
        (b"<hr><center>nginx/1.18.0</center>", "the version nginx/1.18.0"),
        (b"<address>Apache/2.4.52 (Ubuntu) Server at x</address>", "the version Apache/2.4.52"),
        (b"<h3>Apache Tomcat/9.0.31</h3>", "the version Apache Tomcat/9.0.31"),
    ],
)
def test_signs(text: bytes, name: str) -> None:
    assert name in traces(b"<html><body>" + text + b"</body></html>")


@pytest.mark.parametrize(
    "text",
    [
        b"<hr><center>nginx</center>",
        b"<h1>Not found</h1><p>The page is not here. Warning: mind the line on line 3.",
        b"A notice of the ministry: applications close on 3 May.",
        b"",
    ],
)
def test_a_plain_error_page_gives_nothing_away(text: bytes) -> None:
    assert traces(text) == ()


@given(st.binary(max_size=400))
def test_any_bytes_are_read(body: bytes) -> None:
    assert all(traces(body))
