"""Exports that are known by name: whose headers they are, where we know them from, and what their labels mean."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from leadlight.intake.rules.fields import ACTIVITIES, DEALS, LEADS
from leadlight.intake.rules.headers import key
from leadlight.intake.rules.labels import plain


@dataclass(frozen=True)
class Preset:
    """One kind of export of one system."""

    name: str
    #: The system that the ids belong to.
    system: str
    label: str
    table: str
    #: Where the headers and labels come from, one sentence.
    source: str
    #: Whether the headers stand in a public document of the vendor; else the page says "unverified".
    verified: bool
    #: Header as `headers.key` gives it → field.
    headers: dict[str, str]
    #: A file is of this kind when it has at least one header of every group.
    needs: tuple[frozenset[str], ...]
    #: Stage label as `labels.plain` gives it → meaning; beats the general words.
    stages: dict[str, str] = field(default_factory=dict)
    #: Activity label, likewise → event kind.
    activities: dict[str, str] = field(default_factory=dict)


def _headers(fields: dict[str, str]) -> dict[str, str]:
    return {key(name): field for field, names in fields.items() for name in names.split(";")}


def _labels(meanings: dict[str, str]) -> dict[str, str]:
    return {plain(label): meaning for meaning, labels in meanings.items() for label in labels.split(";")}


def _needs(*groups: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(key(name) for name in group.split(";")) for group in groups)


_FUB_STAGES = _labels(
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
_FUB_EVENTS = _labels(
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
_HUBSPOT_STAGES = _labels(
    {
        "open": "Subscriber;Lead;Marketing Qualified Lead;marketingqualifiedlead;Sales Qualified Lead;"
        "salesqualifiedlead;"
        "Opportunity;New;Open;In progress;IN_PROGRESS;Open deal;OPEN_DEAL;Attempted to contact;"
        "ATTEMPTED_TO_CONTACT;Connected;"
        "Bad timing;BAD_TIMING;Qualified to buy;qualifiedtobuy;Decision maker bought-in;"
        "decisionmakerboughtin",
        "appointment": "Appointment scheduled;appointmentscheduled;Presentation scheduled;presentationscheduled",
        "agreement": "Contract sent;contractsent",
        "closed": "Customer;Closed won;closedwon",
        "past_client": "Evangelist",
        "lost": "Unqualified;UNQUALIFIED;Closed lost;closedlost",
    }
)
_HUBSPOT_EVENTS = _labels(
    {
        "email_sent": "EMAIL;EMAIL_SENT;SENT;OUTGOING_EMAIL;Email",
        "email_delivered": "EMAIL_DELIVERED;DELIVERED",
        "email_opened": "EMAIL_OPEN;OPEN;Opened email;Email open",
        "email_clicked": "EMAIL_CLICK;CLICK;Clicked email",
        "email_replied": "EMAIL_REPLY;REPLY;INCOMING_EMAIL",
        "email_bounced": "EMAIL_BOUNCE;BOUNCE",
        "email_complained": "SPAMREPORT;EMAIL_SPAM_REPORT",
        "unsubscribed": "UNSUBSCRIBED;EMAIL_UNSUBSCRIBE;STATUSCHANGE UNSUBSCRIBED",
        "form_submit": "FORM_SUBMISSION;Form submission",
        "page_view": "PAGE_VIEW;Page view;WEBSITE_VISIT",
        "call_attempted": "CALL;Call",
        "appointment_booked": "MEETING;Meeting",
        "note_added": "NOTE;Note",
        "sms_sent": "SMS;COMMUNICATION",
        "ignore": "TASK;Task;PROCESSED;DROPPED;DEFERRED;STATUSCHANGE;POSTAL_MAIL;LINKED_IN_MESSAGE",
    }
)
_SALESFORCE_STAGES = _labels(
    {
        "open": "Open - Not Contacted;Working - Contacted;New;Contacted;Working;Nurturing;Qualified;"
        "Prospecting;Qualification;"
        "Needs Analysis;Value Proposition;Id. Decision Makers;Perception Analysis;Proposal/Price Quote;"
        "Negotiation/Review",
        "agreement": "Closed - Converted;Converted",
        "closed": "Closed Won",
        "lost": "Closed - Not Converted;Closed Lost;Unqualified",
    }
)
_SALESFORCE_EVENTS = _labels(
    {
        "call_attempted": "Call",
        "email_sent": "Email;ListEmail;List Email",
        "appointment_booked": "Event;Meeting;Appointment;Showing",
        "sms_sent": "SMS;Text",
        "note_added": "Note",
        "ignore": "Task;Other;Cadence;LinkedIn;To Do;Send Letter;Send Quote",
    }
)

_FUB_PAGES = (
    "Stages from Follow Up Boss's help page \u201cChanging a Lead Stage\u201d "
    "(help.followupboss.com/article/319), event types from its "
    "public API reference (docs.followupboss.com/reference/events-post)"
)

PRESETS: tuple[Preset, ...] = (
    Preset(
        name="followupboss_people",
        system="followupboss",
        label="Follow Up Boss people",
        table=LEADS,
        source=f"{_FUB_PAGES}; the export's headers are written down from memory: no public page lists them.",
        verified=False,
        headers=_headers(
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
        needs=_needs(
            "Stage", "Assigned To;Email 1;Phone 1;Date Added;Is Contacted", "First Name;Name;Email 1;Last Name"
        ),
        stages=_FUB_STAGES,
    ),
    Preset(
        name="followupboss_activities",
        system="followupboss",
        label="Follow Up Boss activities",
        table=ACTIVITIES,
        source=f"{_FUB_PAGES}; columns follow the API's names of events, calls, texts and appointments; "
        f"no public page lists an export's.",
        verified=False,
        headers=_headers(
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
        needs=_needs("Person ID", "Type;Activity Type", "Date;Created;Occurred"),
        activities=_FUB_EVENTS,
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
        headers=_headers(
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
        needs=_needs(
            "Deal ID;ID",
            "Person ID;People",
            "Stage;Deal Stage",
            "Mutual Acceptance Date;Projected Close Date;Pipeline",
        ),
        stages=_FUB_STAGES,
    ),
    Preset(
        name="hubspot_people",
        system="hubspot",
        label="HubSpot contacts",
        table=LEADS,
        source="Labels from HubSpot's help page \u201cHubSpot's default contact properties\u201d "
        "(knowledge.hubspot.com/properties/hubspots-default-contact-properties), internal names and "
        "lifecycle stages from its developer "
        "documentation (developers.hubspot.com).",
        verified=True,
        headers=_headers(
            {
                "lead_id": "Record ID;Record ID - Contact;hs_object_id;vid;Contact ID",
                "first_name": "First Name;firstname",
                "last_name": "Last Name;lastname",
                "email": "Email;Additional email addresses;hs_additional_emails;Work email",
                "phone": "Phone Number;phone;Mobile Phone Number;mobilephone",
                "owner": "Contact owner;hubspot_owner_id",
                "stage": "Lifecycle Stage;lifecyclestage;Lead Status;hs_lead_status",
                "contacted_at": "Create Date;createdate",
                "source": "Original Source;Original Traffic Source;Original Source Type;hs_analytics_source",
                "do_not_email": "Unsubscribed from all email;hs_email_optout;Opted out of all email",
                "email_bounced": "Email hard bounce reason;hs_email_hard_bounce_reason_enum;Email "
                "address quarantined;hs_email_quarantined",
                "closed_at": "Close Date;closedate",
                "message": "Message",
                "home": "City;State/Region;state;Postal Code;zip;Street Address;address;Country/Region;country",
                "ignored": "Last Activity Date;notes_last_updated;Last Modified Date;lastmodifieddate;"
                "Last Contacted;notes_last_contacted;"
                "Time zone;hs_timezone;Email Domain;hs_email_domain;Associated Company;Associated "
                "Company IDs;Last Engagement Date;"
                "Became a Lead Date;Became a Customer Date;Original Source Drill-Down 1;Original Source "
                "Drill-Down 2",
            }
        ),
        needs=_needs(
            "Record ID;Record ID - Contact;hs_object_id;vid",
            "Lifecycle Stage;Lead Status;Contact owner;lifecyclestage;hs_lead_status;hubspot_owner_id",
            "Email;First Name;firstname",
        ),
        stages=_HUBSPOT_STAGES,
    ),
    Preset(
        name="hubspot_activities",
        system="hubspot",
        label="HubSpot activities",
        table=ACTIVITIES,
        source="Internal names from HubSpot's developer documentation of engagements and email events "
        "(developers.hubspot.com); the "
        "labels of an activity export differ by account and are not published.",
        verified=False,
        headers=_headers(
            {
                "event_id": "Record ID;hs_object_id;Activity ID;Engagement ID;Event ID",
                "lead_id": "Associated Contact IDs;Associated Contact ID;Contact ID;Associated Contact",
                "email": "Recipient;Contact Email;Associated Contact Email;Email",
                "type": "Activity type;Engagement Type;Event Type;hs_engagement_type;Type",
                "occurred_at": "Activity date;hs_timestamp;Timestamp;Event Date",
                "recorded_at": "Create date;hs_createdate;Created",
                "direction": "Call direction;hs_call_direction;Email direction;hs_email_direction;Direction",
                "outcome": "Call outcome;hs_call_disposition;Meeting outcome;hs_meeting_outcome;Outcome",
                "duration_milliseconds": "Call duration;hs_call_duration",
                "starts_at": "Meeting start time;hs_meeting_start_time",
                "owner": "Activity assigned to;Assigned to;hubspot_owner_id;Activity created by",
                "text": "Call notes;hs_call_body;Email body;hs_email_text;Email subject;hs_email_subject;"
                "Note body;hs_note_body;"
                "Meeting description;hs_meeting_body;Message;hs_communication_body;Body",
                "is_machine": "Filtered event;filteredEvent;Bot",
                "ignored": "Last modified date;hs_lastmodifieddate;Associated Company IDs;Associated "
                "Deal IDs;hs_meeting_end_time",
            }
        ),
        needs=_needs(
            "Associated Contact IDs;Associated Contact ID;Associated Contact;Recipient",
            "Activity type;Engagement Type;Event Type;hs_engagement_type",
            "Activity date;hs_timestamp;Timestamp;Event Date",
        ),
        activities=_HUBSPOT_EVENTS,
    ),
    Preset(
        name="hubspot_deals",
        system="hubspot",
        label="HubSpot deals",
        table=DEALS,
        source="Labels and stages from HubSpot's help pages on default deal properties and the default "
        "pipeline "
        "(knowledge.hubspot.com/properties/hubspots-default-deal-properties), internal names from "
        "developers.hubspot.com.",
        verified=True,
        headers=_headers(
            {
                "event_id": "Record ID;Record ID - Deal;Deal ID;hs_object_id",
                "lead_id": "Associated Contact IDs;Associated Contact ID",
                "email": "Associated Contact Email",
                "name": "Associated Contact",
                "stage": "Deal Stage;dealstage",
                "price": "Amount;amount",
                "owner": "Deal owner;hubspot_owner_id",
                "recorded_at": "Create Date;createdate;hs_createdate",
                "closed_at": "Close Date;closedate",
                "stage_at": "Date entered current stage;hs_v2_date_entered_current_stage",
                "ignored": "Deal Name;dealname;Pipeline;pipeline;Deal Type;dealtype;Last Activity Date;"
                "Last Modified Date;hs_lastmodifieddate;"
                "Associated Company IDs;Deal Description;Deal probability;Closed Lost Reason;Closed Won "
                "Reason;Is Closed Won",
            }
        ),
        needs=_needs(
            "Deal Stage;dealstage",
            "Close Date;closedate",
            "Associated Contact IDs;Associated Contact;Record ID;hs_object_id",
        ),
        stages=_HUBSPOT_STAGES,
    ),
    Preset(
        name="salesforce_people",
        system="salesforce",
        label="Salesforce leads",
        table=LEADS,
        source="Labels and API names from Salesforce's Field Reference Guide, Lead "
        "(developer.salesforce.com, "
        "salesforce_field_reference_Lead).",
        verified=True,
        headers=_headers(
            {
                "lead_id": "Id;Lead ID",
                "first_name": "FirstName;First Name",
                "last_name": "LastName;Last Name",
                "name": "Name",
                "email": "Email",
                "phone": "Phone;MobilePhone;Mobile",
                "source": "LeadSource;Lead Source",
                "stage": "Status;Lead Status",
                "owner": "Owner.Name;Lead Owner;Owner Name;OwnerId",
                "contacted_at": "CreatedDate;Created Date;Create Date",
                "converted": "IsConverted;Converted",
                "agreement_at": "ConvertedDate;Converted Date",
                "do_not_email": "HasOptedOutOfEmail;Email Opt Out",
                "do_not_call": "DoNotCall;Do Not Call",
                "email_bounced": "EmailBouncedDate;Email Bounced Date;EmailBouncedReason;Email Bounced "
                "Reason;IsEmailBounced",
                "message": "Description",
                "home": "Street;City;State;State/Province;PostalCode;Zip/Postal Code;Country",
                "ignored": "LastActivityDate;Last Activity;LastModifiedDate;Last Modified Date;"
                "SystemModstamp;LastViewedDate;"
                "LastReferencedDate;ConvertedAccountId;ConvertedContactId;ConvertedOpportunityId;"
                "CreatedById;LastModifiedById;IsDeleted;"
                "HasOptedOutOfFax;Fax;Company;Company / Account;IsUnreadByOwner;MasterRecordId;Jigsaw;"
                "JigsawContactId",
            }
        ),
        needs=_needs(
            "Id;Lead ID",
            "IsConverted;HasOptedOutOfEmail;Lead Owner;OwnerId;ConvertedDate;LeadSource;Email Opt Out",
            "Status;Lead Status;IsConverted",
            "OwnerId;Lead Owner;Owner.Name;Owner Name;CreatedDate;Company / Account;Company",
        ),
        stages=_SALESFORCE_STAGES,
    ),
    Preset(
        name="salesforce_activities",
        system="salesforce",
        label="Salesforce tasks and events",
        table=ACTIVITIES,
        source="Labels and API names from Salesforce's Field Reference Guide, Task and OpenActivity "
        "(developer.salesforce.com, "
        "salesforce_field_reference_Task).",
        verified=True,
        headers=_headers(
            {
                "event_id": "Id;Activity ID;Task ID;Event ID",
                "lead_id": "WhoId;Who ID;Name ID;Lead ID;Contact ID",
                "type": "TaskSubtype;Task Subtype;ActivitySubtype;Activity Subtype;Type;Activity Type;EventSubtype",
                "direction": "CallType;Call Type",
                "outcome": "CallDisposition;Call Result;Status",
                "occurred_at": "CompletedDateTime;Completed Date;ActivityDate;Due Date Only;Due Date;"
                "Date;ActivityDateTime;StartDateTime;Start",
                "recorded_at": "CreatedDate;Created Date",
                "duration_seconds": "CallDurationInSeconds;Call Duration",
                "owner": "Owner.Name;Assigned To;OwnerId;Assigned",
                "text": "Subject;Description;Comments;Full Comments",
                "ignored": "WhatId;Related To;AccountId;Priority;IsClosed;IsHighPriority;IsArchived;"
                "IsDeleted;LastModifiedDate;"
                "Last Modified Date;CreatedById;EndDateTime;DurationInMinutes;CallObject;SystemModstamp;"
                "Company / Account;Call Object Identifier",
            }
        ),
        needs=_needs(
            "WhoId;Who ID;Name ID;Lead ID",
            "TaskSubtype;Task Subtype;ActivitySubtype;CallType;Call Type;CallDurationInSeconds;Subject",
            "ActivityDate;CompletedDateTime;CreatedDate;ActivityDateTime;StartDateTime;Due Date;Date",
        ),
        activities=_SALESFORCE_EVENTS,
    ),
    Preset(
        name="salesforce_deals",
        system="salesforce",
        label="Salesforce opportunities",
        table=DEALS,
        source="API names and default stages from Salesforce's object reference, Opportunity "
        "(developer.salesforce.com, "
        "sforce_api_objects_opportunity).",
        verified=True,
        headers=_headers(
            {
                "event_id": "Id;Opportunity ID",
                "lead_id": "ContactId;Contact ID;Primary Contact ID;Lead ID",
                "email": "Contact.Email;Email",
                "stage": "StageName;Stage",
                "price": "Amount",
                "owner": "Owner.Name;Opportunity Owner;OwnerId",
                "recorded_at": "CreatedDate;Created Date",
                "closed_at": "CloseDate;Close Date",
                "stage_at": "LastStageChangeDate;Last Stage Change Date",
                "ignored": "Name;Opportunity Name;IsWon;IsClosed;Probability;Probability (%);"
                "ForecastCategory;ForecastCategoryName;Type;"
                "LeadSource;Lead Source;AccountId;Account Name;ExpectedRevenue;NextStep;Next Step;"
                "FiscalYear;Fiscal;LastModifiedDate;"
                "CampaignId;Description;Age;Fiscal Period;LastActivityDate;SystemModstamp;IsDeleted",
            }
        ),
        needs=_needs(
            "StageName;Stage",
            "CloseDate;Close Date",
            "IsWon;ForecastCategory;Opportunity Name;Opportunity ID;Probability;StageName;"
            "Opportunity Owner;Probability (%)",
        ),
        stages=_SALESFORCE_STAGES,
    ),
)

PRESET_BY_NAME: dict[str, Preset] = {preset.name: preset for preset in PRESETS}


def find_preset(columns: Sequence[str], *, tables: Collection[str]) -> Preset | None:
    """Return the known export that a file's headers are, the one that knows most of them; None when it is none."""
    keys = {key(column) for column in columns}
    fitting = [
        (sum(name in preset.headers for name in keys), -place, preset)
        for place, preset in enumerate(PRESETS)
        if preset.table in tables and all(group & keys for group in preset.needs)
    ]
    # Half of the columns or eight of them: a team's own columns may be many, an accident is seldom that rich.
    fitting = [entry for entry in fitting if entry[0] >= min(8, max(3, len(keys) // 2))]
    return max(fitting)[2] if fitting else None
