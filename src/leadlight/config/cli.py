"""The command `leadlight`: Django's own command runner; each command lives in the room it belongs to."""

import os
import sys

from leadlight.kit.errors import DomainError


def main() -> None:
    """Run one command; what a person did wrong is told in a sentence, with exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadlight.config.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["leadlight", *sys.argv[1:]])
    except DomainError as error:
        sys.stderr.write(f"{error.message}\n")
        sys.exit(2)
