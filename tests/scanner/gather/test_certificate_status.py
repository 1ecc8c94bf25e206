"""Issuers are asked politely, and whatever they answer stops nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from scanner.clock import SystemClock
from scanner.engine import Plan, surroundings
from scanner.formats import certificate_examples as examples
from scanner.gather.budget import Limits
from scanner.gather.certificate.fetch import address_of, get
from scanner.gather.certificate.issuers import Pool, certificates_in, missing, note
from scanner.gather.dialer import Network, Route, Scope
from scanner.gather.gatherer import Context
from scanner.observation import NotObservedError, Reason
from scanner.observation.tls import ServedCertificates, ServedChain, TrustStore
from scanner.targets import target
from tests.scanner.gather.harness import ADDRESS, HOST, saying, silent

URL = "http://ca.example/file"
OK = b"HTTP/1.0 200 OK\r\n"


def _on(see: Callable[[Context], Any], answer: Any = None, *, allowed: str = "127.0.0.0/8") -> Any:
    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
            writer.close()
            await writer.wait_closed()
        except OSError:
            pass
        finally:
            writer.transport.abort()

    async def run() -> Any:
        server = await asyncio.start_server(closing, ADDRESS, 0) if answer else None
        port = server.sockets[0].getsockname()[1] if server else 9
        plan = Plan(
            checks={},
            gatherers={},
            lists={TrustStore: examples.store()},
            limits=Limits(seconds=1.0, requests_per_second=0),
            network=Network(
                allowed=(allowed,), routes=(Route("ca.example", 80, ADDRESS, port),), hosts={}
            ),
            scope=Scope({HOST}, {"agency.example"}),
            resolvers=(("127.0.0.1", 9),),
            user_agent="govscan/test",
        )
        async with surroundings(plan, SystemClock()) as around:
            try:
                return await see(around.context(target(HOST, "agency")))
            finally:
                if server:
                    server.close()

    return asyncio.run(run())


def _get(answer: Any, url: str = URL, most: int = 1000, **more: Any) -> Any:
    return _on(lambda on: get(on, url, most_bytes=most), answer, **more)


@pytest.mark.parametrize(
    "said",
    [
        (OK + b"Content-Length: 3\r\n\r\nabc",),
        (OK + b"content-length: 3\r\n\r\nabcdef",),
        (OK + b"\r\n", b"a", b"bc"),
    ],
)
def test_a_file_is_had(said: tuple[bytes, ...]) -> None:
    assert _get(saying(*said)) == b"abc"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (saying(b"220 mail.example ESMTP\r\n\r\n"), Reason.MALFORMED_REPLY),
        (saying(b"x" * 100_000), Reason.MALFORMED_REPLY),
        (
            saying(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n"),
            Reason.MALFORMED_REPLY,
        ),
        (saying(b"HTTP/1.1 404 Not Found\r\n\r\n"), Reason.MALFORMED_REPLY),
        (saying(OK + b"Content-Length: 9\r\n\r\nabc"), Reason.RESET),
        (saying(OK + b"Content-Length: 9999\r\n\r\nabc"), Reason.NOT_SUPPORTED_BY_US),
        (saying(OK + b"\r\n" + b"x" * 5000), Reason.NOT_SUPPORTED_BY_US),
        (silent, Reason.TIMEOUT),
        (None, Reason.REFUSED),
    ],
)
def test_answers_that_are_none(answer: Any, reason: Reason) -> None:
    with pytest.raises(NotObservedError) as said:
        _get(answer)
    assert said.value.reason is reason


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://ca.example/x", Reason.NOT_SUPPORTED_BY_US),
        ("ldap://ca.example/x", Reason.NOT_SUPPORTED_BY_US),
        ("file:///etc/passwd", Reason.MALFORMED_REPLY),
        ("http://ca.example/a b", Reason.MALFORMED_REPLY),
        ("http://ca.example/\r\nHost: x", Reason.MALFORMED_REPLY),
        ("http://ca.example:99999/", Reason.MALFORMED_REPLY),
        ("http://[::1/", Reason.MALFORMED_REPLY),
        ("http://" + "a" * 3000, Reason.MALFORMED_REPLY),
        ("", Reason.MALFORMED_REPLY),
    ],
    ids=range(9),
)
def test_addresses_that_are_not_asked(url: str, reason: Reason) -> None:
    with pytest.raises(NotObservedError) as said:
        address_of(url)
    assert said.value.reason is reason


def test_addresses() -> None:
    assert address_of("http://CA.example./a?b=c") == ("ca.example", 80, "/a?b=c")
    assert address_of("http://192.0.2.7:2560") == ("192.0.2.7", 2560, "/")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/x", "http://127.0.0.1/x", "http://169.254.169.254/x"]
)
def test_no_certificate_leads_into_a_private_network(url: str) -> None:
    with pytest.raises(NotObservedError) as said:
        _get(None, url, allowed="192.0.2.0/24")
    assert said.value.reason is Reason.OUT_OF_SCOPE


def test_issuers_are_known_from_other_servers() -> None:
    ca, root = examples.intermediate(), examples.root()
    known = Pool()
    note(
        known,
        ServedCertificates(
            HOST, (ServedChain((examples.leaf(), ca, b"junk", examples.leaf()), ()),)
        ),
        "web:x",
    )

    async def see(on: Context) -> Any:
        alone = await missing(on, known, (examples.leaf(),), may_fetch=False)
        whole = await missing(on, known, (examples.leaf(), ca), may_fetch=False)
        nothing = await missing(on, known, (b"junk",), may_fetch=False)
        other = await missing(on, known, (examples.leaf(issuer="Nobody"),), may_fetch=False)
        return alone, whole, nothing, other

    alone, whole, nothing, other = _on(see)
    assert [(one.certificate, one.source) for one in alone] == [(ca, "web:x")]
    assert (whole, nothing, other) == ((), (), ())
    assert root


def test_an_issuer_is_fetched_from_where_the_certificate_says() -> None:
    ca = examples.intermediate()
    leaf = examples.leaf(locations=examples.issuers_at(URL))
    body = OK + f"Content-Length: {len(ca)}\r\n\r\n".encode() + ca

    async def see(on: Context) -> Any:
        return await missing(on, Pool(), (leaf,), may_fetch=True)

    (found,) = _on(see, saying(body))
    assert (found.certificate, found.source) == (ca, URL)
    assert _on(see, saying(b"nonsense\r\n\r\n")) == ()


def test_certificates_come_alone_or_in_a_message() -> None:
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7  # noqa: PLC0415

    ca = examples.intermediate()
    message = pkcs7.serialize_certificates([x509.load_der_x509_certificate(ca)], Encoding.DER)
    assert tuple(certificates_in(ca)) == (ca,)
    assert tuple(certificates_in(message)) == (ca,)
    assert tuple(certificates_in(b"junk")) == ()
