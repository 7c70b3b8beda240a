"""
Who hears what, what is emptied by whom, and what recurs: the wiring of the ledger in three tables.

Every name is a function of that room's `tasks.py`; a test resolves them all.
"""

from datetime import time, timedelta

from leadlight.jobs.rules import LIVE, LONG, Daily, Every, Recurrence

#: Fact → its subscribers, each a handler of jobs. A fact without any costs nothing.
SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    #: Persons became one: `person_ids`, the one kept first, by `merge_id`. Their leads are all with the first now.
    "leads.persons_merged": ("crm.on_persons_changed",),
    #: That was undone, or a record was somebody else's: leads went from the first of `person_ids` to the others.
    "leads.persons_parted": ("crm.on_persons_changed",),
    #: A home is offered that was not before: `listing_id`, by its `cause`, as in the two below.
    "listings.appeared": (),
    #: The price of a home on offer fell by enough to be worth telling.
    "listings.price_dropped": (),
    #: A home is offered again.
    "listings.back_on_market": (),
    #: An inquiry, showing request or valuation request came in.
    "events.inquiry_received": ("consent.on_words", "messages.on_inquiry", "routing.on_inquiry"),
    #: A person answered us.
    "events.reply_received": ("consent.on_words", "messages.on_reply", "routing.on_reply"),
    #: Somebody sent a form that asks for nothing in particular; what they wrote in it may close a channel.
    "events.form_submitted": ("consent.on_words",),
    #: A person asked not to be contacted, on one channel or all.
    "events.opted_out": ("consent.on_opted_out", "messages.on_opted_out", "routing.on_opted_out"),
    #: Somebody of the team tried to reach a person, or did: an email, a text, a call.
    "events.touch_recorded": ("routing.on_touch",),
    #: An appointment, agreement, offer, closing or loss became known.
    "events.outcome_recorded": ("messages.on_outcome", "routing.on_touch"),
    #: A program or somebody of the team told of a lead that was not here: `lead_id`. Files tell of theirs at the end.
    "intake.lead_created": ("quality.on_lead_created",),
    #: An import came to its end: `import_id`.
    "intake.import_finished": ("quality.on_import_finished", "routing.on_import_finished"),
    #: A mail came into the team's mailbox: `mail_id`.
    "channels.mail_received": ("messages.on_mail",),
    #: A tier is another than before, or the first; by its cause, with the tiers before and after.
    "scoring.tier_changed": ("routing.on_tier_changed",),
    #: A score rose by 15 points or more within a day.
    "scoring.score_jumped": (),
    #: Persons have other scores, other tiers, or none any more: `person_ids` in batches, with the `cause`.
    "scoring.scores_changed": ("crm.on_scores_changed",),
    #: Somebody of the team is here no more: `user_id`. Their leads and tasks are others' by then.
    "routing.agent_left": ("messages.on_agent_left",),
}

#: Queue → what takes the rows that wait in tables of their own.
DRAINS: dict[str, tuple[str, ...]] = {
    LIVE: ("scoring.rescore_touched",),
    LONG: ("scoring.find_reasons",),
}

#: Queue → what a worker does once before it takes anything from it.
WARMUPS: dict[str, tuple[str, ...]] = {LIVE: ("scoring.warm",)}

#: What recurs, and when.
SCHEDULE: dict[str, Recurrence] = {
    "channels.read_mail": Every(timedelta(minutes=1)),
    "scoring.sweep_warm": Every(timedelta(hours=1)),
    "scoring.sweep_active": Daily(time(3, 10)),
    "crm.tidy_deliveries": Daily(time(3, 40)),
    "messages.find_doubtful": Every(timedelta(minutes=5)),
    #: Beside the one after each import: what got worse in a month is to be seen too.
    "quality.audit_history": Every(timedelta(days=30)),
    "quality.fill_gaps": Daily(time(4, 10)),
    "quality.find_duplicates": Daily(time(4, 30)),
    "quality.find_households": Daily(time(4, 50)),
}
