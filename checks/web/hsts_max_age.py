"""HSTS lasts at least a year."""

from scanner import (
    Effort,
    Judgement,
    Reference,
    Role,
    Severity,
    check,
    failed,
    not_applicable,
    passed,
)
from scanner.formats import hsts
from scanner.observation.web import HttpsAnswer

FIELD = "Strict-Transport-Security"
ONE_YEAR = 31_536_000


def _answer(*fields: str) -> HttpsAnswer:
    return HttpsAnswer.from_text(
        "\n".join(("HTTP/1.1 200 OK", *(f"{FIELD}: {one}" for one in fields)))
    )


@check(
    id="hsts-max-age",
    title="Browsers are told to use HTTPS for at least a year",
    severity=Severity.MEDIUM,
    effort=Effort.MINUTES,
    remediation="Raise max-age to 31536000 (a year) in `Strict-Transport-Security`.",
    snippets={"nginx": 'add_header Strict-Transport-Security "max-age=31536000" always;'},
    references=(Reference("RFC 6797", "6.1.1"), Reference("OMB M-15-13")),
    roles=(Role.WEB,),
    passes={
        "a year": _answer("max-age=31536000"),
        "the first field counts": _answer("max-age=31536000", "max-age=60"),
    },
    fails={"a day": _answer("max-age=86400")},
    others={"not sent": _answer(), "malformed": _answer("max-age=1y")},
)
def hsts_max_age(answer: HttpsAnswer) -> Judgement:
    """A citizen who comes once a year must still be protected on the way."""
    policy = hsts.effective(answer.exchange.first(FIELD))
    if policy is None:
        return not_applicable("Browsers note no HSTS policy: see the row on its presence.")
    evidence = answer.exchange.sent(FIELD)
    seconds = hsts.shown(policy.max_age)
    if seconds < ONE_YEAR:
        return failed(
            "It lasts {seconds} seconds, less than a year.", seconds=seconds, evidence=evidence
        )
    return passed("It lasts {seconds} seconds.", seconds=seconds, evidence=evidence)
