"""A real mailbox for the tests: Debian's Dovecot, on ports of its own, without root's rights."""

import contextlib
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

from tests.servers.certificates import certificate
from tests.servers.common import Program, free_port, listens, unprivileged, wait_until

MISSING = "The tests of mailboxes need Dovecot. Install it with: sudo apt-get install dovecot-imapd"
USER, PASSWORD = "team", "correct horse"


def dovecot() -> str | None:
    """Return where Dovecot is; None when the machine has none."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


@dataclass
class Mailbox:
    """A mailbox of one user."""

    port: int
    tls_port: int
    folder: Path
    _program: Program
    host: str = "localhost"
    user: str = USER
    password: str = PASSWORD

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @contextlib.contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """Look into the mailbox from the side."""
        with IMAPClient(self.host, self.port, ssl=False) as client:
            client.login(USER, PASSWORD)
            yield client

    def put(self, *mails: bytes, into: str = "INBOX", at: datetime | None = None) -> None:
        """Have mails arrive, the first first."""
        with self.client() as client:
            for mail in mails:
                client.append(into, mail, msg_time=at)

    def renew(self, name: str) -> None:
        """Throw a folder away and make it anew: the same name, another UIDVALIDITY, numbers from 1."""
        with self.client() as client:
            if client.folder_exists(name):
                client.delete_folder(name)
            client.create_folder(name)

    def flags(self, name: str = "INBOX") -> list[tuple[bytes, ...]]:
        """Return the flags of each mail."""
        with self.client() as client:
            client.select_folder(name, readonly=True)
            return [flags for _, flags in sorted(client.get_flags(client.search()).items())]

    def stop(self) -> None:
        """Take it away at once, as a crash would."""
        self._program.stop()

    def start(self) -> None:
        """Bring it back on the same ports."""
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)
        self._program.start(**unprivileged(self.folder, "nobody"))
        wait_until(lambda: listens(f"imap://127.0.0.1:{self.port}"), seconds=20, what="Dovecot listens")


@contextlib.contextmanager
def mailbox() -> Iterator[Mailbox]:
    """
    Run a mailbox while the block does.

    Raises:
        RuntimeError: the machine has no Dovecot; the message says how to install it.
    """
    program = dovecot()
    if program is None:
        raise RuntimeError(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="leadlight-mailbox-"))
    try:
        certificate(folder)
        (folder / "home").mkdir()
        (folder / "run").mkdir()
        port, tls_port = free_port(), free_port()
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        (folder / "dovecot.conf").write_text(_configuration(folder, port, tls_port))
        _give_away(folder)
        running = Program(
            [program, "-F", "-c", folder / "dovecot.conf"],
            environment={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            log=folder / "output",
        )
        box = Mailbox(port, tls_port, folder, running)
        try:
            box.start()
            yield box
        finally:
            box.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam("nobody")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)


def _configuration(folder: Path, port: int, tls_port: int) -> str:
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return f"""
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {account.pw_name}
default_internal_group = #{account.pw_gid}
default_login_user = {account.pw_name}
first_valid_uid = 1
last_valid_uid = 0
first_valid_gid = 1
mail_location = maildir:{folder}/home/%u
mail_fsync = never
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={account.pw_uid} gid={account.pw_gid} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  # Else whoever mistypes a password waits for the next try.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""
