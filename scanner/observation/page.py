"""What checks read of an HTML page: its elements, never its text."""

from __future__ import annotations

from msgspec import Struct

from scanner.observation.mark import Mark


class Resource(Struct, frozen=True, omit_defaults=True):
    """An element that loads something: its URL as written, and what guards it.

    ``attribute`` stands where it is not the element's usual one (``srcset``, ``poster``, a style's
    ``url()``); ``rel`` is a link's, in lower case; ``destination`` is the ``as`` of a preload.
    """

    element: str
    url: str
    integrity: str = ""
    crossorigin: str | None = None
    attribute: str = ""
    rel: str = ""
    destination: str = ""
    has_nonce: bool = False
    is_sandboxed: bool = False


class InlineScript(Struct, frozen=True, omit_defaults=True):
    """A script in the page: its hash as a policy writes it (base64 of SHA-256), and its signs."""

    sha256: str
    size: int
    has_nonce: bool = False
    signs: tuple[str, ...] = ()


class Form(Struct, frozen=True, omit_defaults=True):
    """A form: action as written, method in lower case, and what it asks for.

    A button with an action of its own is a further form. ``asks_identity``: a field named like a
    national identity, passport or card number. ``is_scripted``: a script seems to send it, for it
    has a handler, or names neither action nor method.
    """

    action: str
    method: str = "get"
    has_password: bool = False
    asks_identity: bool = False
    autocomplete: str = ""
    is_scripted: bool = False


class LinkedHost(Struct, frozen=True, omit_defaults=True):
    """Another host that the page links to: how often, how often with words of spam, how hidden."""

    host: str
    links: int = 1
    spam: int = 0
    hidden_spam: int = 0


class Library(Struct, frozen=True, omit_defaults=True, order=True):
    """A JavaScript library that was recognised: ``by`` is hash, content, filename or uri."""

    name: str
    version: str
    by: str
    where: str = ""


class Elements(Struct, frozen=True, omit_defaults=True):
    """What checks read of an HTML page; never its text. ``truncated``: only a prefix was read.

    ``policies`` are those of ``<meta>`` in the head; ``stray_policies`` those that browsers ignore
    (in the body, or report-only), ``early_scripts`` the scripts before the first policy.
    ``heading`` is the page's only ``h1``; ``visible`` the length of its visible text; ``simhash``
    64 bits of it in hexadecimal, ``shape`` the SHA-256 of its tags without text and attributes.
    ``marks`` is the software that the page's text names.
    """

    title: str = ""
    language: str = ""
    generator: str = ""
    base: str = ""
    policies: tuple[str, ...] = ()
    referrer: str = ""
    resources: tuple[Resource, ...] = ()
    forms: tuple[Form, ...] = ()
    truncated: bool = False
    direction: str = ""
    heading: str = ""
    doctype: str = ""
    charset: str = ""
    refresh: str = ""
    robots: str = ""
    redirecting_script: str = ""
    stray_policies: tuple[str, ...] = ()
    early_scripts: tuple[str, ...] = ()
    scripts: tuple[InlineScript, ...] = ()
    handlers: int = 0
    style_attributes: int = 0
    inline_styles: int = 0
    links: tuple[LinkedHost, ...] = ()
    plain_links: int = 0
    comments: tuple[str, ...] = ()
    libraries: tuple[Library, ...] = ()
    marks: tuple[Mark, ...] = ()
    has_password: bool = False
    visible: int = 0
    simhash: str = ""
    shape: str = ""
