"""What the operator's own templates found."""

import shlex
from collections.abc import Iterator

from scanner import (
    Confidence,
    Effort,
    Judgement,
    Reason,
    Reference,
    Severity,
    check,
    failed,
    inconclusive,
    informational,
    not_applicable,
    passed,
)
from scanner.observation.exposure import PathProbes, ProbeResult, TemplateHit, TemplateRun

ID = "template-finding"


def _run(*hits: TemplateHit, not_run: int = 0) -> PathProbes:
    run = TemplateRun(3, 1, {"flow": 1}, hits, not_run)
    return PathProbes((), base="https://www.agency.example", templates=run)


def _hit(result: ProbeResult, severity: str = "high", merged: str = "") -> TemplateHit:
    return TemplateHit(
        "open-panel", "login", "Open panel", "/panel", severity, result,
        values=("abcd…",), remedy="Close it.", merged=merged, reason=Reason.TIMEOUT,
    )  # fmt: skip


@check(
    id=ID,
    title="The operator's templates find nothing",
    severity=Severity.HIGH,
    mildest=Severity.INFO,
    effort=Effort.HOURS,
    remediation="What the template says; look by hand first: a template's word is no proof.",
    references=(Reference("CWE-200"),),
    passes={
        "none matched": _run(),
        "everywhere the same": _run(_hit(ProbeResult.CATCH_ALL)),
    },
    fails={"a confirmed match": _run(_hit(ProbeResult.PROVED))},
    others={
        "no templates": PathProbes(()),
        "a match that was not confirmed": _run(_hit(ProbeResult.UNKNOWN)),
        "not all could be run": _run(not_run=2),
        "the catalogue proved the same": _run(_hit(ProbeResult.PROVED, merged="dotenv"), not_run=1),
    },
)
def template_finding(probes: PathProbes) -> tuple[Judgement, ...]:
    """A template matches words; what it says is a hint until somebody looked."""
    run = probes.templates
    if run is None:
        return (not_applicable("No templates were given (--templates)."),)
    failures = tuple(_failed(probes, one) for one in run.hits if _is_ours(one))
    return failures or (*_merged(run), _settled(run))


def _is_ours(one: TemplateHit) -> bool:
    return one.result is ProbeResult.PROVED and not one.merged


def _failed(probes: PathProbes, one: TemplateHit) -> Judgement:
    return failed(
        "The template {template} ({name}) matches at {path}.",
        template=one.template,
        name=one.name,
        path=one.path,
        item=f"{one.template} {one.matcher}".strip(),
        severity=Severity(one.severity),
        confidence=Confidence(one.confidence),
        evidence=(*(f"value {text}" for text in one.values), *one.controls, one.remedy),
        command=f"curl -sk {shlex.quote(probes.base + one.path)} | head -c 400",
    )


def _merged(run: TemplateRun) -> Iterator[Judgement]:
    for one in run.hits:
        if one.merged:
            yield informational(
                "The template {template} matches what the catalogue proves at {path} ({entry}).",
                template=one.template,
                path=one.path,
                entry=one.merged,
                item=f"{one.template} {one.matcher}".strip(),
            )


def _settled(run: TemplateRun) -> Judgement:
    counts = f"{run.run} run, {run.set_aside} set aside, {sum(run.refused.values())} refused"
    unknown = [one for one in run.hits if one.result is ProbeResult.UNKNOWN]
    if unknown or run.not_run:
        return inconclusive(
            (unknown[0].reason if unknown else None) or Reason.BUDGET_EXHAUSTED,
            "{unconfirmed} matches could not be confirmed, {n} templates not be run.",
            unconfirmed=len(unknown),
            n=run.not_run,
            evidence=(counts,),
        )
    return passed("None of {n} templates matches.", n=run.run, evidence=(counts,))
