"""A short list of technologies, for the examples of checks."""

from __future__ import annotations

from scanner.observation.mark import Mark
from scanner.observation.technology import SiteSoftware, Technologies, Technology

EXAMPLES = Technologies(
    "2026-11-25",
    "these examples",
    (
        Technology(
            "tomcat",
            "Apache Tomcat",
            "server",
            (r"error <h3>Apache Tomcat/(\d+(?:\.\d+)+)",),
            ("error <h3>Apache Tomcat/9.0.30</h3> => 9.0.30",),
            ("error Apache Tomcat",),
            product="tomcat",
            exploited=("CVE-2017-12615<7.0.81", "CVE-2025-24813<11.0.3"),
        ),
        Technology(
            "koha",
            "Koha",
            "library and learning",
            ("path /opac-tmpl/",),
            ("path /opac-tmpl/a",),
            (),
        ),
        Technology("exchange", "Microsoft Exchange", "mail", ("icon 442749392",), (), ()),
    ),
)
TOMCAT = SiteSoftware(
    (Mark("tomcat", "9.0.30", "error", "error: <h3>Apache Tomcat/9.0.30</h3>"),),
)
MENDED = SiteSoftware((Mark("tomcat", "11.0.9", "error", "error: Apache Tomcat/11.0.9"),))
KOHA = SiteSoftware((Mark("koha", "", "path", "path: /opac-tmpl/bootstrap/opac.css"),))
