"""Writes of leads and persons."""

from leadlight.leads.operations.apart import UnableToKeepApart, keep_apart, let_together
from leadlight.leads.operations.merging import Merged, Parted, UnableToMerge, join_persons, part_persons
from leadlight.leads.operations.persons import adopt_leads, refresh_persons, remove_empty
from leadlight.leads.operations.records import (
    EDITABLE_FIELDS,
    LEAD_FIELDS,
    UnableToEditLead,
    add_identities,
    delete_leads,
    edit_lead,
    ensure_sources,
    note_added,
    note_told,
    remove_identities,
    store_leads,
    update_leads,
)
from leadlight.leads.operations.turns import hold_all_leads, share_leads

__all__ = [
    "EDITABLE_FIELDS",
    "LEAD_FIELDS",
    "Merged",
    "Parted",
    "UnableToEditLead",
    "UnableToKeepApart",
    "UnableToMerge",
    "add_identities",
    "adopt_leads",
    "delete_leads",
    "edit_lead",
    "ensure_sources",
    "hold_all_leads",
    "join_persons",
    "keep_apart",
    "let_together",
    "note_added",
    "note_told",
    "part_persons",
    "refresh_persons",
    "remove_empty",
    "remove_identities",
    "share_leads",
    "store_leads",
    "update_leads",
]
