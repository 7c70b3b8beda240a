"""What deeds of the audit trail mean to the person they were done to. Pure."""

from collections.abc import Mapping

#: Deed → what it says on the page that explains to somebody why they were contacted. Others are none of theirs.
DECIDED: Mapping[str, str] = {
    "lead.added": "Added by hand",
    "lead.edited": "Changed what is written of them",
    "lead.tier_set": "Set the tier by hand",
    "lead.tier_cleared": "Let the score decide the tier again",
    "lead.parted": "Took a record apart: it is somebody else’s",
    "persons.merged": "Found that several records are of one person",
    "persons.parted": "Found that records are of several people after all",
    "persons.kept_apart": "Noted that somebody else is not the same person",
    "household.said": "Noted whom they live with",
    "consent.recorded": "Wrote down that they agreed to be contacted",
    "contact.stopped": "Stopped all contact",
}
