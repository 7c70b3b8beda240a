"""The way of a mail that comes in: read outside any transaction, kept batch by batch."""

from datetime import timedelta

from leadlight.channels import operations, queries
from leadlight.channels.email.imap import Folder, UnableToReadMail, open_folder
from leadlight.channels.models import MailAccount
from leadlight.channels.operations import Place
from leadlight.kit.clock import utc_now
from leadlight.kit.secrets import UnableToUnseal

#: Mails of one run; what is left waits for the next, so that nobody else waits for long.
MOST_AT_ONCE = 2_000


def read_mailbox() -> int:
    """
    Keep what is new in the connected mailbox; return how many mails are new here.

    What goes wrong is noted with the account in plain words, and it is left alone for a while. Nothing is read while
    none is connected.
    """
    account, now = queries.mail_account(), utc_now()
    if not account.imap_host or (account.next_read_at is not None and account.next_read_at > now):
        return 0
    try:
        server = queries.imap_server(account)
        with open_folder(server, account.imap_folder) as folder:
            return _keep(account, folder)
    except (UnableToReadMail, UnableToUnseal) as error:
        operations.note_failure(mailbox=account.mailbox, error=error.message, now=utc_now())
        return 0


def _keep(account: MailAccount, folder: Folder) -> int:
    mailbox, uid_validity = account.mailbox, folder.uid_validity
    if account.uid_validity == uid_validity:
        uids = folder.uids_after(account.last_uid)
    else:
        # The mails have other numbers now. The day is the server's own, which may lie a day behind ours.
        since = account.reads_since.date() - timedelta(days=1) if account.reads_since is not None else None
        uids = folder.uids_after(0, since=since)
    n_new = 0
    for mails in folder.fetch(uids[:MOST_AT_ONCE]):
        ids = operations.record_mails(mailbox=mailbox, uid_validity=uid_validity, mails=mails, now=utc_now())
        n_new += len(ids)
    # Numbers without a mail, and mails from before the team connected the folder, are never asked for again.
    end = folder.uid_next - 1 if len(uids) <= MOST_AT_ONCE else uids[MOST_AT_ONCE - 1]
    operations.note_read(mailbox=mailbox, upto=Place(uid_validity, end), now=utc_now())
    return n_new
