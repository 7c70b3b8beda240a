"""Exports of HubSpot."""

from leadlight.intake.rules.fields import ACTIVITIES, DEALS, LEADS
from leadlight.intake.rules.presets.preset import Preset, headers, labels, needs

_STAGES = labels(
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
_EVENTS = labels(
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

PRESETS = (
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
        headers=headers(
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
        needs=needs(
            "Record ID;Record ID - Contact;hs_object_id;vid",
            "Lifecycle Stage;Lead Status;Contact owner;lifecyclestage;hs_lead_status;hubspot_owner_id",
            "Email;First Name;firstname",
        ),
        stages=_STAGES,
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
        headers=headers(
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
        needs=needs(
            "Associated Contact IDs;Associated Contact ID;Associated Contact;Recipient",
            "Activity type;Engagement Type;Event Type;hs_engagement_type",
            "Activity date;hs_timestamp;Timestamp;Event Date",
        ),
        activities=_EVENTS,
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
        headers=headers(
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
        needs=needs(
            "Deal Stage;dealstage",
            "Close Date;closedate",
            "Associated Contact IDs;Associated Contact;Record ID;hs_object_id",
        ),
        stages=_STAGES,
    ),
)
