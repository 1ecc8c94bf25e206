"""Runs in trustymail's own environment: ``python trustymail_verdicts.py RESOLVER NAME...``."""

import json
import logging
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import dns.resolver
import publicsuffixlist
import trustymail

RESOLVER = sys.argv[1]
# It would fetch the public suffix list, and let pyspf ask the system's resolver.
PSL = Path(tempfile.mkdtemp()) / "public_suffix_list.dat"
shutil.copy(Path(publicsuffixlist.__file__).parent / "public_suffix_list.dat", PSL)
trustymail.PublicSuffixListFilename = str(PSL)
trustymail.PublicSuffixListReadOnly = True
from trustymail.trustymail import scan

dns.resolver.default_resolver = dns.resolver.Resolver(configure=False)
dns.resolver.default_resolver.nameservers = [RESOLVER]
dns.resolver.default_resolver.lifetime = 5


def verdict(name: str) -> dict[str, object]:
    """What it says of a name's SPF and DMARC."""
    kinds = {"mx": True, "starttls": False, "spf": True, "dmarc": True}
    found = scan(name, 5, 5, "localhost", {25}, True, kinds, [RESOLVER])
    said = found.generate_results() if hasattr(found, "generate_results") else found
    return {
        "spf": bool(said["Valid SPF"]),
        "spf_said": "",
        "dmarc": bool(said["Valid DMARC Record on Base Domain"] or said["Valid DMARC"]),
        "policy": said["DMARC Policy"] or "",
        "dmarc_said": str(said["Syntax Errors"] or "")[:120],
    }


def guarded(name: str) -> dict[str, object]:
    """A tool that breaks on a record is a result too."""
    try:
        return verdict(name)
    except Exception as error:  # noqa: BLE001 - whatever it raises is what is measured
        return {
            "spf": False,
            "spf_said": "",
            "dmarc": False,
            "policy": "",
            "dmarc_said": repr(error)[:120],
        }


began = time.process_time()
rows = {name: guarded(name) for name in sys.argv[2:]}
print("\n" + json.dumps({"rows": rows, "cpu": time.process_time() - began}))
