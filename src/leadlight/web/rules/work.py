"""The work of the ledger in plain words: queues, jobs, and what went wrong. Pure."""

import re
from collections.abc import Mapping
from datetime import timedelta

#: Without a sign of life for so long a worker is no longer counted on, and neither is work that waits for one.
SILENT = timedelta(minutes=1)

QUEUE_WORDS: Mapping[str, str] = {
    "live": "At once",
    "outbound": "Other systems",
    "alerts": "Alerts",
    "long": "Long work",
}

JOB_WORDS: Mapping[str, str] = {
    "channels.read_mail": "Read the team’s mailbox",
    "consent.on_opted_out": "Close channels after an opt-out",
    "consent.on_words": "Look whether somebody asked to be left alone",
    "crm.deliver": "Tell other systems of scores",
    "crm.deliver_in_bulk": "Tell other systems of many scores",
    "crm.on_persons_changed": "Tell other systems of leads that were merged",
    "crm.on_scores_changed": "Plan what other systems are told",
    "crm.tidy_deliveries": "Clear old messages to other systems",
    "events.settle_persons": "Look again at leads that were merged",
    "events.settle_retractions": "Take back events that were told in error",
    "intake.run_import": "Import files",
    "intake.run_undo": "Undo an import",
    "quality.audit_history": "Audit the whole history",
    "quality.fill_gaps": "Fill in what nobody has said",
    "quality.find_duplicates": "Look for leads of one person",
    "quality.find_households": "Look for leads of one household",
    "quality.freeze_baseline": "Compute how the team did before Leadlight",
    "quality.on_import_finished": "Look at what an import brought",
    "quality.on_lead_created": "Place a new lead in its household",
    "routing.escalate": "Look whether leads were answered in five minutes",
    "routing.on_import_finished": "Look whom a file says was reached",
    "routing.on_inquiry": "Find somebody to answer an inquiry",
    "routing.on_opted_out": "Drop tasks after an opt-out",
    "routing.on_reply": "Have somebody answer a reply",
    "routing.on_tier_changed": "Call somebody about leads that turned hot",
    "routing.on_touch": "Note that a lead was reached",
    "routing.send_emails": "Email alerts to the team",
    "routing.send_pushes": "Send alerts to the team’s devices",
    "scoring.find_reasons": "Find the reasons of scores that moved",
    "scoring.rescore_person": "Score one person anew",
    "scoring.rescore_touched": "Score anew who did something",
    "scoring.sweep_active": "Begin to score all active people anew",
    "scoring.sweep_persons": "Score a batch of people anew",
    "scoring.sweep_warm": "Begin to score the warm and hot anew",
    "scoring.train_and_score": "Train the model and score everybody",
}

OUTCOME_WORDS: Mapping[str, str] = {
    "done": "done",
    "failed": "failed",
    "parked": "given up",
    "drained": "taken from the inbox",
}

#: Part of an error's type → what it means to whoever looks after the installation.
_MEANINGS: tuple[tuple[str, str], ...] = (
    ("OperationalError", "The database was away or busy."),
    ("InterfaceError", "The database was away or busy."),
    ("IntegrityError", "What was to be stored contradicts what is stored already."),
    ("DoesNotExist", "What it was about is no longer there."),
    ("MemoryError", "The machine had too little memory."),
    ("LookupError", "This version does not know this kind of work; a newer one wrote it down."),
    ("Timeout", "Another system did not answer in time."),
    ("Connect", "Another system could not be reached."),
    ("PermissionError", "A file or folder may not be read or written."),
    ("FileNotFoundError", "A file that it needs is no longer there."),
    ("OSError", "A file, a disk or the network failed."),
)

#: The end of a traceback: the error's type with its module, and its message.
_RAISED = re.compile(r"^([A-Za-z_]\w*(?:\.\w+)*)(?:: (.*))?\Z", re.M | re.S)


def job_words(name: str) -> str:
    """Return what a job does; one that has no words yet is called by its own name, spelled out."""
    if name in JOB_WORDS:
        return JOB_WORDS[name]
    room, _, function = name.partition(".")
    said = function.replace("_", " ").strip() or room
    return said[:1].upper() + said[1:]


def queue_words(name: str) -> str:
    """Return what a queue is for."""
    return QUEUE_WORDS.get(name, name.capitalize())


def plain_error(recorded: str) -> str:
    """
    Say in plain words what went wrong, given what the ledger recorded: a traceback, or a sentence of its own.

    Our own errors were written for people, and stand as they are; of others the type is explained, since their
    messages speak to programmers and quote data.
    """
    told = recorded.strip()
    if not told:
        return "It was given up, and nothing was recorded."
    if "Traceback (most recent call last)" not in told and "\n" not in told:
        return told
    # What was raised last comes last; the errors that led to it stand before.
    raised = _RAISED.search(told.rpartition("Traceback (most recent call last)")[2])
    if raised is None:
        return "Something went wrong that Leadlight did not foresee."
    kind, message = raised[1], (raised[2] or "").strip()
    if kind.startswith("leadlight.") and message:
        return message
    name = kind.rpartition(".")[2]
    for part, meaning in _MEANINGS:
        if part in kind:
            return meaning
    return f"Something went wrong that Leadlight did not foresee ({name})."
