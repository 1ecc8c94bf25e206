"""Dated data of a run: read once at start, handed on by its type (Decisions 31)."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning

from scanner.dated import DatedList
from scanner.formats.dnssec import anchors
from scanner.observation.dnssec import TrustAnchors
from scanner.observation.tls import TrustStore

FOLDER = "lists"
LARGEST = 64 << 20
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
        TrustStore: TrustStore(roots(public), source, extra, is_replaced=trust_store is not None),
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


def read(one: DatedList, folder: Path) -> Any:  # noqa: ANN401 - the list's own type
    """A list as it is used: the imported file where there is one, else the bundled one."""
    path, text = imported(one, folder), bundled(one)
    if path.is_file():
        text = path.read_bytes()
    try:
        return one.read(text)
    except ValueError as error:
        where = str(path) if path.is_file() else one.file
        message = f"{where}: no list {one.name!r} ({error})"
        raise ListError(message) from None


def bundled(one: DatedList) -> bytes:
    """The file that ships with the program."""
    return files("scanner").joinpath("data", *one.file.split("/")).read_bytes()


def imported(one: DatedList, folder: Path) -> Path:
    """Where a newer file of this list lies in the data directory, if there is one."""
    return folder / FOLDER / one.name


def import_file(path: Path, known: Iterable[DatedList], folder: Path) -> DatedList:
    """Keep a newer file as the list that can read it; exactly one must."""
    if path.stat().st_size > LARGEST:
        message = f"{path}: larger than {LARGEST >> 20} MiB"
        raise ListError(message)
    text = path.read_bytes()
    readable, refusals = [], []
    for one in known:
        try:
            one.read(text)
        except ValueError as error:
            refusals.append(f"  {one.name}: {error}")
        else:
            readable.append(one)
    match readable:
        case [one]:
            _keep(text, imported(one, folder))
            return one
        case []:
            message = f"{path}: none of the lists can read it\n" + "\n".join(refusals)
        case _:
            message = f"{path}: more than one list can read it: say which with --as"
    raise ListError(message)


def _keep(text: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(text)
    part.replace(path)


def rule_set(built_in: str, known: Iterable[DatedList], folder: Path) -> str:
    """The digest of what judges: changed lists judge differently."""
    newer = tuple(_digests(known, folder))
    if not newer:
        return built_in
    return hashlib.sha256("\0".join((built_in, *newer)).encode()).hexdigest()


def _digests(known: Iterable[DatedList], folder: Path) -> Iterator[str]:
    for one in sorted(known, key=lambda one: one.name):
        path = imported(one, folder)
        if path.is_file():
            yield f"{one.name} {hashlib.sha256(path.read_bytes()).hexdigest()}"


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
