"""The keys of the servers in memory serve the real ones as well."""

from tests.scanner.formats.tls.conftest import ec_pem, rsa_pem

__all__ = ["ec_pem", "rsa_pem"]
