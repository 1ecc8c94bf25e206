"""No password is asked for over plain HTTP."""

from scanner import Effort, Judgement, Reference, Role, Severity, check, failed, passed
from scanner.formats.answer import located
from scanner.observation.web import HttpAnswer

FIELD = "WWW-Authenticate"


def _answer(*lines: str, status: str = "401 Unauthorized") -> HttpAnswer:
    return HttpAnswer.from_text("\n".join((f"HTTP/1.1 {status}", *lines)))


@check(
    id="basic-auth-cleartext",
    title="No password is asked for over plain HTTP",
    severity=Severity.HIGH,
    effort=Effort.MINUTES,
    remediation="Redirect port 80 to HTTPS before anything asks for a password.",
    snippets={
        "nginx": "server { listen 80; return 301 https://$host$request_uri; }",
        "apache": "<VirtualHost *:80>\nRedirect permanent / https://www.agency.example/\n</VirtualHost>",
        "iis": '<access sslFlags="Ssl" />',
    },
    references=(Reference("RFC 7617", "4"),),
    roles=(Role.WEB,),
    passes={
        "a redirect": _answer(status="301 Moved"),
        "another scheme": _answer(f'{FIELD}: Negotiate, Digest realm="basic"'),
    },
    fails={
        "Basic": _answer(f'{FIELD}: Basic realm="staff"'),
        "Basic among others": _answer(f"{FIELD}: Negotiate", 'www-authenticate: BASIC realm="x"'),
        "Basic in a list": _answer(f'{FIELD}: Digest realm="a, b", Basic realm="c"'),
    },
)
def basic_auth_cleartext(answer: HttpAnswer) -> Judgement:
    """Name and password travel with every request, readable for everyone on the line."""
    exchange = answer.exchange
    if any(_offers_basic(value) for value in exchange.values(FIELD)):
        return failed(
            "Over plain HTTP it asks for name and password (status {status}).",
            status=exchange.status,
            evidence=(*located(exchange, FIELD), "expected: a redirect to https, and no challenge"),
        )
    return passed("Nothing asks for a password there.")


def _offers_basic(value: str) -> bool:
    """A challenge begins the field or an item of its list, outside of quotes (RFC 9110 11.6.1)."""
    outside = "".join(value.split('"')[::2])
    items = (one.strip().lower() for one in outside.split(","))
    return any(one == "basic" or one.startswith("basic ") for one in items)
