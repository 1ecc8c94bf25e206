"""What the gatherers of mail ask, and what they make of zones that are whole, broken or sly."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import dns.message
import dns.rcode
import pytest

from scanner import registry
from scanner.beside import Earlier
from scanner.clock import SystemClock
from scanner.demo.zones import Zones, serve
from scanner.engine import Plan, surroundings
from scanner.formats.lookalike import read_table
from scanner.formats.mail_examples import BIG, NAME
from scanner.formats.spf_check import Result
from scanner.formats.spf_macro import Client
from scanner.gather.budget import Limits
from scanner.gather.collector import Collector
from scanner.gather.dialer import Network, Scope
from scanner.gather.dns.spf_receiver import evaluate
from scanner.lists import bundled
from scanner.observation import (
    Inapplicable,
    Observation,
    Observed,
    Place,
    Reason,
    Role,
    Subject,
    Unobserved,
)
from scanner.observation.dns import Presence
from scanner.observation.mail import (
    BimiRecords,
    DkimRecords,
    DmarcRecords,
    DmarcReports,
    Lookalikes,
    MailDeclared,
    MailHosts,
    MailNames,
    Relatives,
    SpfRecords,
)
from scanner.targets import target

T = TypeVar("T")
Records = dict[tuple[str, str], tuple[str, ...]]
RESOLVER = "127.86.0.54"
GATHERERS = registry.load().gatherers
KEY = f'"v=DKIM1; p={BIG[:200]}" "{BIG[200:]}"'
BASE: Records = {
    (NAME, "MX"): (f"10 mx.{NAME}.",),
    (NAME, "TXT"): ('"v=spf1 mx -all"',),
    (f"mx.{NAME}", "A"): ("192.0.2.25",),
    (f"_dmarc.{NAME}", "TXT"): (f'"v=DMARC1; p=reject; rua=mailto:r@{NAME}"',),
}


class Sly:
    """Zones, some of whose names answer SERVFAIL, and wildcards; it counts what it is asked."""

    def __init__(
        self, records: Mapping[tuple[str, str], tuple[str, ...]], broken: set[str]
    ) -> None:
        self._zones = Zones(records, recursive=True)
        self._wild = {
            name.removeprefix("*."): Zones(
                {("*", rdtype): texts for (at, rdtype), texts in records.items() if at == name},
                recursive=True,
            )
            for name, _ in records
            if name.startswith("*.")
        }
        self._records = records
        self._broken = broken
        self.asked: list[tuple[str, str]] = []

    def answer(self, asked: dns.message.Message) -> dns.message.Message | None:
        name = asked.question[0].name.to_text(omit_final_dot=True).lower()
        self.asked.append((name, dns.rdatatype.to_text(asked.question[0].rdtype)))
        if name in self._broken:
            reply = dns.message.make_response(asked, recursion_available=True)
            reply.set_rcode(dns.rcode.SERVFAIL)
            return reply
        for parent in self._wild:
            known = any(at == name or at.endswith(f".{name}") for at, _ in self._records)
            if name.endswith(f".{parent}") and not known:
                return self._of_wildcard(asked, parent)
        return self._zones.answer(asked)

    def _of_wildcard(self, asked: dns.message.Message, parent: str) -> dns.message.Message:
        rdtype = dns.rdatatype.to_text(asked.question[0].rdtype)
        reply = dns.message.make_response(asked, recursion_available=True)
        if texts := self._records.get((f"*.{parent}", rdtype)):
            name = asked.question[0].name
            reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", rdtype, list(texts)))
        return reply


@contextmanager
def _served(zones: Sly) -> Iterator[int]:
    ready = threading.Event()
    found: dict[str, int] = {}
    started: list[Any] = []
    loop = asyncio.new_event_loop()

    async def begin() -> None:
        started.extend(await serve(zones.answer, RESOLVER, 0))
        found["port"] = started[0].get_extra_info("sockname")[1]
        ready.set()

    def work() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(begin())
        loop.run_forever()

    thread = threading.Thread(target=work)
    thread.start()
    assert ready.wait(30)
    try:
        yield found["port"]
    finally:
        for one in started:
            loop.call_soon_threadsafe(one.close)
        loop.call_soon_threadsafe(loop.call_later, 0.05, loop.stop)
        thread.join(30)
        loop.close()


def _gather(
    kinds: tuple[type, ...],
    records: Records,
    *,
    broken: set[str] | None = None,
    inventory: tuple[str, ...] = (NAME,),
    settings: Mapping[str, Any] | None = None,
    earlier: Earlier | None = None,
    **attributes: str,
) -> tuple[dict[type, Observation], Sly]:
    zones = Sly(records, broken or set())
    named = {key.replace("_", "."): value for key, value in attributes.items()}
    with _served(zones) as port:
        plan = Plan(
            checks={},
            gatherers=GATHERERS,
            lists={type(TABLE): TABLE},
            limits=Limits(seconds=5.0, requests_per_second=0),
            network=Network(allowed=("127.0.0.0/8",)),
            scope=Scope(frozenset(inventory), frozenset()),
            resolvers=((RESOLVER, port),),
            user_agent="govscan/test",
            settings=settings or {},
        )

        async def run() -> dict[type, Observation]:
            async with surroundings(plan, SystemClock()) as around:
                made = target(inventory[0], "agency", attributes=named)
                context = around.context(made, earlier or Earlier())
                found = await Collector(context, GATHERERS).collect(kinds, 60)
                return {kind: next(iter(found[kind].values())) for kind in kinds}

        return asyncio.run(run()), zones


TABLE = read_table.read(bundled(read_table))


def _one(kind: type[T], records: Records, **more: Any) -> T:
    found, _ = _gather((kind,), records, **more)
    seen = found[kind]
    assert isinstance(seen, Observed), seen
    value: T = seen.value
    return value


def test_an_spf_tree_with_hosts_that_are_there_and_hosts_that_are_not() -> None:
    found = _one(
        SpfRecords,
        {
            **BASE,
            (NAME, "TXT"): (
                '"v=spf1 mx a:gone.example include:a.example include:lapsed.com -all"',
                '"other"',
            ),
            ("a.example", "TXT"): ('"v=spf1 a redirect=b.example"',),
            ("a.example", "A"): ("192.0.2.1",),
        },
        broken={"b.example"},
    )
    assert [one.name for one in found.lookups] == [NAME, "a.example", "b.example", "lapsed.com"]
    assert found.at("b.example").reason is Reason.SERVFAIL  # type: ignore[union-attr]
    mail = found.host(NAME, "MX")
    assert mail
    assert (mail.hosts, mail.ipv4, mail.is_void4, mail.is_void6) == (
        (f"mx.{NAME}",),
        ("192.0.2.25",),
        False,
        True,
    )
    gone = found.host("gone.example", "A")
    assert gone
    assert gone.presence is Presence.NXDOMAIN
    assert {one.name: one.is_registered for one in found.dead} == {
        "lapsed.com": False,
        "gone.example": False,
    }
    assert found.lookups[0].length > 60


def test_a_name_that_does_not_exist_has_no_spf() -> None:
    found, _ = _gather((SpfRecords, DmarcRecords), {("example", "SOA"): ("a. b. 1 2 3 4 5",)})
    for seen in found.values():
        assert isinstance(seen, Unobserved)
        assert seen.reason is Reason.NO_SUCH_NAME


def test_the_walk_keeps_what_is_discarded_and_stops_at_psd() -> None:
    found = _one(
        DmarcRecords,
        {
            **BASE,
            (f"_dmarc.{NAME}", "TXT"): ('"v=DMARC1; p=reject; psd=n"', '"v=dmarc1; p=none"'),
            ("_dmarc.example", "TXT"): ('"v=DMARC1; p=none"',),
        },
    )
    assert [one.name for one in found.steps] == [NAME]
    assert found.steps[0].others == ("v=dmarc1; p=none",)
    assert (found.exists, found.has_wildcard) == (True, False)


def test_suffixes_of_the_operator_are_suffixes() -> None:
    found = _one(DmarcRecords, BASE, settings={"extra_public_suffix": ("Example.",)})
    assert (found.old_organisation, found.suffixes) == (NAME, ("example",))


def test_a_wildcard_is_noticed() -> None:
    assert _one(DmarcRecords, {**BASE, (f"*.{NAME}", "A"): ("192.0.2.9",)}).has_wildcard
    assert _one(DmarcRecords, {**BASE, (f"*.{NAME}", "MX"): ("10 a.b.",)}).has_wildcard


@pytest.mark.parametrize(
    ("records", "broken", "foreign", "dead", "texts"),
    [
        ({}, set(), False, False, ()),
        ({("_dmarc.r.test", "TXT"): ('"v=DMARC1; p=none; psd=n"',)}, set(), True, False, ()),
        (
            {
                ("r.test", "MX"): ("10 mx.r.test.",),
                (f"{NAME}._report._dmarc.r.test", "TXT"): ('"v=DMARC1"',),
            },
            set(),
            True,
            False,
            ("v=DMARC1",),
        ),
        ({("r.test", "MX"): ("0 .",)}, set(), True, True, ()),
    ],
)
def test_foreign_receivers_of_reports(
    records: Records, broken: set[str], foreign: bool, dead: bool, texts: tuple[str, ...]
) -> None:
    uri = "r@r.test" if foreign else f"r@{NAME}"
    policy = {(f"_dmarc.{NAME}", "TXT"): (f'"v=DMARC1; p=none; rua=mailto:{uri}"',)}
    found = _one(DmarcReports, {**BASE, **policy, **records}, broken=broken)
    (one,) = found.hosts
    assert (one.is_foreign, one.is_dead, one.texts) == (foreign, dead, texts)


def test_an_unanswered_receiver_is_unknown() -> None:
    policy = {(f"_dmarc.{NAME}", "TXT"): ('"v=DMARC1; p=none; rua=mailto:r@r.test"',)}
    found = _one(DmarcReports, {**BASE, **policy}, broken={"_dmarc.r.test"})
    assert found.hosts[0].reason is Reason.SERVFAIL
    asked = f"{NAME}._report._dmarc.r.test"
    found = _one(DmarcReports, {**BASE, **policy, ("r.test", "A"): ("192.0.2.1",)}, broken={asked})
    assert (found.hosts[0].asked, found.hosts[0].reason) == (asked, Reason.SERVFAIL)


def test_no_record_no_reports_and_no_image() -> None:
    without = {key: value for key, value in BASE.items() if not key[0].startswith("_dmarc")}
    found, _ = _gather((DmarcReports, BimiRecords), without)
    assert all(isinstance(one, Inapplicable) for one in found.values())
    found, _ = _gather((DmarcReports, BimiRecords), BASE, broken={f"_dmarc.{NAME}"})
    assert all(isinstance(one, Unobserved) for one in found.values())
    image = {("default._bimi." + NAME, "TXT"): ('"v=BIMI1; l="',)}
    assert _one(BimiRecords, {**BASE, **image}).texts == ("v=BIMI1; l=",)


def test_no_key_is_sought_where_none_can_be() -> None:
    found, zones = _gather((DkimRecords,), BASE)
    seen = found[DkimRecords]
    assert isinstance(seen, Observed)
    assert (seen.value.subtree, seen.value.selectors) == (Presence.NXDOMAIN, ())
    assert [name for name, _ in zones.asked if "_domainkey" in name] == [f"_domainkey.{NAME}"]


def test_selectors_configured_come_first_and_two_keys_are_enough() -> None:
    records = {
        **BASE,
        (f"mine._domainkey.{NAME}", "TXT"): (KEY,),
        (f"selector1._domainkey.{NAME}", "TXT"): (KEY,),
    }
    found = _one(DkimRecords, records, settings={"dkim_selector": ("Mine", "no good!")})
    assert [(one.selector, one.origin) for one in found.selectors] == [
        ("mine", "configured"),
        ("selector1", "common"),
    ]
    assert found.wildcard == ()
    from_inventory = _one(DkimRecords, records, dkim_selectors="mine other")
    assert [one.selector for one in from_inventory.selectors[:2]] == ["mine", "other"]


def test_a_wildcard_below_domainkey_is_asked_for() -> None:
    found = _one(DkimRecords, {**BASE, (f"*._domainkey.{NAME}", "TXT"): (KEY,)})
    assert found.wildcard == (f"v=DKIM1; p={BIG}",)


def test_at_most_twelve_questions() -> None:
    found, zones = _gather((DkimRecords,), {**BASE, (f"x.y._domainkey.{NAME}", "TXT"): ('"a"',)})
    assert isinstance(found[DkimRecords], Observed)
    assert sum("_domainkey" in name for name, _ in zones.asked) == 13


def test_who_sends_nothing_is_not_asked() -> None:
    closed = {**BASE, (NAME, "TXT"): ('"v=spf1 -all"',), (NAME, "MX"): ("0 .",)}
    assert _one(DkimRecords, closed).is_closed
    assert _one(DkimRecords, BASE, mail_sends="false").is_closed
    assert _one(MailDeclared, BASE, mail_sends="false").sends == "false"


def test_the_organisation_may_sign_for_a_name_below_it() -> None:
    host = f"hr.{NAME}"
    records = {**BASE, (host, "TXT"): ('"v=spf1 a -all"',)}
    found = _one(DkimRecords, records, inventory=(host,))
    assert (found.organisation, found.parents) == (NAME, Presence.NXDOMAIN)
    found = _one(DkimRecords, records, inventory=(host,), broken={f"_domainkey.{NAME}"})
    assert found.parents is None
    assert _one(DkimRecords, BASE, broken={f"_domainkey.{NAME}"}).reason is Reason.SERVFAIL


def test_a_selector_that_leads_nowhere() -> None:
    records = {
        **BASE,
        (f"selector1._domainkey.{NAME}", "CNAME"): ("k.lapsed-agency.com.",),
        (f"selector2._domainkey.{NAME}", "TXT"): (KEY,),
    }
    found = _one(DkimRecords, records)
    assert [(one.name, one.is_registered) for one in found.dead] == [("k.lapsed-agency.com", False)]


def test_the_run_before_teaches_selectors_and_ages() -> None:
    records = {**BASE, (f"odd._domainkey.{NAME}", "TXT"): (KEY,)}
    place = Place(Subject(Role.DOMAIN, NAME))
    first = _one(DkimRecords, records, settings={"dkim_selector": ("odd",)})
    (seen,) = [one for one in first.selectors if one.texts]
    assert seen.since
    assert not seen.is_born
    then = datetime(2026, 1, 1, tzinfo=UTC)
    old = DkimRecords(first.subtree, (type(seen)("odd", "configured", seen.texts, since=then),))
    earlier = Earlier("run-1", {DkimRecords: {place: Observed(old, then)}})
    second = _one(DkimRecords, records, earlier=earlier)
    (kept,) = [one for one in second.selectors if one.texts]
    assert (kept.origin, kept.since, kept.is_born) == ("learnt", then, False)
    renewed = {**BASE, (f"odd._domainkey.{NAME}", "TXT"): ('"v=DKIM1; p="',)}
    third = _one(DkimRecords, renewed, earlier=earlier)
    (new,) = [one for one in third.selectors if one.texts]
    assert new.is_born
    assert new.since != then


def test_parents_and_sisters_of_the_inventory_are_relatives() -> None:
    host, news = f"hr.{NAME}", f"news.{NAME}"
    records = {
        **BASE,
        (host, "TXT"): ('"v=spf1 -all"',),
        (news, "TXT"): ('"v=spf1 +all"',),
        (f"old.{NAME}", "CNAME"): ("x.lapsed-agency.com.",),
        (f"*.{host}", "TXT"): ('"v=spf1 ?all"',),
    }
    inventory = (host, news, NAME, f"old.{NAME}", f"dark.{NAME}")
    found = _one(Relatives, records, inventory=inventory, broken={f"dark.{NAME}"})
    assert found.seen == 5
    assert [one.name for one in found.names] == [
        f"dark.{NAME}",
        news,
        f"old.{NAME}",
        f"*.{host}",
    ]
    assert found.names[0].reason is Reason.SERVFAIL
    assert found.names[1].spf
    assert found.names[2].dead[0].name == "x.lapsed-agency.com"
    assert found.names[3].is_wildcard


def test_a_suffix_has_no_relatives() -> None:
    assert _one(Relatives, {("gov.pk", "TXT"): ('"x"',)}, inventory=("gov.pk",)).names == ()


def test_a_record_at_a_suffix_makes_relatives_of_strangers() -> None:
    """Without psd=y the suffix is the organisational domain of all below it (RFC 9989 4.10.2)."""
    own, other = "a.gov.lk", "b.gov.lk"
    records: Records = {
        (own, "TXT"): ('"v=spf1 mx -all"',),
        (other, "TXT"): ('"v=spf1 +all"',),
    }
    said = {("_dmarc.gov.lk", "TXT"): ('"v=DMARC1; p=reject"',)}
    assert _one(Relatives, records, inventory=(own, other)).names == ()
    found = _one(Relatives, {**records, **said}, inventory=(own, other))
    assert [one.name for one in found.names] == [other]
    said = {("_dmarc.gov.lk", "TXT"): ('"v=DMARC1; p=reject; psd=y"',)}
    assert _one(Relatives, {**records, **said}, inventory=(own, other)).names == ()


def test_name_servers_that_do_not_exist_are_noted() -> None:
    records = {
        **BASE,
        (NAME, "NS"): ("ns.lapsed-agency.com.", f"mx.{NAME}."),
        (f"hr.{NAME}", "TXT"): ('"v=spf1 -all"',),
        (f"hr.{NAME}", "NS"): ("ns.lapsed-agency.com.",),
    }
    found = _one(Relatives, records, inventory=(NAME, f"hr.{NAME}"))
    assert [(one.name, [dead.name for dead in one.zone]) for one in found.names] == [
        (f"hr.{NAME}", ["ns.lapsed-agency.com"]),
        (NAME, ["ns.lapsed-agency.com"]),
    ]


def test_aliases_of_names_that_do_not_exist_are_noted() -> None:
    gone = "x.lapsed-agency.com"
    records: Records = {
        (NAME, "CNAME"): (f"{gone}.",),
        (f"_dmarc.{NAME}", "CNAME"): (f"{gone}.",),
    }
    (dead,) = _one(SpfRecords, records).dead
    assert (dead.name, dead.via, dead.is_registered) == (gone, NAME, False)
    own = _one(DmarcRecords, records).steps[0]
    assert own.dead
    assert own.dead.name == gone


def test_names_of_the_mail_hosts_lead_back_or_not() -> None:
    back = "25.2.0.192.in-addr.arpa"
    found = _one(MailNames, {**BASE, (back, "PTR"): (f"mx.{NAME}.", "other.example.")})
    (one,) = found.hosts
    assert set(one.names) == {f"mx.{NAME}", "other.example"}
    assert one.confirmed == (f"mx.{NAME}",)
    assert _one(MailNames, BASE, broken={back}).hosts[0].reason is Reason.SERVFAIL
    nothing, _ = _gather((MailNames,), {**BASE, (NAME, "MX"): ("0 .",)})
    assert isinstance(nothing[MailNames], Inapplicable)


def test_private_addresses_of_mail_hosts_are_told() -> None:
    found = _one(MailHosts, {**BASE, (f"mx.{NAME}", "A"): ("10.0.0.1",)})
    assert found.hosts[0].foreign == ("10.0.0.1",)


def test_look_alikes_are_asked_for_only_when_wanted() -> None:
    found, _ = _gather((Lookalikes,), BASE)
    assert isinstance(found[Lookalikes], Inapplicable)


def test_look_alikes_that_exist_and_endings_that_answer_everything() -> None:
    base = {
        ("police.com.pk", "NS"): ("ns.police.com.pk.",),
        ("police.com.pk", "MX"): ("10 mx.police.com.pk.",),
        ("po1ice.com.pk", "A"): ("192.0.2.66",),
        ("*.info", "A"): ("192.0.2.99",),
        ("pk", "SOA"): ("a. b. 1 2 3 4 5",),
        ("com", "SOA"): ("a. b. 1 2 3 4 5",),
    }
    found = _one(
        Lookalikes,
        base,
        inventory=("police.gov.pk",),
        settings={"lookalikes": True},
        broken={"police.org"},
    )
    used = {one.name: (one.mail_hosts, one.addresses) for one in found.names}
    assert used["police.com.pk"] == (("10 mx.police.com.pk",), ())
    assert used["po1ice.com.pk"] == ((), ("192.0.2.66",))
    assert found.open_suffixes == ("info",)
    assert found.asked < found.made <= 300


def test_a_receiver_asks_the_same_resolver() -> None:
    zones = Sly(
        {**BASE, (NAME, "TXT"): ('"v=spf1 mx include:dark.example -all"',)}, {"dark.example"}
    )

    async def run(port: int, ip: str) -> tuple[Result, int]:
        plan = Plan(
            checks={},
            gatherers={},
            lists={},
            limits=Limits(),
            network=Network(),
            scope=Scope(frozenset(), frozenset()),
            resolvers=((RESOLVER, port),),
            user_agent="x",
        )
        async with surroundings(plan, SystemClock()) as around:
            client = Client.from_mail(ip=ip, sender=f"a@{NAME}", helo="h.example")
            made = await evaluate(client, NAME, around.resolver)
            return made.result, made.lookups

    with _served(zones) as port:
        assert asyncio.run(run(port, "192.0.2.25")) == (Result.PASS, 1)
        assert asyncio.run(run(port, "192.0.2.26")) == (Result.TEMPERROR, 2)
