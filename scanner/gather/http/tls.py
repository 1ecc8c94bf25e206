"""The one TLS context for HTTP: it takes any certificate, which is judged elsewhere."""

from __future__ import annotations

import ssl
import warnings
from functools import lru_cache


@lru_cache(maxsize=1)
def any_certificate() -> ssl.SSLContext:
    """A context for reading what any server sends, old ones too. Built once: it costs 28 ms."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    context.set_alpn_protocols(["http/1.1"])
    return context
