"""Can a stranger send: every example of the specification, and each row by itself."""

from __future__ import annotations

import pytest

from scanner.formats import spoofing
from scanner.formats.claim import is_claimable
from scanner.formats.mail_examples import (
    BIG,
    MAIL,
    NAME,
    NO_MX,
    NULL_MX,
    SITE_ALONE,
    SMALL,
    UNANSWERED,
    dkim,
    dmarc,
    included,
    spf,
)
from scanner.formats.mail_role import sends
from scanner.formats.publish import record, steps
from scanner.formats.spoofing import Answers, Can
from scanner.observation import Reason, Unobserved
from scanner.observation.dns import Presence
from scanner.observation.mail import (
    DeadName,
    DkimRecords,
    DmarcRecords,
    MailHosts,
    PolicyRecord,
    Relative,
    Relatives,
    SpfHost,
    SpfLookup,
    SpfRecords,
)

REJECT = "v=DMARC1; p=reject"
CLOSED, OPEN = spf("v=spf1 mx -all"), spf("v=spf1 +all")
DARK = Unobserved(Reason.SERVFAIL, "no answer")
LAPSED = DeadName("spf.lapsed-agency.com", "lapsed-agency.com", is_registered=False)
NEWS = f"news.{NAME}"
SILENT = included("x.test", reason=Reason.TIMEOUT)
THERE = SpfHost("a.test", "A", (), ("192.0.2.9",), presence=Presence.PRESENT)
LAX = "v=DMARC1; p=reject; pct=50"
HOSTED = DeadName("x.github.io", "github.io", is_registered=True)


def _judge(
    found: SpfRecords | Unobserved = CLOSED,
    policies: DmarcRecords | Unobserved | str = REJECT,
    keys: DkimRecords | None = None,
    *names: Relative,
) -> Answers:
    made = dmarc(policies) if isinstance(policies, str) else policies
    return spoofing.judge(NAME, found, made, keys, Relatives(names))


def _news(text: str, policy: str = REJECT, *, own: str = "") -> Relative:
    steps_ = (PolicyRecord(NEWS, (own,) if own else ()), PolicyRecord(NAME, (policy,)))
    texts = (text,) if text else ()
    return Relative(NEWS, SpfRecords((SpfLookup(NEWS, texts),)), DmarcRecords(steps_))


def _dead(text: str, dead: DeadName = LAPSED) -> SpfRecords:
    return spf(text, below=(SpfLookup(dead.name, (), Presence.NXDOMAIN),), dead=(dead,))


