"""What a format reader says of a defect: a template and its parameters, so that it translates."""

from __future__ import annotations

from scanner.message import Message, Param


class FormatError(ValueError):
    """The text is not what it should be; ``message`` says why, without a full stop."""

    def __init__(self, template: str, /, **params: Param) -> None:
        self.message = Message(template, params)
        super().__init__(self.message.text)
