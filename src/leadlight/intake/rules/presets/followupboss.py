"""Exports of Follow Up Boss."""

from leadlight.intake.rules.fields import ACTIVITIES, DEALS, LEADS
from leadlight.intake.rules.presets.preset import Preset, headers, labels, needs

_STAGES = labels(
    {
        "open": "Lead;Leads;Hot Prospect;Hot Prospects;Nurture;Sphere;Contact;Attempted Contact;Spoke "
        "with Customer;Unresponsive",
        "appointment": "Appointment Set;Met with Customer;Showing Homes",
        "agreement": "Active Client;Buyers;Sellers;Buyer;Seller;Submitting Offers;Listing Agreement;Buyer Agreement",
        "under_contract": "Pending;Under Contract",
        "closed": "Closed;Sale Closed",
        "past_client": "Past Client;Past Clients",
        "lost": "Rejected;Terminated;Archived",
        "do_not_contact": "Trash",
    }
)
_EVENTS = labels(
    {
        "registered": "Registration",
        "inquiry": "Inquiry;Property Inquiry;General Inquiry",
        "valuation_request": "Seller Inquiry",
        "listing_view": "Viewed Property",
        "listing_save": "Saved Property",
        "site_visit": "Visited Website",
        "call_received": "Incoming Call",
        "unsubscribed": "Unsubscribed",
        "search": "Property Search",
        "search_save": "Saved Property Search",
        "open_house_visit": "Visited Open House",
        "page_view": "Viewed Page",
    }
)
_PAGES = (
    "Stages from Follow Up Boss's help page \u201cChanging a Lead Stage\u201d "
    "(help.followupboss.com/article/319), event types from its "
    "public API reference (docs.followupboss.com/reference/events-post)"
)

PRESETS = (
    Preset(
        name="followupboss_people",
        system="followupboss",
        label="Follow Up Boss people",
        table=LEADS,
        source=f"{_PAGES}; the export's headers are written down from memory: no public page lists them.",
        verified=False,
        headers=headers(
            {
                "lead_id": "ID;Person ID",
                "contacted_at": "Date Added;Created;Created At;Date Created",
                "name": "Name",
                "first_name": "First Name",
                "last_name": "Last Name",
                "stage": "Stage",
                "source": "Lead Source;Source",
                "owner": "Assigned To;Assigned Agent",
                "email": "Email 1;Email 2;Email 3;Email 4;Email 5;Email 6;Email;Emails",
                "phone": "Phone 1;Phone 2;Phone 3;Phone 4;Phone 5;Phone 6;Phone;Phones",
                "budget": "Price",
                "timeframe": "Timeframe;Time Frame",
                "tags": "Tags",
                "message": "Message;Inquiry Message",
                "ignored": "Last Activity;Last Communication;Last Updated;Updated;Email 1 - Type;Email 2 "
                "- Type;Phone 1 - Type;"
                "Phone 2 - Type;Source URL;Lead Source URL;Last Sent Email;Last Received Email;Last "
                "Incoming Call;Last Outgoing Call;"
                "Last Sent Text;Last Received Text;Last Visited Website;Next Task",
                "home": "Address 1 - Street;Address 1 - City;Address 1 - State;Address 1 - Zip;Address;"
                "City;State;Zip;Address 1 - Country",
            }
        ),
        needs=needs(
            "Stage", "Assigned To;Email 1;Phone 1;Date Added;Is Contacted", "First Name;Name;Email 1;Last Name"
        ),
        stages=_STAGES,
    ),
    Preset(
        name="followupboss_activities",
        system="followupboss",
        label="Follow Up Boss activities",
        table=ACTIVITIES,
        source=f"{_PAGES}; columns follow the API's names of events, calls, texts and appointments; "
        f"no public page lists an export's.",
        verified=False,
        headers=headers(
            {
                "event_id": "ID;Activity ID;Event ID",
                "lead_id": "Person ID;personId",
                "type": "Type;Activity Type",
                "occurred_at": "Date;Occurred;Occurred At",
                "recorded_at": "Created;Created At",
                "owner": "Agent;User Name;User;Assigned To",
                "direction": "Direction;Is Incoming;isIncoming",
                "outcome": "Outcome",
                "duration_seconds": "Duration",
                "starts_at": "Start Date;Start",
                "text": "Subject;Message;Description;Note;Body",
                "listing": "Property Street;Property Address;Property MLS Number;MLS Number",
                "area": "Property City",
                "price": "Property Price;Price",
                "email": "Email",
                "phone": "Phone",
                "name": "Name",
                "ignored": "Source;Property State;Property Zip;Property Code;System;Page URL;Page Title;"
                "Property URL;End;End Date;Updated",
            }
        ),
        needs=needs("Person ID", "Type;Activity Type", "Date;Created;Occurred"),
        activities=_EVENTS,
    ),
    Preset(
        name="followupboss_deals",
        system="followupboss",
        label="Follow Up Boss deals",
        table=DEALS,
        source="Columns follow the names of Follow Up Boss's deals screen and API; no public page lists "
        "an export's headers. "
        "A deal is opened there when an agreement is signed; change \u201cCreated\u201d when your team "
        "does otherwise.",
        verified=False,
        headers=headers(
            {
                "event_id": "ID;Deal ID",
                "lead_id": "Person ID;People IDs;People",
                "stage": "Stage;Deal Stage",
                "price": "Price;Deal Price",
                "owner": "Assigned To;Agents;Users",
                "agreement_at": "Created;Created At;Agreement Date",
                "under_contract_at": "Mutual Acceptance Date;Under Contract Date",
                "closed_at": "Actual Close Date;Closed Date",
                "stage_at": "Entered Stage At;Stage Changed",
                "ignored": "Name;Pipeline;Deal Name;Description;Projected Close Date;Commission Value;"
                "Agent Commission;Team Commission;"
                "Earnest Money Due Date;Due Diligence Date;Final Walk Through Date;Possession Date",
            }
        ),
        needs=needs(
            "Deal ID;ID",
            "Person ID;People",
            "Stage;Deal Stage",
            "Mutual Acceptance Date;Projected Close Date;Pipeline",
        ),
        stages=_STAGES,
    ),
)
