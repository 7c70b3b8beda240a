"""Writes of leads and persons."""

from leadlight.leads.operations.apart import UnableToKeepApart, keep_apart, let_together
from leadlight.leads.operations.households import (
    UnableToSayHousehold,
    hold_households,
    keep_households,
    say_household,
    unsay_household,
)
from leadlight.leads.operations.merging import Merged, Parted, UnableToMerge, join_persons, part_persons
from leadlight.leads.operations.owners import UnableToHandOver, hand_over, part_with_agent
from leadlight.leads.operations.parting import part_lead
from leadlight.leads.operations.persons import adopt_leads, put_on_call_list, refresh_persons, remove_empty
from leadlight.leads.operations.records import (
    EDITABLE_FIELDS,
    LEAD_FIELDS,
    UnableToEditLead,
    add_identities,
    delete_leads,
    edit_lead,
    note_added,
    note_told,
    remove_identities,
    store_leads,
    update_leads,
)
from leadlight.leads.operations.sources import (
    UnableToJoinSources,
    describe_source,
    ensure_sources,
    join_source,
    part_source,
    set_source_costs,
)
from leadlight.leads.operations.turns import hold_all_leads, share_leads

__all__ = [
    "EDITABLE_FIELDS",
    "LEAD_FIELDS",
    "Merged",
    "Parted",
    "UnableToEditLead",
    "UnableToHandOver",
    "UnableToJoinSources",
    "UnableToKeepApart",
    "UnableToMerge",
    "UnableToSayHousehold",
    "add_identities",
    "adopt_leads",
    "delete_leads",
    "describe_source",
    "edit_lead",
    "ensure_sources",
    "hand_over",
    "hold_all_leads",
    "hold_households",
    "join_persons",
    "join_source",
    "keep_apart",
    "keep_households",
    "let_together",
    "note_added",
    "note_told",
    "part_lead",
    "part_persons",
    "part_source",
    "part_with_agent",
    "put_on_call_list",
    "refresh_persons",
    "remove_empty",
    "remove_identities",
    "say_household",
    "set_source_costs",
    "share_leads",
    "store_leads",
    "unsay_household",
    "update_leads",
]
