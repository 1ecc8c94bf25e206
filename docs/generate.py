"""Writes what is generated of the documentation; ``--check`` says what is no longer true."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import click
import msgspec

from reports.export.judgement_document import Document as JudgementDocument
from reports.export.run_json import Document
from scanner import registry
from scanner.check import Check
from scanner.cli.main import COMMANDS, command, main
from scanner.control.schema import schema as published
from scanner.observation import KINDS

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PUBLISHED = ("profile", "waivers", "manual-outcomes")
HELP = re.compile(r"(<!-- help -->\n```\n).*?(```\n<!-- /help -->)", re.DOTALL)
FORMS = {
    "value": "",
    "observed": " with its time",
    "maybe": " or its absence",
    "every": " everywhere",
    "previous": " of the audit before",
}


def pages() -> dict[str, str]:
    """Every generated file by its path under docs/."""
    checks = registry.load().checks
    made = {f"checks/{one.id}.md": _check(one) for one in checks.values()}
    made["checks/README.md"] = _index(checks.values())
    made["commands.md"] = _commands()
    made["schema/run.schema.json"] = _schema()
    made["schema/judgement.schema.json"] = _judgement_schema()
    made |= {f"schema/{name}.schema.json": _published(name) for name in PUBLISHED}
    return made


def _published(name: str) -> str:
    return json.dumps(published(name), indent=1, ensure_ascii=False) + "\n"


def readme() -> str:
    """README.md with the help of today."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return HELP.sub(lambda found: found[1] + _help(main, "govscan") + found[2], text)


def _check(one: Check) -> str:
    parts = [
        f"# {one.title}",
        f"`{one.id}` · {one.family} · {one.severity}"
        + (f", at least {one.mildest}" if one.mildest is not one.severity else "")
        + f" · mending it takes {one.effort}",
        one.reason.replace("\n", " "),
        "## What to do\n\n" + one.remediation,
    ]
    parts += [f"{name}:\n\n```\n{text}\n```" for name, text in one.snippets.items()]
    parts.append("## What it rests on\n\n" + "\n".join(f"- {ref.text}" for ref in one.references))
    needs = [f"- `{need.kind.__name__}`{FORMS[need.form.value]}" for need in one.needs]
    needs += [f"- the fact `{fact.name}` of every target" for fact in one.reads]
    parts.append("## What it looks at\n\n" + "\n".join(needs))
    if one.records:
        facts = [f"- `{fact.name}`: {fact.definition}" for fact in one.records]
        parts.append("## What it records\n\n" + "\n".join(facts))
    for word, examples in (
        ("It passes", one.passes),
        ("It fails", one.fails),
        ("It says neither", one.others),
    ):
        if examples:
            parts.append(f"## {word}\n\n" + "\n".join(f"- {name}" for name in examples))
    return "\n\n".join(parts) + "\n"


def _index(checks: object) -> str:
    rows = [one for one in checks if isinstance(one, Check)]  # type: ignore[attr-defined]
    lines = [f"# The {len(rows)} checks", ""]
    for family in sorted({one.family for one in rows}):
        lines += [f"## {family}", "", "| check | severity | what should hold |", "|---|---|---|"]
        lines += [
            f"| [{one.id}]({one.id}.md) | {one.severity} | {one.title} |"
            for one in rows
            if one.family == family
        ]
        lines.append("")
    return "\n".join(lines)


def _commands() -> str:
    parts = ["# The commands", "```\n" + _help(main, "govscan") + "```"]
    for name in COMMANDS:
        outer = command(name)
        parts.append(f"## govscan {name}\n\n```\n{_help(outer, f'govscan {name}')}```")
        if isinstance(outer, click.Group):
            parts += [
                f"### govscan {name} {inner}\n\n```\n{_help(one, f'govscan {name} {inner}')}```"
                for inner, one in outer.commands.items()
            ]
    return "\n\n".join(parts) + "\n"


def _help(one: click.Command, name: str) -> str:
    context = click.Context(one, info_name=name, terminal_width=100, max_content_width=100)
    return one.get_help(context) + "\n"


def _schema() -> str:
    kinds = sorted(KINDS.values(), key=lambda one: one.type.__name__)
    types = [Document, *(one.type for one in kinds if one.type.__module__.startswith("scanner."))]
    (root, *_), components = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "govscan run.json",
        **root,
        "$defs": components,
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _judgement_schema() -> str:
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "govscan judgement.json",
        **msgspec.json.schema(JudgementDocument),
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def stale() -> list[str]:
    """What is on disk and is not what would be written."""
    made = pages()
    wrong = [
        path
        for path, text in made.items()
        if not (DOCS / path).is_file() or (DOCS / path).read_text(encoding="utf-8") != text
    ]
    kept = {path.relative_to(DOCS).as_posix() for path in (DOCS / "checks").glob("*.md")}
    wrong += sorted(kept - set(made))
    if (ROOT / "README.md").read_text(encoding="utf-8") != readme():
        wrong.append("../README.md")
    return wrong


def write() -> None:
    """Write everything anew."""
    text = readme()
    (ROOT / "README.md").write_text(text, encoding="utf-8")
    for folder in ("checks", "schema"):
        shutil.rmtree(DOCS / folder, ignore_errors=True)
    for path, page in pages().items():
        (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / path).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit("\n".join(f"docs/{path} is stale: make docs" for path in stale()) or 0)
    write()
