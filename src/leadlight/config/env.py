"""The deployment's settings, read from the environment once, into one typed and frozen object."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from leadlight.kit.errors import DomainError

#: Each variable with the sentence that the reference prints.
VARIABLES: dict[str, str] = {
    "LEADLIGHT_HOME": "Folder that holds all state: database, uploads, mappings, key. Default: ./leadlight-data",
    "LEADLIGHT_DATABASE_URL": "postgresql://user:password@host:port/name; empty means SQLite under LEADLIGHT_HOME.",
    "LEADLIGHT_SECRET_KEY": "Key that signs sessions; made once and kept under LEADLIGHT_HOME when absent.",
    "LEADLIGHT_ALLOWED_HOSTS": "Host names that the pages answer to, by commas. Default: 127.0.0.1,localhost,[::1]",
    "LEADLIGHT_HTTPS": "1 when a proxy in front serves HTTPS: cookies are then sent over HTTPS only.",
    "LEADLIGHT_COUNTRY": "Two-letter country whose phone numbers need no prefix. Default: US",
    "LEADLIGHT_TIME_ZONE": "Zone of dates without one, and of the pages. Default: America/New_York",
    "LEADLIGHT_DEBUG": "1 shows error pages with internals. Only for developing Leadlight itself.",
    "LEADLIGHT_DATA": "Folder of public data sets, read by the benchmarks only.",
}


class UnableToReadEnvironment(DomainError):
    """The environment holds a setting that cannot be used."""

    code = "bad_environment"


@dataclass(frozen=True)
class Environment:
    """What the deployment decided."""

    home: Path
    database_url: str
    secret_key: str
    allowed_hosts: tuple[str, ...]
    https: bool
    country: str
    time_zone: str
    debug: bool


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """
    Read the settings; each `X` may also be given as a file by `X_FILE`.

    Raises:
        UnableToReadEnvironment: a variable that begins with LEADLIGHT_ is not known, or its file is not there.
    """
    known = set(VARIABLES) | {f"{name}_FILE" for name in VARIABLES}
    unknown = sorted(name for name in variables if name.startswith("LEADLIGHT_") and name not in known)
    if unknown:
        raise UnableToReadEnvironment(
            f"Unknown setting {', '.join(unknown)}. Known settings: {', '.join(VARIABLES)}."
        )

    def value(name: str, default: str = "") -> str:
        path = variables.get(f"{name}_FILE")
        if path is None:
            return variables.get(name) or default
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise UnableToReadEnvironment(f"{name}_FILE names {path}, which cannot be read.") from error

    return Environment(
        home=Path(value("LEADLIGHT_HOME", "leadlight-data")).absolute(),
        database_url=value("LEADLIGHT_DATABASE_URL"),
        secret_key=value("LEADLIGHT_SECRET_KEY"),
        allowed_hosts=tuple(
            host.strip() for host in value("LEADLIGHT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
        ),
        https=value("LEADLIGHT_HTTPS") == "1",
        country=value("LEADLIGHT_COUNTRY", "US"),
        time_zone=value("LEADLIGHT_TIME_ZONE", "America/New_York"),
        debug=value("LEADLIGHT_DEBUG") == "1",
    )
