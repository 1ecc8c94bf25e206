"""Who the practice government is: a dozen agencies, and the truth about each."""

from __future__ import annotations

from enum import Flag, auto
from typing import NamedTuple

from scanner.demo.post import Encryption


class Fault(Flag):
    """What is wrong at an agency."""

    NONE = 0
    EXPIRED = auto()
    SELF_SIGNED = auto()
    WRONG_NAME = auto()
    NO_CHAIN = auto()
    OLD_TLS = auto()
    NO_HSTS = auto()
    SHORT_HSTS = auto()
    PLAIN_CONTENT = auto()
    NO_HEADERS = auto()
    OPEN_GIT = auto()
    OPEN_ENV = auto()
    LOOP = auto()
    BAD_COOKIES = auto()
    MIXED_CONTENT = auto()
    CATCH_ALL = auto()
    DANGLING = auto()
    TARPIT = auto()
    DOWN = auto()
    NO_SPF = auto()
    OPEN_SPF = auto()
    NO_DMARC = auto()
    WEAK_DMARC = auto()
    NO_MAIL = auto()
    NO_CAA = auto()
    ONE_SERVER = auto()
    OPEN_RESOLVER = auto()
    LAME = auto()
    BAD_STS = auto()
    GONE = auto()
    UNSIGNED = auto()
    BOGUS = auto()
    ANY_ORIGIN = auto()
    DEBUG = auto()
    WEAK_PAGE = auto()


class Agency(NamedTuple):
    """An agency: its name, group, domain, faults, and how its mail server treats STARTTLS."""

    name: str
    group: str
    domain: str
    faults: Fault = Fault.NONE
    mail: Encryption = Encryption.WORKS


F = Fault
CANARY = "practice-canary-9c41-not-a-secret"
AGENCIES = (
    Agency("Office of Practice Standards", "Cabinet", "standards.example"),
    Agency(
        "Practice Provincial Police",
        "Ministry of the Interior",
        "police.example",
        F.NO_DMARC | F.OPEN_SPF | F.SHORT_HSTS,
    ),
    Agency(
        "Practice Revenue Office",
        "Ministry of Finance",
        "revenue.example",
        F.EXPIRED | F.WEAK_DMARC,
    ),
    Agency(
        "Practice Health Directorate",
        "Ministry of Health",
        "health.example",
        F.OLD_TLS | F.NO_HEADERS,
        Encryption.MISSING,
    ),
    Agency(
        "Practice Education Board",
        "Ministry of Education",
        "education.example",
        F.NO_HSTS | F.PLAIN_CONTENT | F.MIXED_CONTENT | F.NO_CAA,
    ),
    Agency(
        "Practice Land Registry",
        "Ministry of the Interior",
        "land.example",
        F.OPEN_GIT | F.OPEN_ENV | F.NO_SPF | F.DEBUG,
    ),
    Agency(
        "Practice Transport Authority",
        "Ministry of Works",
        "transport.example",
        F.DANGLING | F.ANY_ORIGIN | F.WEAK_PAGE,
    ),
    Agency("Practice National Archives", "Cabinet", "archives.example", F.TARPIT | F.UNSIGNED),
    Agency("محکمہ مشق موسمیات", "Ministry of Works", "weather.example", F.DOWN | F.NO_MAIL),
    Agency(
        "Practice Courts Service",
        "Ministry of Justice",
        "courts.example",
        F.SELF_SIGNED | F.LOOP | F.LAME,
    ),
    Agency(
        "Practice Post Office",
        "Ministry of Works",
        "post.example",
        F.BAD_STS | F.NO_CHAIN,
        Encryption.BROKEN,
    ),
    Agency(
        "Practice Election Commission",
        "Independent",
        "elections.example",
        F.BAD_COOKIES | F.WRONG_NAME | F.OPEN_RESOLVER | F.CATCH_ALL,
    ),
    Agency(
        "Practice Customs Service",
        "Ministry of Finance",
        "customs.example",
        F.BOGUS | F.DOWN | F.NO_MAIL,
    ),
    Agency("Practice Tourism Board", "Ministry of Works", "tourism.example", F.GONE),
)


def inventory() -> str:
    """The target file of the practice government."""
    lines = ["# The practice government: every name is fictitious.", ""]
    for agency in AGENCIES:
        lines += [f"[{agency.name}]", f"group = {agency.group}", agency.domain, ""]
    return "\n".join(lines)
