"""What a data scientist or a page is told when a table cannot be learned from."""

from leadlight.kit.errors import DomainError


class UnableToTrain(DomainError, ValueError):
    """The rows cannot teach a model."""

    code = "unable_to_train"


class UnableToScore(DomainError, ValueError):
    """These rows cannot be scored by this model."""

    code = "unable_to_score"


class UnableToLoadModel(DomainError, ValueError):
    """A stored model is damaged or not one of ours."""

    code = "unable_to_load_model"


class UnableToReadTable(DomainError, ValueError):
    """A file of leads cannot be read as a table."""

    code = "unable_to_read_table"
