"""The command `leadlight`: Django's own command runner; each command lives in the room it belongs to."""

import os
import sys
from pathlib import Path

from leadlight.kit.errors import DomainError

#: Commands that a person may type first of all, in a home that does not exist yet.
NEEDS_TABLES = frozenset(
    {"add_user", "export", "import", "import_dnc", "score", "serve", "token", "train", "undo_import", "work"}
)


def main() -> None:
    """Run one command; what a person did wrong is told in a sentence, with exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadlight.config.settings")
    if sys.argv[1:2] == ["demo"]:
        # Before the settings are read: a demo never lives in the brokerage's own home.
        home = Path(os.environ["LEADLIGHT_HOME"]) / "demo" if "LEADLIGHT_HOME" in os.environ else "leadlight-demo"
        os.environ["LEADLIGHT_HOME"] = str(home)
    from django.core.management import execute_from_command_line

    # People write `undo-import`; a module cannot be called so.
    words = [word if word.startswith("-") else word.replace("-", "_") for word in sys.argv[1:2]]
    try:
        if words and words[0] in NEEDS_TABLES:
            make_tables()
        execute_from_command_line(["leadlight", *words, *sys.argv[2:]])
    except DomainError as error:
        sys.stderr.write(f"{error.message}\n")
        sys.exit(2)


def make_tables() -> None:
    """Make the tables of a database that has none; one that has some is left to `leadlight migrate`."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if not connection.introspection.table_names():
        call_command("migrate", verbosity=0)
