"""Which versions of which software an answer names, and whether anyone still mends them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum

import msgspec
from msgspec import Struct

from scanner.formats.technology import named
from scanner.formats.version import is_below
from scanner.observation.releases import Cycle, Product, ReleaseCycles
from scanner.observation.technology import SiteSoftware, Technologies

LIST = "release-cycles"
OLDEST_DATA = timedelta(days=400)
RECENT = timedelta(days=180)
LONGEST_VALUE = 2000
MOST_SEEN = 20
# Names as they stand in Server and X-Powered-By, and in generator elements.
PRODUCTS = {
    "apache": "apache-http-server",
    "apache-tomcat": "tomcat",
    "caddy": "caddy",
    "concrete5": "concrete-cms",
    "contao": "contao",
    "drupal": "drupal",
    "haproxy": "haproxy",
    "jetty": "eclipse-jetty",
    "joomla": "joomla",
    "microsoft-iis": "windows-server",
    "moodle": "moodle",
    "nginx": "nginx",
    "openssl": "openssl",
    "php": "php",
    "plone": "plone",
    "python": "python",
    "squid": "squid",
    "typo3": "typo3",
    "umbraco": "umbraco",
    "wordpress": "wordpress",
}
FIELDS = ("Server", "X-Powered-By", "X-Generator")
# IIS says its own version, which stands for one of Windows; 10.0 is of four of them.
WINDOWS = {
    "8.5": "2012-r2",
    "8.0": "2012",
    "7.5": "2008-r2-sp1",
    "7.0": "2008-sp2",
    "6.0": "2003-sp2",
}
# What supported distributions ship under the maker's number, without a mark of theirs (2026-08).
PACKAGED = {
    "nginx": re.compile(r"1\.(?:14\.1|16\.1|18\.0|20\.1|22\.1|24\.0|26\.3)"),
    "php": re.compile(r"7\.2\.24|7\.4\.33|8\.0\.30|8\.[12]\..*"),
    "openssl": re.compile(r"1\.1\.1[kw].*|3\.0\..*"),
    "python": re.compile(r"3\.6\.8|3\.8\.10|3\.9\.(?:2|1\d|2\d)|3\.10\.12"),
    "tomcat": re.compile(r"7\.0\.76"),
    "eclipse-jetty": re.compile(r"9\.4\.(?:39|45|50|5[3-7])\..*"),
}
MARKERS = re.compile(
    r"debian|ubuntu|red ?hat|centos|rocky|almalinux|oracle|suse|amazon|fedora|\.el\d|\+deb\d+u\d",
    re.IGNORECASE,
)
OLDEST_MENDED_WORDPRESS = "4.7"
EXCHANGE_SUBSCRIPTION = 2562  # the first build of 15.2 that is no longer Exchange 2019
_TOKEN = re.compile(
    r"([A-Za-z][A-Za-z0-9_-]*)(?:!|\s+CMS)?(?:[/ ]|\(|\s-\s)v?(\d[\w.+~-]*)", re.ASCII
)
_NUMBER = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
_SHAREPOINT = ((16, 14000, "subscription-edition"), (16, 10000, "2019"), (16, 4000, "2016"))


class Software(Struct, frozen=True):
    """A product and the version that an answer names; ``where`` is the line."""

    product: str
    version: str
    where: str

    @property
    def is_marked(self) -> bool:
        """Whether the line says that a distribution made it, which mends old versions itself."""
        return bool(MARKERS.search(self.where))

    @property
    def is_packaged(self) -> bool:
        """Whether supported distributions ship this very number."""
        known = PACKAGED.get(self.product)
        return bool(known and known.fullmatch(self.version))


class Support(StrEnum):
    """What the data says of a version."""

    SUPPORTED = "supported"
    ENDED = "ended"
    ENDED_UNKNOWN = "ended-on-an-unknown-day"
    UNKNOWN = "unknown"


class Standing(Struct, frozen=True):
    """A version's standing on a day."""

    support: Support
    title: str = ""
    cycle: str = ""
    ended: date | None = None
    is_recent: bool = False
    latest: str = ""


def read_cycles(data: bytes) -> ReleaseCycles:
    """The list; raise ``ValueError`` where it is none."""
    try:
        found = msgspec.json.decode(data, type=_List)
    except msgspec.MsgspecError as error:
        message = f"no list of release cycles: {error}"
        raise ValueError(message) from None
    if found.list != LIST:
        message = f"it is the list {found.list!r}, not {LIST!r}"
        raise ValueError(message)
    date.fromisoformat(found.dated)
    for product in found.products:
        for cycle in product.cycles:
            _day(cycle.eol)
            _day(cycle.extended)
    return ReleaseCycles(found.dated, found.source, found.products)


class _List(Struct):
    list: str
    dated: str
    source: str
    products: tuple[Product, ...]


def seen(fields: Iterable[tuple[str, str]], *generators: str) -> tuple[Software, ...]:
    """What header fields (name, value) and generator elements name, each version once."""
    told = (one for text in generators for one in _in_text(text, f"generator: {text[:200]}"))
    found: dict[tuple[str, str], Software] = {}
    for one in (*_in_fields(fields), *told):
        found.setdefault((one.product, one.version), one)
    return tuple(found.values())[:MOST_SEEN]


