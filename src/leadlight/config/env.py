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
    "LEADLIGHT_SQLITE_SYNC": "FULL makes what SQLite has acknowledged survive a loss of power. Default: NORMAL",
    "LEADLIGHT_BROKER_URL": "redis://… or amqp://…: rings workers on other hosts; empty means that workers look.",
    "LEADLIGHT_SECRET_KEY": "Key that signs sessions; made once and kept under LEADLIGHT_HOME when absent.",
    "LEADLIGHT_ALLOWED_HOSTS": "Host names that the pages answer to, by commas. Default: 127.0.0.1,localhost,[::1]",
    "LEADLIGHT_PUBLIC_URL": "Where browsers find the pages: links in messages begin so. Default: http://127.0.0.1:8000",
    "LEADLIGHT_HTTPS": "1 when a proxy in front serves HTTPS: cookies are then sent over HTTPS only.",
    "LEADLIGHT_COUNTRY": "Two-letter country whose phone numbers need no prefix. Default: US",
    "LEADLIGHT_TIME_ZONE": "Zone of dates without one, and of the pages. Default: America/New_York",
    "LEADLIGHT_OUTBOUND_PRIVATE": "1 lets webhooks reach private addresses, and plain http.",
    "LEADLIGHT_LOG": "json or text: how the log is written; empty means text on a terminal, JSON elsewhere.",
    "LEADLIGHT_DEBUG": "1 shows internals in error pages and in the log. Only for developing Leadlight itself.",
    "LEADLIGHT_DATA": "Folder of public data sets, read by the benchmarks only.",
}


#: What a broker's address begins with.
BROKERS = ("redis://", "rediss://", "redis+socket://", "amqp://", "amqps://")


class UnableToReadEnvironment(DomainError):
    """The environment holds a setting that cannot be used."""

    code = "bad_environment"


@dataclass(frozen=True)
class Environment:
    """What the deployment decided."""

    home: Path
    database_url: str
    sqlite_sync: str
    broker_url: str
    secret_key: str
    allowed_hosts: tuple[str, ...]
    public_url: str
    https: bool
    country: str
    time_zone: str
    outbound_private: bool
    log: str
    debug: bool


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """
    Read the settings; each `X` may also be given as a file by `X_FILE`.

    Raises:
        UnableToReadEnvironment: a variable that begins with LEADLIGHT_ is not known, or its file is not there.
    """
    known = set(VARIABLES) | {f"{name}_FILE" for name in VARIABLES}
    # What begins so names servers for the test suite, and means nothing here.
    own = (name for name in variables if name.startswith("LEADLIGHT_") and not name.startswith("LEADLIGHT_TEST_"))
    unknown = sorted(name for name in own if name not in known)
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

    sqlite_sync = value("LEADLIGHT_SQLITE_SYNC", "NORMAL").upper()
    if sqlite_sync not in {"NORMAL", "FULL"}:
        raise UnableToReadEnvironment("LEADLIGHT_SQLITE_SYNC must be NORMAL or FULL.")
    log = value("LEADLIGHT_LOG").lower()
    if log not in {"", "json", "text"}:
        raise UnableToReadEnvironment("LEADLIGHT_LOG must be json or text.")
    broker_url = value("LEADLIGHT_BROKER_URL")
    if broker_url and not broker_url.startswith(BROKERS):
        raise UnableToReadEnvironment(f"LEADLIGHT_BROKER_URL must begin with one of {', '.join(BROKERS)}.")
    public_url = value("LEADLIGHT_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    if not public_url.startswith(("http://", "https://")):
        raise UnableToReadEnvironment("LEADLIGHT_PUBLIC_URL must begin with https:// (or http:// on this machine).")
    return Environment(
        home=Path(value("LEADLIGHT_HOME", "leadlight-data")).absolute(),
        database_url=value("LEADLIGHT_DATABASE_URL"),
        sqlite_sync=sqlite_sync,
        broker_url=broker_url,
        secret_key=value("LEADLIGHT_SECRET_KEY"),
        allowed_hosts=tuple(
            host.strip() for host in value("LEADLIGHT_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
        ),
        public_url=public_url,
        https=value("LEADLIGHT_HTTPS") == "1",
        country=value("LEADLIGHT_COUNTRY", "US"),
        time_zone=value("LEADLIGHT_TIME_ZONE", "America/New_York"),
        outbound_private=value("LEADLIGHT_OUTBOUND_PRIVATE") == "1",
        log=log,
        debug=value("LEADLIGHT_DEBUG") == "1",
    )