@pytest.mark.parametrize(
    ("answers", "can"),
    [
        pytest.param(_judge(policies=dmarc()), "yes", id="no DMARC, -all"),
        pytest.param(_judge(OPEN), "yes", id="p=reject, +all"),
        pytest.param(
            _judge(_dead("v=spf1 include:spf.lapsed-agency.com -all")), "yes", id="a lapsed include"
        ),
        pytest.param(
            _judge(CLOSED, REJECT, None, _news("v=spf1 +all")), "yes", id="a sister, relaxed"
        ),
        pytest.param(
            _judge(CLOSED, f"{REJECT}; aspf=s", None, _news("v=spf1 +all", f"{REJECT}; aspf=s")),
            "partly",
            id="a sister, strict",
        ),
        pytest.param(_judge(OPEN, DARK), "yes", id="DMARC SERVFAIL, +all"),
        pytest.param(_judge(CLOSED, DARK), "unknown", id="DMARC SERVFAIL, -all"),
        pytest.param(_judge(CLOSED, UNANSWERED), "unknown", id="a step SERVFAIL, -all"),
        pytest.param(_judge(CLOSED, REJECT, dkim(f"p={SMALL}")), "partly", id="a key of 512 bits"),
        pytest.param(_judge(CLOSED, REJECT, dkim(f"p={BIG}")), "no", id="a key of 2048 bits"),
        pytest.param(_judge(spf("v=spf1 ip4:10.0.0.0/8 -all")), "no", id="private addresses"),
        pytest.param(_judge(spf("v=spf1 ip4:8.0.0.0/7 -all")), "yes", id="a /7"),
        pytest.param(_judge(spf("v=spf1 ip6:2a00::/12 -all")), "yes", id="an IPv6 /12"),
        pytest.param(_judge(CLOSED, f"{REJECT}; sp=none"), "partly", id="sp=none"),
        pytest.param(_judge(CLOSED, "v=DMARC1; p=quarantine; np=reject"), "partly", id="junk"),
        pytest.param(
            _judge(CLOSED, "v=DMARC1; p=quarantine; sp=none"), "partly", id="quarantine, sp=none"
        ),
        pytest.param(
            _judge(policies=dmarc(parent=("v=DMARC1; p=none; sp=reject",))), "no", id="inherited"
        ),
        pytest.param(_judge(CLOSED, f"{REJECT}; t=y"), "partly", id="t=y"),
        pytest.param(_judge(CLOSED, f"{REJECT}; pct=50"), "partly", id="pct=50"),
        pytest.param(_judge(DARK), "unknown", id="SPF SERVFAIL"),
        pytest.param(_judge(DARK, "v=DMARC1; p=quarantine"), "unknown", id="SPF and quarantine"),
        pytest.param(
            _judge(spf("v=spf1 include:x.test -all", below=(SILENT,))),
            "unknown",
            id="an include not answered",
        ),
        pytest.param(_judge(spf()), "no", id="p=reject, no SPF, no MX"),
        pytest.param(_judge(CLOSED, "v=DMARC1; p=none"), "yes", id="p=none"),
        pytest.param(
            _judge(Unobserved(Reason.NO_SUCH_NAME), dmarc(parent=(REJECT,), exists=False)),
            "no",
            id="a name that does not exist",
        ),
        pytest.param(
            _judge(CLOSED, REJECT, DkimRecords(Presence.NODATA, dead=(LAPSED,))),
            "yes",
            id="a selector that anyone can take",
        ),
        pytest.param(
            _judge(CLOSED, REJECT, None, Relative(NEWS, reason=Reason.TIMEOUT)),
            "unknown",
            id="a sister not seen",
        ),
        pytest.param(
            _judge(CLOSED, REJECT, None, Relative(NEWS, dead=(LAPSED,))),
            "yes",
            id="a sister that leads to a lapsed name",
        ),
        pytest.param(
            _judge(CLOSED, REJECT, None, Relative(NEWS, dead=(HOSTED,))),
            "no",
            id="a sister claimable at a hosting service only",
        ),
        pytest.param(
            _judge(CLOSED, REJECT, None, _news("v=spf1 -all", own="v=DMARC1; p=none")),
            "partly",
            id="a name below with a weaker record of its own",
        ),
        pytest.param(
            _judge(CLOSED, REJECT, None, _news("v=spf1 +all", own=f"{REJECT}; psd=n")),
            "partly",
            id="a name below that is an organisation of its own",
        ),
    ],
)
def test_the_answer(answers: Answers, can: str) -> None:
    assert answers.overall.can == can, answers.overall.why.text
    assert answers.overall.why.text
    assert bool(answers.overall.reason) is (can == "unknown")


GONE_ZONE = Relative(NAME, zone=(LAPSED,))
GONE_BELOW = Relative(NEWS, reason=Reason.SERVFAIL, zone=(LAPSED,))
GONE_POLICY = DmarcRecords(
    (PolicyRecord(NAME, dead=LAPSED), PolicyRecord("example", (REJECT,))), has_wildcard=False
)


@pytest.mark.parametrize(
    ("answers", "can"),
    [
        pytest.param(_judge(CLOSED, REJECT, None, GONE_ZONE), "yes", id="its own zone"),
        pytest.param(
            _judge(CLOSED, f"{REJECT}; aspf=s; adkim=s", None, GONE_ZONE),
            "yes",
            id="its own zone, strict",
        ),
        pytest.param(
            _judge(CLOSED, f"{REJECT}; aspf=s; adkim=s", None, Relative("example", zone=(LAPSED,))),
            "yes",
            id="the zone above",
        ),
        pytest.param(_judge(CLOSED, REJECT, None, GONE_BELOW), "yes", id="a zone below"),
        pytest.param(
            _judge(CLOSED, f"{REJECT}; aspf=s", None, GONE_BELOW),
            "yes",
            id="a zone below, where he publishes a DKIM key",
        ),
        pytest.param(
            _judge(CLOSED, f"{REJECT}; aspf=s; adkim=s", None, GONE_BELOW),
            "partly",
            id="a zone below, strict",
        ),
        pytest.param(_judge(CLOSED, GONE_POLICY), "yes", id="the policy's alias"),
        pytest.param(
            _judge(spf("v=spf1 exists:a.test -all", hosts=(THERE,))), "yes", id="exists, always"
        ),
    ],
)
def test_what_a_stranger_can_take(answers: Answers, can: str) -> None:
    assert answers.overall.can == can, answers.overall.why.text