def of_site(site: SiteSoftware, known: Technologies) -> tuple[Software, ...]:
    """Every product and version that a site's answers name, its libraries of scripts apart."""
    found = {(one.product, one.version): one for one in seen(site.fields, *site.generators)}
    for one in named(site.marks, known):
        product, version = one.technology.product, one.version
        if one.technology.id == "exchange":
            product, version = "msexchange", exchange(version)
        if product and version:
            where = next((text for text in one.where if one.version in text), one.where[0])
            found.setdefault((product, version), Software(product, version, where))
    return tuple(found.values())[:MOST_SEEN]


def exchange(version: str) -> str:
    """The product by its build (15.2 is of two); empty for one that is not known."""
    numbers = [int(one[:9]) for one in re.findall(r"\d+", version, re.ASCII)[:3]]
    match numbers:
        case [15, 2, build]:
            return "subscription" if build >= EXCHANGE_SUBSCRIPTION else "2019"
        case [15, 1, *_]:
            return "2016"
        case [15, 0, *_]:
            return "2013"
        case [14, *_]:
            return "2010"
        case [8, *_]:
            return "2007"
        case _:
            return ""


def _in_fields(fields: Iterable[tuple[str, str]]) -> Iterator[Software]:
    wanted = {name.lower() for name in FIELDS}
    for name, raw in fields:
        value, lower = raw[:LONGEST_VALUE], name.lower()
        where = f"{name}: {value[:200]}"
        if lower in wanted:
            yield from _in_text(value, where)
        elif lower == "x-jenkins" and _NUMBER.fullmatch(value.strip()):
            yield Software("jenkins", value.strip(), where)
        elif lower == "microsoftsharepointteamservices" and (cycle := _sharepoint(value)):
            yield Software("sharepoint", cycle, where)


def _in_text(text: str, where: str) -> Iterator[Software]:
    for match in _TOKEN.finditer(text[:LONGEST_VALUE]):
        product = PRODUCTS.get(match[1].lower())
        if product == "windows-server":
            if cycle := WINDOWS.get(match[2]):
                yield Software(product, cycle, where)
        elif product:
            yield Software(product, match[2].rstrip(".-+~"), where)


def _sharepoint(value: str) -> str:
    """The product by the build that the header names; its cloud says 16.0.0."""
    numbers = [int(one[:9]) for one in re.findall(r"\d+", value, re.ASCII)[:4]]
    if len(numbers) < 3:  # noqa: PLR2004 - 16.0.4351
        return ""
    main, build = numbers[0], numbers[2]
    old = {12: "2007", 14: "2010", 15: "2013"}.get(main, "")
    return old or next(
        (name for at, least, name in _SHAREPOINT if main == at and build >= least), ""
    )


def standing(one: Software, known: ReleaseCycles, today: date) -> Standing:
    """Whether its maker still mends it on that day, as far as the data goes."""
    product = next((each for each in known.products if each.id == one.product), None)
    cycle = _cycle(one.version, product) if product else None
    if product is None or cycle is None:
        return Standing(Support.UNKNOWN, product.title if product else one.product)
    if one.product == "wordpress":
        return _wordpress(product, cycle)
    if cycle.eol is True:
        return Standing(Support.ENDED_UNKNOWN, product.title, cycle.cycle, latest=cycle.latest)
    ends, extended = _day(cycle.eol), _day(cycle.extended)
    if ends is None or ends > today:
        return Standing(Support.SUPPORTED, product.title, cycle.cycle, latest=cycle.latest)
    is_recent = today - ends < RECENT or (extended is not None and extended > today)
    return Standing(Support.ENDED, product.title, cycle.cycle, ends, is_recent, cycle.latest)


def _wordpress(product: Product, cycle: Cycle) -> Standing:
    """Only the newest branch is supported by its word; back to 4.7 all are mended in fact."""
    mended = not is_below(cycle.cycle, OLDEST_MENDED_WORDPRESS)
    support = Support.SUPPORTED if mended else Support.ENDED
    ended = None if mended else _day(cycle.eol)
    return Standing(support, product.title, cycle.cycle, ended, latest=product.cycles[0].latest)


def _cycle(version: str, product: Product) -> Cycle | None:
    """The longest cycle that is a dotted prefix: 8.1.2 is of 8.1; 10.0 is never of 10.04.

    A version with fewer parts than any cycle (Drupal 9) is of the last of those it begins.
    """
    by_name = {one.cycle: one for one in product.cycles}
    if version in by_name:
        return by_name[version]
    number = _NUMBER.match(version)
    parts = number[0].split(".") if number else []
    for count in range(len(parts), 0, -1):
        if found := by_name.get(".".join(parts[:count])):
            return found
    begun = [one for one in product.cycles if number and one.cycle.startswith(f"{number[0]}.")]
    return max(begun, key=lambda one: str(one.eol) if one.eol else "9999", default=None)


def _day(value: str | bool) -> date | None:  # noqa: FBT001 - the data's own form
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def is_outdated(one: Software, at: Standing) -> bool:
    """Whether the data knows a newer version of the same line."""
    number = _NUMBER.match(one.version)
    full = number is not None and number[0].count(".") >= at.latest.count(".")
    if one.product in {"windows-server", "sharepoint", "msexchange"} or not at.latest or not full:
        return False
    return is_below(one.version, at.latest)
