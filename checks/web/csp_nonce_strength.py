"""Nonces cannot be guessed."""

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
from scanner.formats import csp
from scanner.formats.csp.nonce import script_nonces
from scanner.observation.web import Page
from scanner.page_policy import policies

CSP = csp.ENFORCED
ENOUGH, FEW = 22, 8  # characters of base64: 128 bits, 48 bits


@check(
    id="csp-nonce-strength",
    title="Nonces are long enough to be beyond guessing",
    severity=Severity.MEDIUM,
    mildest=Severity.LOW,
    effort=Effort.MINUTES,
    remediation="Make each nonce of 16 bytes from the system's secure random source, in base64 (22 characters or more).",
    snippets={
        "nginx": "set $nonce $request_id; # 16 random bytes; then 'nonce-$nonce' in the header and the page",
        "apache": "Header always set Content-Security-Policy \"script-src 'nonce-%{UNIQUE_ID}e'\" # only with a secure source; better: the application",
        "iis": "Make it in the application: Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))",
    },
    references=(Reference("CSP Level 3", "7.1"),),
    roles=(Role.WEB,),
    passes={"16 bytes": Page.from_text(f"{CSP}: script-src 'nonce-MTIzNDU2Nzg5MDEyMzQ1Ng=='")},
    fails={
        "short": Page.from_text(f"{CSP}: script-src 'nonce-abcdefgh'"),
        "very short": Page.from_text(f"{CSP}: script-src 'nonce-abc'"),
    },
    others={"no nonce": Page.from_text(f"{CSP}: script-src 'self'")},
)
def csp_nonce_strength(page: Page) -> Judgement:
    """Whoever guesses the nonce of the next answer writes scripts that the policy trusts."""
    found = script_nonces(policies(page).enforced)
    if not found:
        return not_applicable("The policy has no nonce.")
    shortest = min(len(one.rstrip("=")) for one in found)
    evidence = tuple(f"a nonce of {len(one)} characters" for one in sorted(found))
    if shortest < ENOUGH:
        return failed(
            "A nonce has {length} characters, fewer than the {enough} of 128 bits.",
            length=shortest,
            enough=ENOUGH,
            severity=Severity.MEDIUM if shortest < FEW else Severity.LOW,
            evidence=evidence,
        )
    return passed("The shortest nonce has {length} characters.", length=shortest, evidence=evidence)
