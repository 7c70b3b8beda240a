"""What a data scientist or a page is told when duplicates cannot be looked for."""

from leadlight.kit.errors import DomainError


class UnableToFindDuplicates(DomainError, ValueError):
    """The table lacks what tells one person from another."""

    code = "unable_to_find_duplicates"
