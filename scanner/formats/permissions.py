"""Permissions-Policy: a structured dictionary of features and who may use them."""

from __future__ import annotations

from collections.abc import Mapping

from scanner.formats.structured import Inner, Item, Member, Token, dictionary

POWERFUL = ("camera", "microphone", "geolocation", "usb", "payment")
FEATURES = frozenset(
    {
        *POWERFUL,
        *("accelerometer", "ambient-light-sensor", "attribution-reporting", "autoplay"),
        *("bluetooth", "browsing-topics", "captured-surface-control", "clipboard-read"),
        *("clipboard-write", "compute-pressure", "cross-origin-isolated", "deferred-fetch"),
        *("deferred-fetch-minimal", "digital-credentials-get", "display-capture"),
        *("document-domain", "encrypted-media", "execution-while-not-rendered"),
        *("execution-while-out-of-viewport", "fullscreen", "gamepad", "gyroscope", "hid"),
        *("identity-credentials-get", "idle-detection", "interest-cohort"),
        *("join-ad-interest-group", "keyboard-map", "language-detector", "language-model"),
        *("local-fonts", "local-network-access", "magnetometer", "midi", "navigation-override"),
        *("otp-credentials", "picture-in-picture", "private-aggregation"),
        *("private-state-token-issuance", "private-state-token-redemption"),
        *("publickey-credentials-create", "publickey-credentials-get", "rewriter"),
        *("run-ad-auction", "screen-wake-lock", "serial", "shared-storage"),
        *("shared-storage-select-url", "speaker-selection", "storage-access", "summarizer"),
        *("sync-xhr", "translator", "unload", "vertical-scroll", "web-share"),
        *("window-management", "window-placement", "writer", "xr-spatial-tracking"),
    }
)


def parse(joined: str) -> Mapping[str, Member]:
    """Read the joined lines; any defect voids the whole field (RFC 9651 4.2)."""
    return dictionary(joined)


def is_open(member: Member | None) -> bool:
    """Whether every origin may use a feature."""
    if member is None:
        return False
    items = member.items if isinstance(member, Inner) else (member,)
    return any(
        isinstance(one.value, Token) and one.value == "*" for one in items if isinstance(one, Item)
    )
