"""Gatherers: the only modules that open sockets. They judge nothing."""
