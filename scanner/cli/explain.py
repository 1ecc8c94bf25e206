"""``govscan explain``: which facts led to a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from reports.view.control import of_profile
from reports.view.text import MARKS, defused, verdict_words
from scanner.assessment import Assessment
from scanner.cli.options import option, store
from scanner.cli.report import kept_run
from scanner.cli.source import KeptRun
from scanner.control.evaluate import Part
from scanner.control.judgement import ControlVerdict
from scanner.control.profile import (
    All,
    AllOf,
    Any_,
    AnyOf,
    Control,
    Grade,
    Include,
    Not,
    Predicate,
    Profile,
    Rule,
    Test,
)
from scanner.finding import Finding
from scanner.targets import normalised

INDENT = "  "


@click.command("explain", short_help="Show which facts led to a verdict.")
@click.argument("control", metavar="CONTROL")
@click.argument("run", metavar="RUN", default="latest")
@option(
    "--domain",
    metavar="NAME",
    help="Only this domain; every one by default",
    example="--domain agency.example",
)
@store
def explain_command(control: str, run: str, domain: str | None, store: str | None) -> None:
    """Show how the verdict of CONTROL came about, on each domain of RUN.

    CONTROL is a control's id, or PROFILE/CONTROL where several selected profiles have one of that
    id. A control of a profile that the run was not judged by: see govscan rejudge.

    \b
    Examples:
      govscan explain gb-hsts-max-age
      govscan explain bod-18-01/II.1.b.i-https latest --domain agency.example
    """
    kept = kept_run(store, run)
    found = list(_named(control, kept.profiles))
    if not found:
        message = f"no selected profile has a control {control!r} (see: govscan profiles show)"
        raise click.BadParameter(message, param_hint="CONTROL")
    host = normalised(domain) if domain else ""
    shown = 0
    for profile, one in found:
        for line in about(profile, one):
            click.echo(line)
        for each in kept.outcomes():
            if not host or each.host == host:
                shown += 1
                _show(kept, profile, one, each)
    if host and not shown:
        message = f"{host} was not assessed in the run {kept.run.id}"
        raise click.UsageError(message)


def _named(text: str, profiles: Iterable[Profile]) -> Iterator[tuple[Profile, Control]]:
    for profile in profiles:
        for one in profile.controls:
            if text in {one.id, f"{profile.id}/{one.id}"}:
                yield profile, one


def about(profile: Profile, one: Control) -> Iterator[str]:
    """A control in words: whose, how binding, how sure of its text, and its rule."""
    mark = MARKS[one.text_verified or profile.source.text_verified]
    yield f"{profile.id}/{one.id}: {one.title}"
    source = f"{profile.source.document}, {one.ref}" if one.ref else profile.source.document
    yield f"{INDENT}{profile.level_of(one)}, {one.severity}; {source}" + (
        f" ({mark})" if mark else ""
    )
    if one.coverage_note:
        yield f"{INDENT}seen in part: {one.coverage_note}"
    if one.applies_when is not None:
        yield f"{INDENT}applies when {said(one.applies_when)}"
    if one.rule is not None:
        yield from _rule(one.rule, 1)
    if one.manual is not None:
        yield f"{INDENT}a person finds out: {one.manual.question}"


def said(predicate: Predicate) -> str:
    """A predicate in words."""
    match predicate:
        case All(every):
            return " and ".join(map(said, every))
        case Any_(every):
            return "(" + " or ".join(map(said, every)) + ")"
        case Not(inner):
            return f"not {said(inner)}"
        case _:
            return _test(predicate)


def _test(one: Test) -> str:
    right = one.table or (f"parameter {one.parameter}" if one.parameter else "")
    if one.value is not None:
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        right = ", ".join(str(v).lower() if isinstance(v, bool) else str(v) for v in values)
    by = f" by {one.key}" if one.key else ""
    return f"{one.fact} {one.op.replace('_', ' ')} {right}{by}".rstrip()


def _rule(rule: Rule, depth: int) -> Iterator[str]:
    indent = INDENT * depth
    match rule:
        case AllOf(rules):
            yield f"{indent}all of"
            for one in rules:
                yield from _rule(one, depth + 1)
        case AnyOf(rules):
            yield f"{indent}any of"
            for one in rules:
                yield from _rule(one, depth + 1)
        case Grade(one_grade):
            yield (
                f"{indent}{one_grade.check}: every member of {one_grade.fact} is at least "
                f"{one_grade.pass_at} in {one_grade.table}"
            )
        case Include():
            yield f"{indent}the {', '.join(rule.levels)} controls of {rule.profile}"
        case _:
            tests = " and ".join(map(_test, rule.expect)) or "its own outcome"
            subject = f" ({rule.subject})" if rule.subject else ""
            yield f"{indent}{rule.check}{subject}: {tests}"


def _show(kept: KeptRun, profile: Profile, control: Control, each: Assessment) -> None:
    made = of_profile(profile, kept.verdicts(each))
    verdict = next((one for one in made if one.control == control.id), None)
    if verdict is None:
        click.echo(f"\n{each.host}: the control no longer holds on {kept.judging.day}")
        return
    click.echo("")
    for line in lines(profile, verdict, each):
        click.echo(line)


def lines(profile: Profile, one: ControlVerdict, each: Assessment) -> Iterator[str]:
    """Every part of a verdict: where, what the check says, the facts read, the command."""
    extra = f", waived by {one.waived}" if one.waived else ""
    extra += "" if one.binds else f", not in force before {one.effective_from}"
    yield f"{each.host}: {verdict_words(one.verdict, profile)}{extra}"
    if one.hash:
        yield f"{INDENT}hash of this failure: {one.hash}"
    findings = {finding.fingerprint: finding for finding in each.findings}
    for part in one.parts:
        mark = "*" if part in one.deciding else " "
        yield from _part(mark, part, findings.get(part.fingerprint))


def _part(mark: str, part: Part, finding: Finding | None) -> Iterator[str]:
    where = " ".join(filter(None, (part.subject, part.address, part.item)))
    yield defused(f"{INDENT}{mark} {part.verdict}: {part.check} {where}".rstrip())
    if part.reason or part.detail:
        said_why = ": ".join(filter(None, (str(part.reason or ""), part.detail)))
        yield defused(f"{INDENT * 3}{said_why}")
    for fact in part.facts:
        yield defused(f"{INDENT * 3}{fact.text}")
    if part.text:
        yield defused(f"{INDENT * 3}{part.text}")
    if finding is not None and finding.command and mark == "*":
        yield defused(f"{INDENT * 3}$ {finding.command}")
