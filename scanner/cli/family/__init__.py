"""``govscan tls|web|dns|mail|exposure``: one domain, one family of checks, on the terminal."""
