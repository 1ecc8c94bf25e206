"""Asks, with leave only, each live web service of a target for what should not be public."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from scanner.formats.catalogue import Catalogue
from scanner.formats.exposure.reply import Reply
from scanner.formats.technology import in_error_page, of_icon
from scanner.gather.dialer import unobserved
from scanner.gather.exposure.asker import REDIRECTS, SITE_SECONDS, SiteStoppedError
from scanner.gather.exposure.methods import ask_methods
from scanner.gather.exposure.prober import Options, Prober, replaced
from scanner.gather.exposure.runner import not_run, run_templates
from scanner.gather.gatherer import Context, Places, gatherer
from scanner.gather.http.site import visit
from scanner.message import Message
from scanner.observation import (
    Every,
    Inapplicable,
    NotObservedError,
    Observation,
    Observed,
    Place,
    Reason,
    Subject,
    Unobserved,
)
from scanner.observation.exposure import PathProbes, TemplateRun
from scanner.observation.mark import Mark
from scanner.observation.technology import Technologies
from scanner.observation.web import HttpAnswer, HttpExchange, HttpsAnswer
from scanner.template.folder import Library
from scanner.template.functions import base64_py, mmh3

GRACE = 40.0
OK = 200


@gatherer(PathProbes)
async def path_probes(on: Context, secure: Every[HttpsAnswer], plain: Every[HttpAnswer]) -> Places:
    """Each host's services at their first address that answered: https, and http with content."""
    if not on.authorised_by:
        text = "exposed paths are asked for only with --authorised-by"
        raise NotObservedError(Reason.NOT_AUTHORISED, text)
    services = _services(secure, plain)
    twins = _twins(secure, plain, services)
    asked = [one for one in services if one not in twins]
    seen = await asyncio.gather(*(_probe_site(on, place) for place in asked))
    places = {Place(one.subject): what for one, what in zip(asked, seen, strict=True)}
    places |= {Place(one.subject): _same_as(on, own) for one, own in twins.items()}
    told = {one.subject.host for one, what in places.items() if not isinstance(what, Inapplicable)}
    silent = {
        Place(place.subject): what
        for place, what in secure.seen
        if place.subject.host not in told and not isinstance(what, Observed)
    }
    return silent | places


def _same_as(on: Context, own: Place) -> Inapplicable:
    name = own.subject.host
    why = Message("It is the same site as {name}: one address, one start page.", {"name": name})
    return Inapplicable(why, on.clock.now())


def _services(secure: Every[HttpsAnswer], plain: Every[HttpAnswer]) -> list[Place]:
    """Https and http are two sites only where both serve content (exposure.md 11)."""
    found: dict[Subject, Place] = {}
    live = _live(secure)
    for place, _ in live:
        found.setdefault(place.subject, place)
    hosts = {subject.host for subject in found}
    for place, first in _live(plain):
        is_content = first.status < 300  # noqa: PLR2004 - RFC 9110 15.3
        if place.subject.host not in hosts or is_content:
            found.setdefault(place.subject, place)
    return list(found.values())


def _twins(
    secure: Every[HttpsAnswer], plain: Every[HttpAnswer], services: list[Place]
) -> dict[Place, Place]:
    """Names of one address, scheme and start page are one site: asked once, by its first name."""
    pages = {place: _page_of(first) for place, first in (*_live(secure), *_live(plain))}
    first: dict[tuple[str, int | None, str], Place] = {}
    twins: dict[Place, Place] = {}
    for place in services:
        if not (page := pages[place]):
            continue
        own = first.setdefault((place.address or "", place.subject.port, page), place)
        if own is not place:
            twins[place] = own
    return twins


def _page_of(first: HttpExchange) -> str:
    """The hash of a start page; empty where it is none, or says nothing of the site."""
    size = int(first.body.volatile.get("size", 0))
    is_page = first.status == OK and size > 0 and not first.body.truncated
    return str(first.body.volatile.get("sha256", "")) if is_page else ""


def _live(answers: Every[HttpsAnswer] | Every[HttpAnswer]) -> list[tuple[Place, HttpExchange]]:
    return [
        (place, seen.value.exchange) for place, seen in answers.seen if isinstance(seen, Observed)
    ]


async def _probe_site(on: Context, place: Place) -> Observation:
    try:
        async with visit(
            on, place.subject, place.address or "", seconds=SITE_SECONDS + GRACE
        ) as site:
            prober = Prober(site, on.lists[Catalogue], options(on))
            await prober.begin()
            if where := _leads_away(prober):
                return Inapplicable(where, on.clock.now())
            made = await _finished(prober, on.lists.get(Library))
            made = replaced(made, marks=_marks(prober, on.lists.get(Technologies)))
            return on.observed(made, on.dialer.peer(place.subject, place.address or ""))
    except SiteStoppedError as error:
        return Unobserved(error.reason, error.detail, on.clock.now(), reached=True)
    except TimeoutError:
        text = f"the site was not done within {SITE_SECONDS:.0f} seconds"
        return Unobserved(Reason.BUDGET_EXHAUSTED, text, on.clock.now(), reached=True)
    except (NotObservedError, OSError) as error:
        known = unobserved(error)
        return Unobserved(known.reason, known.detail, on.clock.now(), known.reached)


def _marks(prober: Prober, known: Technologies | None) -> tuple[Mark, ...]:
    """The software named by the answer to an invented path, and by the icon if it was fetched."""
    if known is None:
        return ()
    found = in_error_page(prober.calibration.data, known)
    icon = prober.asker.icon
    return (*found, *of_icon(mmh3(base64_py(icon)), known)) if icon else found


async def _finished(prober: Prober, library: Library | None) -> PathProbes:
    """Everything that could be asked; why it ended early stands in the result."""
    stop: SiteStoppedError | None = None
    run: TemplateRun | None = None
    try:
        await prober.run()
        await ask_methods(prober)
        run = await run_templates(prober, library) if library else None
    except SiteStoppedError as error:
        stop = error
        run = not_run(library) if library else None
    return replaced(prober.result(stop), templates=run)


def options(on: Context) -> Options:
    """What the operator chose, as the settings of the run say it."""
    checks = on.settings.get("checks")
    return Options(
        plan=on.settings.get("exposure_plan", "standard"),
        checks=frozenset(checks) if checks else None,
        allow_heap_dump=bool(on.settings.get("allow_heap_dump")),
        is_public_api="public-api" in on.target.tags,
        respects_robots=bool(on.settings.get("respect_robots")),
    )


def _leads_away(prober: Prober) -> Message | None:
    """A name that sends every path to the same path elsewhere has nothing of its own to expose.

    A redirect to a login is not that: a file beside it may still lie open.
    """
    home, other = (_elsewhere(one) for one in (prober.home, prober.calibration))
    if not home[0] or home[0] != other[0] or home[0] == prober.asker.site.base:
        return None
    if home[1] not in {"", "/"} or other[1] != prober.asker.calibration_path:
        return None
    return Message("The service sends every path to {origin}.", {"origin": home[0][:200]})


def _elsewhere(reply: Reply) -> tuple[str, str]:
    """Origin and path to which an answer redirects, empty for none."""
    if reply.status not in REDIRECTS:
        return "", ""
    try:
        parts = urlsplit(reply.fields.get("location", ""))
    except ValueError:
        return "", ""
    if not parts.scheme or not parts.netloc:
        return "", ""
    return f"{parts.scheme}://{parts.netloc}", parts.path
