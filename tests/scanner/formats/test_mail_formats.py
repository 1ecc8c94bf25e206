"""DKIM, BIMI, TLS reporting, discarded records, look-alikes: clause by clause, and any text."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.formats import bimi, dkim, dmarc, mta_sts, spf
from scanner.formats.error import FormatError
from scanner.formats.lookalike import candidates, is_restricted, read_table
from scanner.formats.mail_examples import BIG, EDWARDS, MIDDLING, NAME, SMALL, UNANSWERED
from scanner.formats.mail_examples import dkim as selector
from scanner.formats.mail_examples import dmarc as walked
from scanner.formats.spf_check import Reply, Result, check_host
from scanner.formats.spf_macro import Client, expand_domain
from scanner.lists import bundled
from scanner.observation.dns import Presence
from scanner.observation.mail import DkimRecords, DmarcRecords, PolicyRecord

TABLE = read_table.read(bundled(read_table))


@pytest.mark.parametrize(
    ("text", "kind", "bits"),
    [
        (f"v=DKIM1; k=rsa; p={BIG}", "rsa", 2048),
        (f"p={MIDDLING}", "rsa", 1024),
        (f"v=DKIM1;p={SMALL};", "rsa", 512),
        (f"v=DKIM1; k=ed25519; p={EDWARDS}", "ed25519", 256),
        (f"v=DKIM1; k=; p={BIG[:40]} {BIG[40:]}", "rsa", 2048),
        (f"v=DKIM1; s=*:email; n=note; x=1; p={BIG}", "rsa", 2048),
        ("v=DKIM1; p=", "rsa", 0),
    ],
)
def test_a_key(text: str, kind: str, bits: int) -> None:
    made = dkim.parse(text)
    assert (made.type, made.bits) == (kind, bits)
    assert made.is_revoked is (bits == 0)


def test_a_bare_rsa_key_is_read_too() -> None:
    for bits in (1024, 4096):
        public = rsa.generate_private_key(65537, bits).public_key()
        der = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
        assert dkim.parse(f"p={base64.b64encode(der).decode()}").bits == bits


def test_flags_and_hashes() -> None:
    made = dkim.parse(f"t=y:s; h=sha1; p={BIG}")
    assert (made.is_test, made.is_strict, made.only_sha1) == (True, True, True)
    assert not dkim.parse(f"h=sha1:sha256; p={BIG}").only_sha1


CURVE = base64.b64encode(
    ec.derive_private_key(1, ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=DKIM1",
        f"p={BIG}; v=DKIM1",
        f"v=DKIM2; p={BIG}",
        f"k=dsa; p={BIG}",
        f"s=tlsrpt; p={BIG}",
        f"p={BIG}; p={BIG}",
        "p=%%%",
        "p=AAAA",
        f"p={BIG[:80]}",
        f"p={CURVE}",
        "k=ed25519; p=AAAA",
        f"p={'A' * 66_000}",
        f"junk; p={BIG}",
        f"=x; p={BIG}",
        "p=MAIwAA==",
        "p=MAA=",
    ],
)
def test_no_key(text: str) -> None:
    with pytest.raises(FormatError):
        dkim.parse(text)


@given(
    st.text(max_size=200)
    | st.binary(max_size=200).map(lambda b: "p=" + base64.b64encode(b).decode())
)
def test_any_text_is_a_key_or_none(text: str) -> None:
    try:
        assert dkim.parse(text).bits >= 0
    except FormatError as error:
        said = str(error)
        assert said


@given(st.integers(0, 60), st.binary(min_size=1, max_size=8), st.integers(0, 300))
def test_a_damaged_key_is_a_key_or_none(at: int, other: bytes, length: int) -> None:
    der = bytearray(base64.b64decode(BIG))
    der[at : at + len(other)] = other
    try:
        dkim.parse(f"p={base64.b64encode(bytes(der[:length])).decode()}")
    except FormatError as error:
        said = str(error)
        assert said


def test_what_a_wildcard_answers_is_no_key() -> None:
    text = f"p={BIG}"
    assert dkim.keys(selector(text, wildcard=(text,))) == ()
    assert dkim.keys(selector(text, wildcard=("v=spf1 -all",)))
    assert dkim.published(selector("v=spf1 -all")) == ()
    assert dkim.keys(DkimRecords(Presence.NODATA)) == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("v=dmarc1; p=reject", "capitals"),
        ("v=DMARC1 p=reject", "semicolon"),
        ("p=reject; v=DMARC1", "first"),
        ("v=DMARC2; p=reject", "begin"),
        ("hello", "begin"),
    ],
)
def test_why_a_record_is_discarded(text: str, why: str) -> None:
    assert not dmarc.is_candidate(text)
    assert why in dmarc.discarded(text).text


@given(st.text(max_size=100))
def test_any_text_is_discarded_for_a_reason(text: str) -> None:
    assert dmarc.discarded(text).text


@pytest.mark.parametrize(
    ("texts", "agreed"),
    [
        (("v=DMARC1",), True),
        (("v=DMARC1;",), True),
        (("v=DMARC1; rua=mailto:x@r.test", "other"), True),
        (("v=DMARC1; rua=mailto:x@s.test",), False),
        (("v=DMARC1; rua=x",), False),
        (("v=DMARC1", "v=DMARC1"), False),
        ((), False),
    ],
)
def test_agreement_to_take_reports(texts: tuple[str, ...], agreed: bool) -> None:
    assert dmarc.grants(texts, "r.test") is agreed


def test_what_older_receivers_find() -> None:
    assert dmarc.old_policy(walked("v=DMARC1; p=none")) == (NAME, "none")
    rows = (
        PolicyRecord(f"a.{NAME}"),
        PolicyRecord(NAME, ("v=DMARC1; p=reject; sp=none; np=reject",)),
    )
    assert dmarc.old_policy(DmarcRecords(rows, old_organisation=NAME)) == (NAME, "none")
    assert dmarc.old_policy(DmarcRecords(rows[:1], old_organisation=NAME)) == ("", "")
    assert dmarc.discover(UNANSWERED).reason == "servfail"


def test_tags_of_a_record() -> None:
    made = dmarc.parse(
        "v=DMARC1; p=reject; aspf=S; adkim=s; psd=Y; pct=20; ri=1; ruf=mailto:a@b.test"
    )
    assert (made.is_spf_strict, made.is_dkim_strict, made.psd) == (True, True, "y")
    assert made.removed == ("pct=20", "ri=1")
    assert made.failure_reports == ("mailto:a@b.test",)
    assert dmarc.parse("v=DMARC1; p=none; psd=x").psd == "u"
    assert dmarc.step_down("reject") == "quarantine"


@pytest.mark.parametrize(
    ("texts", "location"),
    [
        ((), None),
        (("other",), None),
        (("v=BIMI1; l=https://a.test/x.svg;",), "https://a.test/x.svg"),
        (("v=BIMI1;l=;a=;",), ""),
    ],
)
def test_bimi(texts: tuple[str, ...], location: str | None) -> None:
    made = bimi.read(texts)
    assert (made.location if made else None) == location


@pytest.mark.parametrize(
    "texts",
    [
        ("v=BIMI1; l=x", "v=BIMI1; l=x"),
        ("v=BIMI1; l=http://a.test",),
        ("v=BIMI1; l=https://a.test; a=ftp://b",),
        ("v=BIMI1",),
        ("v=BIMI1; junk",),
        ("v=BIMI1; l=; l=",),
    ],
)
def test_no_bimi(texts: tuple[str, ...]) -> None:
    with pytest.raises(FormatError):
        bimi.read(texts)


@given(st.lists(st.text(max_size=80).map("v=BIMI1;{}".format), max_size=2))
def test_any_bimi(texts: list[str]) -> None:
    try:
        bimi.read(texts)
    except FormatError as error:
        said = str(error)
        assert said


@given(
    st.lists(st.text(max_size=120), max_size=3), st.sampled_from(["v=STSv1;", "v=TLSRPTv1;", ""])
)
def test_any_mta_sts(texts: list[str], start: str) -> None:
    for read in (mta_sts.record_id, mta_sts.reporting):
        try:
            read([start + text for text in texts])
        except FormatError as error:
            said = str(error)
            assert said


@given(st.text(max_size=120), st.text(max_size=60), st.sampled_from(["192.0.2.1", "2001:db8::1"]))
def test_any_record_gives_a_result(text: str, helo: str, ip: str) -> None:
    client = Client.from_mail(ip=ip, sender=f"a@{NAME}", helo=helo)
    asking = check_host(client)
    try:
        next(asking)
        while True:
            asking.send(Reply((f"v=spf1 {text}",)))
    except StopIteration as done:
        assert done.value.result in Result  # noqa: PT017 - a generator ends so


def test_a_receiver_ends_whatever_is_sent() -> None:
    long = "v=spf1 " + " ".join(f"a:h{n}.test" for n in range(10_000)) + " -all"
    for text, result in (
        (long, Result.PERMERROR),
        (f"v=spf1 include:{NAME} -all", Result.PERMERROR),
        (f"v=spf1 redirect={NAME}", Result.PERMERROR),
        ("v=spf1 " + "x" * 65_000, Result.PERMERROR),
        ("v=spf1 a:\x00.test", Result.PERMERROR),
        ("v=spf1 " + "ip4:9.9.9.9 " * 5_000 + "-all", Result.FAIL),
    ):
        asking = check_host(Client.from_mail(ip="192.0.2.1", sender=f"a@{NAME}", helo="h"))
        asked = 0
        try:
            question = next(asking)
            while True:
                asked += 1
                is_txt = question.rdtype == "TXT"
                question = asking.send(Reply((text,) if is_txt else ("192.0.2.9",)))
        except StopIteration as done:
            assert done.value.result is result  # noqa: PT017 - a generator ends so
        assert asked <= 40


def test_a_reverse_name_of_one_label_validates_nothing() -> None:
    asking = check_host(Client.from_mail(ip="192.0.2.1", sender=f"a@{NAME}", helo="h"))
    assert next(asking).rdtype == "TXT"
    assert asking.send(Reply(("v=spf1 ptr -all",))).rdtype == "PTR"
    with pytest.raises(StopIteration) as done:
        asking.send(Reply(("localhost",)))
    assert done.value.value.result is Result.FAIL


def test_another_domain_than_the_senders() -> None:
    client = Client.from_mail(ip="192.0.2.1", sender="", helo="mx.test")
    asking = check_host(client, domain="other.test")
    assert next(asking).name == "other.test"
    assert client.sender == "postmaster@mx.test"
    assert Client.from_mail(ip="::1", sender="x.test", helo="h").sender == "postmaster@x.test"


def test_a_name_that_is_too_long_loses_labels_on_its_left() -> None:
    client = Client("192.0.2.1", "l" * 200, "d.test", "h")
    assert expand_domain("%{l}.%{l}.%{d}", client, "d.test") == f"{'l' * 200}.d.test"


def test_explanations_know_three_letters_more() -> None:
    assert spf.is_explanation("%{c} %{r} %{t}")
    assert not spf.is_explanation("%{x}")


def test_look_alikes_of_a_restricted_suffix_are_sought_where_strangers_register() -> None:
    made = candidates("police.gov.pk", TABLE)
    names = {one.name for one in made}
    assert 200 < len(made) <= 300
    assert {"police.com.pk", "gov-police.com", "police-gov-pk.com"} <= names
    assert not any(one.endswith(".gov.pk") for one in names)
    assert any("xn--" in one for one in names)
    assert {one.how for one in made} >= {"a letter that looks alike", "a letter left out"}
    assert is_restricted("mil.pk")


def test_look_alikes_are_three_hundred_at_most() -> None:
    assert len(candidates("department-of-agriculture.gov.pk", TABLE)) == 300


def test_look_alikes_in_arabic_script() -> None:
    label = "xn--" + "\u0645\u062d\u06a9\u0645\u06c1".encode("punycode").decode()
    names = {one.name for one in candidates(f"{label}.pk", TABLE)}
    arabic_kaf = "xn--" + "\u0645\u062d\u0643\u0645\u06c1".encode("punycode").decode()
    assert f"{arabic_kaf}.pk" in names


def test_look_alikes_of_an_open_suffix_stay_there_too() -> None:
    names = {one.name for one in candidates("agency.com", TABLE)}
    assert "agecny.com" in names
    assert "agency.com" not in names
    assert "agencv.com" in names or "agencu.com" in names


def test_letters_read_together() -> None:
    names = {one.name for one in candidates("modern.org", TABLE)}
    assert "rnodern.org" in names
    assert "modem.org" in names


def test_a_table_that_is_none() -> None:
    with pytest.raises(ValueError, match="JSON"):
        read_table.read(b"nonsense")


@settings(max_examples=25)
@given(st.from_regex(r"[a-z0-9-]{1,20}\.(com|gov\.pk|pk)", fullmatch=True))
def test_look_alikes_are_few_and_are_names(host: str) -> None:
    made = candidates(host, TABLE)
    assert len(made) <= 300
    assert all(one.name.isascii() and one.name != host for one in made)
