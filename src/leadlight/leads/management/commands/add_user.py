"""`leadlight add_user`: let somebody of the team sign in."""

import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from leadlight.accounts.models import Role
from leadlight.accounts.operations import create_user
from leadlight.leads.operations import adopt_leads


class Command(BaseCommand):
    help = "Let somebody of the team sign in; prints their first password once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="as the CRM writes it, so that their leads are found")
        parser.add_argument("--role", choices=[role.value.lower() for role in Role], default="agent")

    def handle(self, *args: Any, email: str, name: str, role: str, **options: Any) -> None:
        password = secrets.token_urlsafe(12)
        user = create_user(email=email, name=name, role=Role(role.upper()), password=password)
        n_leads = adopt_leads(user=user)
        self.stdout.write(f"{name} signs in as {email} with the password {password}   (shown this once)")
        self.stdout.write(f"{n_leads} leads carry this name and are theirs now.")