def test_the_name_itself_is_an_alias_of_a_free_name() -> None:
    gone = SpfLookup(NAME, (), Presence.NXDOMAIN)
    dead = DeadName("x.lapsed-agency.com", "lapsed-agency.com", is_registered=False, via=NAME)
    made = _judge(SpfRecords((gone,), dead=(dead,)))
    assert made.overall.can is Can.YES
    assert made.overall.why.text.startswith(f"{NAME} leads to x.lapsed-agency.com")


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("v=spf1 include:spf.lapsed-agency.com -all", "yes"),
        ("v=spf1 ?include:spf.lapsed-agency.com -all", "no"),
        ("v=spf1 -include:spf.lapsed-agency.com -all", "no"),
        ("v=spf1 -all include:spf.lapsed-agency.com", "no"),
        ("v=spf1 include:gone.test include:spf.lapsed-agency.com -all", "no"),
        ("v=spf1 exists:%{i}.a.test include:spf.lapsed-agency.com -all", "yes"),
        ("v=spf1 a:spf.lapsed-agency.com -all", "yes"),
        ("v=spf1 mx:there.test -all", "yes"),
        ("v=spf1 mx:unseen.test -all", "yes"),
        ("v=spf1 ptr a:silent.test include:spf.lapsed-agency.com -all", "yes"),
    ],
)
def test_a_lapsed_name_counts_where_it_passes(text: str, can: str) -> None:
    hosts = (
        SpfHost(LAPSED.name, "A", presence=Presence.NXDOMAIN),
        SpfHost("there.test", "MX", (LAPSED.name,), presence=Presence.PRESENT),
        SpfHost("silent.test", "A", reason=Reason.TIMEOUT),
    )
    below = (
        SpfLookup(LAPSED.name, (), Presence.NXDOMAIN),
        SpfLookup("gone.test", (), Presence.NXDOMAIN),
    )
    assert _judge(spf(text, below=below, hosts=hosts, dead=(LAPSED,))).domain.can == can


@pytest.mark.parametrize(
    ("text", "can"),
    [
        ("v=spf1 include:gone.test +all", "no"),
        ("v=spf1 include:gone.test ip4:0.0.0.0/0 -all", "no"),
        ("v=spf1 include:gone.test a/0 -all", "no"),
        ("v=spf1 ip4:0.0.0.0/0 include:gone.test -all", "yes"),
        ("v=spf1 -ip4:0.0.0.0/0 +all", "yes"),  # by IPv6
        ("v=spf1 mx/0 -all", "yes"),
        ("v=spf1 include:unseen.test +all", "yes"),
        (f"v=spf1 {' '.join(f'a:h{n}.test' for n in range(11))} +all", "no"),
    ],
)
def test_an_open_term_counts_where_receivers_reach_it(text: str, can: str) -> None:
    hosts = (
        SpfHost(NAME, "A", (), ("9.9.9.9",), presence=Presence.PRESENT),
        SpfHost(NAME, "MX", ("mx.test",), ("9.9.9.9",), presence=Presence.PRESENT),
        *(SpfHost(f"h{n}.test", "A", (), ("9.9.9.9",), ("2620:fe::9",)) for n in range(11)),
    )
    below = (SpfLookup("gone.test", (), Presence.NXDOMAIN),)
    assert _judge(spf(text, below=below, hosts=hosts)).domain.can == can


