"""The one family of errors that people may see. What the user reads is written where the error is raised."""


class DomainError(Exception):
    """
    Something a person asked for cannot be done.

    The message is shown to people as it stands: plain words that say what is wrong and what to do.
    """

    #: A stable, machine-readable name of the error's kind.
    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
