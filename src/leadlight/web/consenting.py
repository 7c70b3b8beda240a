"""What somebody of the team writes down on the Lead page: what a lead agreed to."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from leadlight.accounts.queries import team_zone
from leadlight.consent.operations import UnableToRecordConsent
from leadlight.kit.clock import utc_now
from leadlight.web.operations import write_down_consent
from leadlight.web.rules.moments import BadMoment, read_moment
from leadlight.web.views import editor, lead_page

#: Of what somebody typed no more is kept.
_MOST_WORDS = 1_000


@require_POST
def write_down(request: HttpRequest, person_id: int) -> HttpResponse:
    """
    Write down what a lead said that they agree to, now unless the form says when, by the team's clock.

    What cannot be written down shows the page again, with the reason in plain words and all that was typed.
    """
    actor, now = editor(request, person_id), utc_now()
    form = {name: text.replace("\0", "")[:_MOST_WORDS] for name, text in request.POST.dict().items()}
    channel, _, address = form.get("way", "").partition(" ")
    try:
        # A form tells no seconds: pressed twice it says the same.
        at = read_moment(form.get("at", ""), team_zone()) or now.replace(second=0, microsecond=0)
        words = form.get("words", "").strip()
        is_new = write_down_consent(
            person_id=person_id, channel=channel, address=address, words=words, at=at, actor=actor, now=now
        )
    except (UnableToRecordConsent, BadMoment) as error:
        typed = {**form, "act": "consent"}
        return lead_page(request, actor, person_id, refused=str(error), typed=typed, status=HTTPStatus.BAD_REQUEST)
    told = "Written down, with their words." if is_new else "This was written down before."
    messages.success(request, told, extra_tags="good")
    return redirect("web:lead", person_id)