def test_what_the_policy_for_names_below_says_governs_them() -> None:
    """The organisation's record, not the domain's own: its pct, its strictness."""
    rows = (PolicyRecord(NAME, (f"{REJECT}; pct=100; aspf=s",)), PolicyRecord("example", (LAX,)))
    made = _judge(OPEN, DmarcRecords(rows, has_wildcard=False))
    assert made.subdomain.can is Can.YES
    made = _judge(CLOSED, DmarcRecords(rows, has_wildcard=False))
    assert (made.domain.can, made.subdomain.can) == ("no", "partly")


def test_names_below_are_unknown_where_spf_was_not_seen() -> None:
    assert _judge(DARK).subdomain.can is Can.UNKNOWN
    assert _judge(DARK, f"{REJECT}; aspf=s").subdomain.can is Can.NO


def test_the_three_ways_to_write_the_sender() -> None:
    made = _judge(CLOSED, "v=DMARC1; p=reject; sp=quarantine; np=none")
    assert (made.domain.can, made.subdomain.can, made.nonexistent.can) == ("no", "partly", "yes")
    assert made.overall.can is Can.PARTLY
    assert f"as @nonexistent.{NAME}" in made.overall.why.text


def test_with_a_wildcard_no_name_is_non_existent() -> None:
    text = "v=DMARC1; p=reject; sp=reject; np=none"
    assert _judge(CLOSED, dmarc(text, wildcard=True)).nonexistent.can is Can.NO
    assert _judge(CLOSED, dmarc(text, wildcard=None)).nonexistent.can is Can.YES
    assert _judge(CLOSED, dmarc(REJECT, wildcard=None)).nonexistent.can is Can.NO


def test_what_lies_above_was_not_answered() -> None:
    rows = (PolicyRecord(NAME, (REJECT,)), PolicyRecord("example", reason=Reason.TIMEOUT))
    made = _judge(CLOSED, DmarcRecords(rows, has_wildcard=False))
    assert made.domain.can is Can.NO
    assert made.subdomain.can is Can.UNKNOWN
    assert made.overall.can is Can.UNKNOWN


def test_the_own_opening_serves_for_names_below_in_relaxed_mode() -> None:
    assert _judge(OPEN).subdomain.can is Can.YES
    assert _judge(OPEN, f"{REJECT}; aspf=s").subdomain.can is Can.NO
    taken = DkimRecords(Presence.NODATA, dead=(LAPSED,))
    assert _judge(CLOSED, REJECT, taken).subdomain.can is Can.YES
    assert _judge(CLOSED, f"{REJECT}; adkim=s", taken).subdomain.can is Can.NO
    small = dkim(f"p={SMALL}")
    assert _judge(CLOSED, REJECT, small).subdomain.can is Can.PARTLY
    assert _judge(CLOSED, f"{REJECT}; adkim=s", small).subdomain.can is Can.NO


def test_a_wildcard_with_an_open_record() -> None:
    found = SpfRecords((SpfLookup("x.y", ("v=spf1 +all",)),))
    wild = Relative(f"*.{NAME}", found, is_wildcard=True)
    assert _judge(CLOSED, REJECT, None, wild).overall.can is Can.YES
    assert _judge(CLOSED, f"{REJECT}; aspf=s", None, wild).overall.can is Can.PARTLY
    assert _judge(CLOSED, dmarc(), None, wild).overall.can is Can.YES


def test_a_sister_of_another_organisation_does_not_count() -> None:
    other = Relative(
        "other.example",
        SpfRecords((SpfLookup("other.example", ("v=spf1 +all",)),)),
        DmarcRecords((PolicyRecord("other.example", (REJECT,)),)),
    )
    assert _judge(CLOSED, REJECT, None, other).overall.can is Can.NO


@pytest.mark.parametrize(
    ("dead", "claimable"),
    [
        (LAPSED, True),
        (DeadName("a.lapsed.com.pk", "lapsed.com.pk", is_registered=False), True),
        (DeadName("a.lapsed.com", "lapsed.com", is_registered=True), False),
        (DeadName("a.lapsed.com", "lapsed.com"), False),
        (DeadName("a.agency.gov.pk", "agency.gov.pk", is_registered=False), False),
        (DeadName("a.agency.gov", "agency.gov", is_registered=False), False),
        (DeadName("a.b.test", "b.test", is_registered=False), False),
        (DeadName("a.b.con", "b.con", is_registered=False), False),
        (DeadName("a"), False),
    ],
)
def test_what_a_stranger_could_register(dead: DeadName, claimable: bool) -> None:
    assert is_claimable(dead) is claimable


