"""What no honest report can be made from."""


class DamagedError(Exception):
    """The installation or the store is not what it should be; the text says what to do."""
