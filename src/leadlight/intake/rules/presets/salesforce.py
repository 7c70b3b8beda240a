"""Exports of Salesforce."""

from leadlight.intake.rules.fields import ACTIVITIES, DEALS, LEADS
from leadlight.intake.rules.presets.preset import Preset, headers, labels, needs

_STAGES = labels(
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
_EVENTS = labels(
    {
        "call_attempted": "Call",
        "email_sent": "Email;ListEmail;List Email",
        "appointment_booked": "Event;Meeting;Appointment;Showing",
        "sms_sent": "SMS;Text",
        "note_added": "Note",
        "ignore": "Task;Other;Cadence;LinkedIn;To Do;Send Letter;Send Quote",
    }
)

PRESETS = (
    Preset(
        name="salesforce_people",
        system="salesforce",
        label="Salesforce leads",
        table=LEADS,
        source="Labels and API names from Salesforce's Field Reference Guide, Lead "
        "(developer.salesforce.com, "
        "salesforce_field_reference_Lead).",
        verified=True,
        headers=headers(
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
        needs=needs(
            "Id;Lead ID",
            "IsConverted;HasOptedOutOfEmail;Lead Owner;OwnerId;ConvertedDate;LeadSource;Email Opt Out",
            "Status;Lead Status;IsConverted",
            "OwnerId;Lead Owner;Owner.Name;Owner Name;CreatedDate;Company / Account;Company",
        ),
        stages=_STAGES,
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
        headers=headers(
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
        needs=needs(
            "WhoId;Who ID;Name ID;Lead ID",
            "TaskSubtype;Task Subtype;ActivitySubtype;CallType;Call Type;CallDurationInSeconds;Subject",
            "ActivityDate;CompletedDateTime;CreatedDate;ActivityDateTime;StartDateTime;Due Date;Date",
        ),
        activities=_EVENTS,
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
        headers=headers(
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
        needs=needs(
            "StageName;Stage",
            "CloseDate;Close Date",
            "IsWon;ForecastCategory;Opportunity Name;Opportunity ID;Probability;StageName;"
            "Opportunity Owner;Probability (%)",
        ),
        stages=_STAGES,
    ),
)