@pytest.mark.parametrize(
    ("mail", "found", "keys", "inventory", "says"),
    [
        (MAIL, CLOSED, None, "false", False),
        (MAIL, spf("v=spf1 -all"), None, "true", True),
        (MAIL, None, None, "", None),
        (MAIL, spf("v=spf1 -all"), None, "", False),
        (None, CLOSED, None, "", True),
        (None, spf(), None, "", None),
        (MAIL, spf("v=spf1 ~all"), None, "", True),
        (NO_MX, spf(), dkim(f"p={BIG}"), "", True),
        (NO_MX, spf(), DkimRecords(None, reason=Reason.TIMEOUT), "", None),
        (NULL_MX, spf("v=spf1 ~all"), DkimRecords(Presence.NXDOMAIN), "", False),
        (SITE_ALONE, spf(), None, "", None),
    ],
)
def test_who_sends(mail: object, found: object, keys: object, inventory: str, says: object) -> None:
    assert sends(mail, found, keys, inventory=inventory) is says  # type: ignore[arg-type]


def _steps(
    found: SpfRecords | None,
    policy: DmarcRecords | None,
    *,
    mail: MailHosts = MAIL,
    sending: bool = True,
) -> str:
    return "\n".join(steps(NAME, mail, found, policy, sends=sending))


def test_a_parked_domain_can_do_all_of_it_today() -> None:
    said = _steps(spf(), dmarc(), mail=SITE_ALONE, sending=False)
    assert f'Step 1: publish {NAME}. IN TXT "v=spf1 -all"' in said
    assert f"{NAME}. IN MX 0 ." in said
    assert "p=reject; sp=reject; np=reject" in said
    assert _steps(spf("v=spf1 -all"), dmarc(REJECT), mail=NULL_MX, sending=False) == ""


def test_a_sending_domain_goes_step_by_step() -> None:
    said = _steps(OPEN, dmarc())
    parts = ('"v=spf1 -all"', "p=none", "sign all", "p=quarantine", "p=reject")
    order = [said.index(one) for one in parts]
    assert order == sorted(order)
    watching = dmarc("v=DMARC1; p=none; rua=mailto:r@x.example")
    assert "p=none" not in _steps(CLOSED, watching)
    assert "rua=mailto:r@x.example" in _steps(CLOSED, watching)
    assert "sp=reject" in _steps(CLOSED, dmarc(f"{REJECT}; sp=none"))
    assert "p=reject" in _steps(CLOSED, dmarc(f"{REJECT}; t=y"))
    assert _steps(CLOSED, dmarc(REJECT)) == ""
    assert "v=spf1 mx -all" in _steps(None, None)
    assert "v=spf1 mx -all" in _steps(spf("v=spf1 al"), None)


def test_what_is_open_is_closed_first() -> None:
    said = _steps(_dead("v=spf1 include:spf.lapsed-agency.com ~all"), dmarc(REJECT))
    assert said == f'Step 1: publish {NAME}. IN TXT "v=spf1 -all"'
    assert "which redirect names" in _steps(
        spf("v=spf1 redirect=x.test", below=(included("x.test", "v=spf1 a ~all"),)), dmarc(REJECT)
    )
    registered = DeadName("a.b.com", "b.com", is_registered=True)
    assert '"v=spf1 mx -all"' in _steps(
        _dead("v=spf1 mx include:a.b.com -all", registered), dmarc(REJECT)
    )
    assert '"v=spf1 redirect=x.test"' in _steps(
        spf(
            "v=spf1 a:a.b.com redirect=x.test",
            below=(included("x.test", "v=spf1 -all"),),
            dead=(registered,),
        ),
        dmarc(REJECT),
    )
    hosted = spf("v=spf1 a:h.test -all", hosts=(SpfHost("h.test", "A"),))
    assert _steps(hosted, dmarc(REJECT)) == ""


def test_long_records_are_cut_into_strings() -> None:
    assert record("a.example", "x" * 300) == f'a.example. IN TXT "{"x" * 255}" "{"x" * 45}"'
