"""`leadlight token create|list|revoke`: the keys with which other programs speak to the API."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from leadlight.accounts.models import ApiToken
from leadlight.accounts.operations import create_token, revoke_token
from leadlight.accounts.rules.tokens import SCOPES
from leadlight.kit.clock import utc_now


class Command(BaseCommand):
    help = "Make, list and revoke API tokens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        create = deeds.add_parser("create", help="make a token and print it, this once")
        create.add_argument("--name", default="api", help="what it is for, as the list shows it")
        create.add_argument(
            "--scopes",
            nargs="+",
            required=True,
            metavar="SCOPE",
            help="; ".join(f"{scope}: {sentence}" for scope, sentence in SCOPES.items()),
        )
        deeds.add_parser("list", help="show tokens, never their text")
        revoke = deeds.add_parser("revoke", help="make a token useless")
        revoke.add_argument("id", type=int)

    def handle(self, *args: Any, deed: str, **options: Any) -> None:
        now = utc_now()
        if deed == "create":
            scopes = [scope for word in options["scopes"] for scope in word.split(",") if scope]
            self.stdout.write(create_token(name=options["name"], scopes=scopes, now=now))
            self.stderr.write("Keep it safe: it is shown this once.")
        elif deed == "revoke":
            revoke_token(token_id=options["id"], now=now)
            self.stdout.write(f"Token {options['id']} is revoked.")
        else:
            for token in ApiToken.objects.order_by("id"):
                used = f"used {token.used_at:%Y-%m-%d %H:%M}Z" if token.used_at else "never used"
                state = "revoked" if token.revoked_at else used
                self.stdout.write(f"{token.pk}\t{token.name}\t{' '.join(token.scopes)}\t{state}")
