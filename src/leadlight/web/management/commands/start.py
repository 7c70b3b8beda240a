"""`leadlight start`: from nothing to an empty brokerage with an owner, served."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from leadlight.accounts.models import Role, User
from leadlight.accounts.operations import create_user


class Command(BaseCommand):
    help = "Open your brokerage: make the database and an owner account where there is none, and serve."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--email", default="owner@leadlight.local", help="the owner's address to sign in with")
        parser.add_argument("--name", default="Owner")
        parser.add_argument("--no-serve", action="store_true", help="make everything, serve nothing")

    def handle(self, *args: Any, host: str, port: int, email: str, name: str, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        if not User.objects.exists():
            password = secrets.token_urlsafe(12)
            create_user(email=email, name=name, role=Role.OWNER, password=password)
            self.stdout.write(f"Sign in as {email} with the password {password}   (shown this once)")
        self.stdout.write(f"Everything lies in {settings.HOME}")
        if not options["no_serve"]:
            call_command("serve", host=host, port=port)
