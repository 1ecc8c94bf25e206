"""For examples of checks: what one probe of a known flaw said."""

from __future__ import annotations

from scanner.observation import Reason
from scanner.observation.tls import Probe, TlsFlaws, Verdict


def flaws(name: str, verdict: Verdict, *, grade: str = "") -> TlsFlaws:
    """An endpoint of which one probe said this."""
    reason = Reason.TIMEOUT if verdict is Verdict.UNKNOWN else None
    return TlsFlaws((Probe(name, verdict, "as heard", reason, grade, ("alert 40",)),))
