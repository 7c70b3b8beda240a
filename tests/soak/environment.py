"""What the processes of a soak have in common: a home, a database and a seed, told by the environment."""

import os
from pathlib import Path

from tests.servers import Server

ROOT = Path(__file__).resolve().parents[2]


def enter(
    folder: Path,
    *,
    settings: str,
    database: Server | None,
    seed: int,
    without: str,
    broker: Server | None = None,
    **more: str,
) -> None:
    """Have this process, and all that it will start, live in `folder` with a database, and set Django up."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LEADLIGHT_", "DJANGO_", "SOAK_", "PYTEST_"))}
    path = os.pathsep.join(filter(None, (str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH"))))
    os.environ.clear()
    os.environ.update(
        kept,
        PYTHONPATH=path,
        LEADLIGHT_HOME=str(folder / "home"),
        LEADLIGHT_DATABASE_URL=database.url if database else "",
        LEADLIGHT_BROKER_URL=broker.url if broker else "",
        DJANGO_SETTINGS_MODULE=settings,
        SOAK_FOLDER=str(folder),
        SOAK_SEED=str(seed),
        SOAK_WITHOUT=without,
        **more,
    )
    import django

    django.setup()
