"""Evaluates a sender as a receiver does, with the answers of the run's resolver."""

from __future__ import annotations

from scanner.formats.spf_check import Evaluation, Question, Reply, check_host
from scanner.formats.spf_macro import Client
from scanner.gather.dns.resolver import Resolver
from scanner.observation import NotObservedError

MOST_VALUES = 100


async def evaluate(client: Client, domain: str, resolver: Resolver) -> Evaluation:
    """check_host(): at most some forty questions, for its own limits end it (RFC 7208 4.6.4)."""
    asking = check_host(client, domain=domain)
    try:
        question = next(asking)
        while True:
            question = asking.send(await _answered(question, resolver))
    except StopIteration as done:
        made: Evaluation = done.value
        return made


async def _answered(asked: Question, resolver: Resolver) -> Reply:
    try:
        answer = await resolver.ask(asked.name, asked.rdtype)
    except NotObservedError as error:
        return Reply(failed=f"{error.reason}: {error.detail}" if error.detail else error.reason)
    values = answer.texts if asked.rdtype == "TXT" else answer.records
    return Reply(values[:MOST_VALUES])
