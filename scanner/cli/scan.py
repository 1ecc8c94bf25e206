"""``govscan scan``: the main job."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import click

from reports import html
from scanner import config, lists, registry
from scanner.cli import judging as judged_by
from scanner.cli import plan as planning
from scanner.cli.lifecycle import Job, NoResolverError, carry_out
from scanner.cli.log import log_requests, set_up
from scanner.cli.options import data_folder
from scanner.cli.progress import reporter
from scanner.cli.scan_options import scan_options
from scanner.cli.source import KeptRun, memory
from scanner.cli.stores import store_url
from scanner.cli.summary import summary
from scanner.clock import SystemClock
from scanner.control.gate import Exit
from scanner.control.judging import Bench, Judging
from scanner.gather.dns.resolver import system_servers
from scanner.run import Run, RunStatus
from scanner.store import LockedError, NoSuchRunError, Store, locked
from scanner.targets import Inventory

LOG = logging.getLogger(__name__)
Show: TypeAlias = Callable[[KeptRun, Mapping[str, Any], Exit], int]
PRESENTATION = frozenset(
    {"output", "quiet", "log_json", "resume", "store", "data_dir", "accept_waivers"}
)


@click.command("scan", short_help="Scan the domains of a target file and keep what was seen.")
@scan_options
@click.pass_context
def scan_command(context: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - click's
    """Scan TARGETS: files, - for standard input, or domains.

    A target file has one domain a line under [Agency name] headings, or is a CSV file with the
    columns domain,agency,group,tags, or the public list of .gov domains. An agency's domain and
    its www are one site. See: govscan init

    \b
    Examples:
      govscan scan targets.txt --output report
      govscan scan agency.example --family mail
      govscan scan targets.txt --authorised-by 'Letter 12/2026' --contact mailto:a@b.example
      govscan scan --resume latest --output report

    \b
    Exit codes:
      0  nothing that is required fails, and all of it was determined
      1  something fails that --fail-on asks for
      2  wrong usage or input; nothing was scanned
      3  nothing fails, but something required could not be determined
      4  only what a waiver covers fails; 0 with --accept-waivers
      5  the run broke, a check failed by a bug, or no resolver answers
      6  another scan of the same audit is running
      130, 143  interrupted; go on with --resume
    """
    set_up(as_json=options["log_json"], is_quiet=options["quiet"])
    registry.refuse_foreign_packages()
    context.exit(run_scan(options))


def run_scan(options: Mapping[str, Any], show: Show | None = None) -> int:
    """Carry a scan out, show it, and give the exit code."""
    if options["log_requests"]:
        log_requests(Path(options["output"]) if options["output"] else None)
    found = registry.load()
    store = Store(store_url(options["store"]))
    try:
        given, run, inventory = (
            _resumed(store, options, found) if options["resume"] else _new(store, options, found)
        )
        lock = locked(
            data_folder() / "locks",
            store=str(store.url),
            lineage=run.lineage,
            now=SystemClock().now(),
        )
        with lock:
            kept, code = _carry_out(store, given, run, inventory, found)
            return (show or _show)(kept, given, code)
    except LockedError as error:
        click.echo(f"Error: {error}", err=True)
        return Exit.LOCKED
    except NoResolverError as error:
        click.echo(f"Error: {error}; nothing was scanned (see: govscan doctor)", err=True)
        return Exit.BROKEN
    except NoSuchRunError as error:
        raise click.UsageError(str(error)) from None
    finally:
        store.close()


def _new(
    store: Store, options: Mapping[str, Any], found: registry.Registry
) -> tuple[Mapping[str, Any], Run, Inventory]:
    if not options["targets"]:
        raise click.UsageError(
            "say what to scan: a target file, a domain, or - (see: govscan init)"
        )
    inventory = planning.read_inventory(options["targets"], options["subdomains"])
    if not inventory.targets:
        raise click.UsageError("the inventory names no domain")
    checks, deselected = planning.choose(found.checks, options)
    servers = [config.endpoint(one) for one in options["resolver"]] or system_servers()
    clock = SystemClock()
    now = clock.now()
    lineage = options["audit"] or _lineage(options["targets"])
    judging = _judging(store, options, found, now.date())
    judged_by.gates(options, judging.profiles)
    run = Run(
        id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        lineage=lineage,
        sequence=0,
        began=now,
        status=RunStatus.RUNNING,
        tool_version=planning.tool_version(),
        rule_set=_rule_set(found),
        checks=tuple(checks),
        deselected=deselected,
        options=_stored(options),
        vantage=planning.vantage(servers),
        authorised_by=options["authorised_by"],
        contact=options["contact"],
        user_agent=config.user_agent(planning.tool_version(), options["contact"]),
        inventory=inventory.sha256,
        profiles=tuple(one.id for one in judging.profiles),
        documents=judged_by.documents(
            judging.profiles, waivers=options["waivers"], manual=options["manual"]
        ),
        previous=store.last_finished(lineage),
    )
    return options, run, inventory


def _judging(
    store: Store, options: Mapping[str, Any], found: registry.Registry, day: date
) -> Judging:
    """How the run is judged; whatever is wrong is refused before a packet is sent."""
    profiles, known = judged_by.select(
        options["profile"],
        options["parameter"],
        found,
        planning.tool_version(),
        everything=bool(options["waivers"] or options["manual"]),
    )
    waivers = judged_by.read_waivers(judged_by.path(options["waivers"]), known)
    manual = judged_by.read_manual(judged_by.path(options["manual"]), known)
    names = judged_by.names_on(store, waivers)
    return Judging(profiles, known, day, waivers, manual, names)


def _rule_set(found: registry.Registry) -> str:
    return lists.rule_set(found.rule_set, found.lists.values(), data_folder())


def _lineage(targets: tuple[str, ...]) -> str:
    name = Path(targets[0]).name if len(targets) == 1 else "several targets"
    return "standard input" if name == "-" else name


def _stored(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that shape what is seen, as JSON."""
    plain = {name: value for name, value in options.items() if name not in PRESENTATION}
    return {
        name: [str(one) for one in value] if isinstance(value, tuple) else _text(value)
        for name, value in plain.items()
    }


