"""Dated data of a run: read once at start, handed on by its type (Decisions 31)."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning

from scanner.formats.dnssec import anchors
from scanner.observation.dnssec import TrustAnchors
from scanner.observation.tls import TrustStore

ROOT_ANCHORS = Path(__file__).parent / "data" / "dns" / "root-anchors.txt"


class ListError(ValueError):
    """A file of roots or data that cannot be used."""


def load(
    *,
    trust_store: Path | None = None,
    ca_files: Sequence[Path] = (),
    trust_anchor: Path | None = None,
) -> Mapping[type, object]:
    """Every list of the run, by its type.

    ``trust_store`` takes the place of the roots that browsers trust (a closed network);
    ``ca_files`` are further stores, each a fact of its own under its file's name;
    ``trust_anchor`` takes the place of IANA's root anchors.
    """
    public = trust_store or Path(certifi.where())
    source = str(trust_store) if trust_store else f"certifi {certifi.__version__}"
    extra = {one.stem: roots(one) for one in ca_files}
    return {
        TrustStore: TrustStore(roots(public), source, extra),
        TrustAnchors: trust_anchors(trust_anchor or ROOT_ANCHORS),
    }


def trust_anchors(path: Path) -> TrustAnchors:
    """The DNSKEY or DS records of a file, in presentation format or as RFC 5011 keepers write."""
    try:
        text = path.read_text(encoding="utf-8")
        anchors.read(text)
    except (OSError, ValueError) as error:
        message = f"{path}: a file of trust anchors was expected ({error})"
        raise ListError(message) from None
    return TrustAnchors(text, "IANA root anchors" if path == ROOT_ANCHORS else str(path))


def roots(path: Path) -> tuple[bytes, ...]:
    """The certificates of a PEM file, in DER."""
    try:
        with warnings.catch_warnings():  # some old roots have odd serials (RFC 5280 4.1.2.2)
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{path}: a PEM file of certificates was expected ({error})"
        raise ListError(message) from None
    return tuple(one.public_bytes(Encoding.DER) for one in found)
