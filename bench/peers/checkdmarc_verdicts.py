"""Runs in checkdmarc's own environment: ``python checkdmarc_verdicts.py RESOLVER NAME...``."""

import json
import sys
import time

import checkdmarc


def verdict(name: str, resolver: str) -> dict[str, object]:
    """What it says of a name's SPF and DMARC."""
    found = checkdmarc.check_domains([name], nameservers=[resolver], timeout=5, retries=0)
    spf, dmarc = found.get("spf", {}), found.get("dmarc", {})
    tags = dmarc.get("tags", {})
    return {
        "spf": bool(spf.get("valid")),
        "spf_said": str(spf.get("error") or "; ".join(map(str, spf.get("warnings", []))))[:120],
        "dmarc": bool(dmarc.get("valid")),
        "policy": tags.get("p", {}).get("value", ""),
        "dmarc_said": str(dmarc.get("error") or "; ".join(map(str, dmarc.get("warnings", []))))[
            :120
        ],
    }


began = time.process_time()
rows = {name: verdict(name, sys.argv[1]) for name in sys.argv[2:]}
print("\n" + json.dumps({"rows": rows, "cpu": time.process_time() - began}))