def _text(value: object) -> object:
    return str(value) if isinstance(value, Path) else value


def _resumed(
    store: Store, options: Mapping[str, Any], found: registry.Registry
) -> tuple[Mapping[str, Any], Run, Inventory]:
    """The options of the run itself hold: it goes on as it began."""
    run = store.run(options["resume"])
    if options["targets"]:
        raise click.UsageError("--resume goes on with the run's own targets: name none")
    if run.status is RunStatus.FINISHED:
        raise click.UsageError(f"the run {run.id} is finished; there is nothing to go on with")
    if run.rule_set != _rule_set(found):
        message = f"the run {run.id} was made with other rules ({run.rule_set[:12]}): scan anew"
        raise click.UsageError(message)
    kept = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in run.options.items()
    }
    return {**options, **kept}, run, store.inventory(run.id)


def _carry_out(
    store: Store,
    options: Mapping[str, Any],
    run: Run,
    inventory: Inventory,
    found: registry.Registry,
) -> tuple[KeptRun, Exit]:
    made = replace(
        planning.plan(options, inventory, found), earlier=memory(store, run.previous, found.checks)
    )
    judging = _judging(store, options, found, run.began.date())
    job = Job(
        run=run,
        targets=inventory.targets,
        plan=made,
        store=store,
        bench=Bench(run, inventory, judging),
        gates=judged_by.gates(options, judging.profiles),
        accepts_waivers=options["accept_waivers"],
        reporter=reporter(quiet=options["quiet"]),
        clock=SystemClock(),
    )
    if not options["quiet"]:
        _announce(job, inventory)
    if options["resume"]:
        _go_on(job)
    else:
        job.run = store.begin(run, inventory)
    code = carry_out(job)
    return KeptRun(store, store.run(job.run.id), judging, found.checks), code


def _announce(job: Job, inventory: Inventory) -> None:
    for note in inventory.notes[:20]:
        click.echo(f"Note: {note}", err=True)
    if not job.plan.authorised_by and any(
        one.family == "exposure" for one in job.plan.checks.values()
    ):
        click.echo(
            "Note: exposed paths are not asked for: nobody authorised it (--authorised-by TEXT)",
            err=True,
        )


def _go_on(job: Job) -> None:
    done = job.store.assessed(job.run.id)
    job.targets = [one for one in job.targets if one.host not in done]
    job.store.reopen(job.run.id)


def _show(kept: KeptRun, options: Mapping[str, Any], code: Exit) -> int:
    if options["output"]:
        try:
            written = html.write(kept, Path(options["output"]))
        except OSError as error:
            click.echo(f"Error: the report was not written: {error}", err=True)
            return Exit.BROKEN
        if not options["quiet"]:
            click.echo(f"Report: {written[0]}")
    if not options["quiet"]:
        summary(kept, code)
    return code
