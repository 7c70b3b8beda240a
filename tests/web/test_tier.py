"""A tier set by hand, and what moved a score, as the pages show them."""

from datetime import timedelta

import pytest
from django.test import Client

from leadlight.accounts.models import AuditEntry, Role
from leadlight.events.operations import NewEvent, record
from leadlight.events.rules import Cause
from leadlight.kit.clock import utc_now
from leadlight.leads.models import Person
from leadlight.scoring.models import Score, ScoreStep, TierOverride
from leadlight.scoring.operations import rescore_touched
from tests.web.api_client import with_model
from tests.web.build import person, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Person:
    now = utc_now()
    with_model(now)
    found = person("Ana Silva", contacted_at=now - timedelta(days=20), events=(("listing_view", timedelta(days=9)),))
    tell(found, "page_view")
    return found


def tell(found: Person, *kinds: str) -> None:
    now, lead_id = utc_now(), found.leads.get().pk
    told = [NewEvent(f"{kind}-{now.timestamp()}-{k}", lead_id, kind, now, now) for k, kind in enumerate(kinds)]
    record(events=told, person_of={lead_id: found.pk}, causes=[Cause.LIVE] * len(told), origin="api", now=now)
    rescore_touched(now=now)


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(user("Dana Ruiz", role))
    return client


def test_setting_a_tier_is_shown_with_who_and_why_and_can_be_taken_back(ana: Person) -> None:
    client = signed_in(Role.OWNER)
    page = client.post(f"/leads/{ana.pk}/tier/", {"tier": "HOT", "note": "Her sister bought"}, follow=True)
    text = page.content.decode()
    assert "Hot, set by Dana Ruiz" in text
    assert "Her sister bought" in text
    assert "by hand" in text
    assert "by hand" in client.get("/leads/?list=all").content.decode()
    assert Score.objects.get(pk=ana.pk).tier == "HOT"
    assert AuditEntry.objects.filter(action="lead.tier_set", subject=f"person:{ana.pk}").exists()
    text = client.post(f"/leads/{ana.pk}/tier/clear/", follow=True).content.decode()
    assert "by hand" not in text
    assert not TierOverride.objects.exists()
    assert Score.objects.get(pk=ana.pk).tier == "COLD"


@pytest.mark.parametrize("tier", ["", "LUKEWARM", "hot"])
def test_no_other_word_is_a_tier(ana: Person, tier: str) -> None:
    page = signed_in(Role.OWNER).post(f"/leads/{ana.pk}/tier/", {"tier": tier}, follow=True)
    assert "Choose one of Cold, Warm, Hot" in page.content.decode()
    assert not TierOverride.objects.exists()


def test_an_analyst_sets_nothing_and_an_agent_only_their_own(ana: Person) -> None:
    Person.objects.filter(pk=ana.pk).update(owner=user("Owner of Ana", Role.AGENT))
    for role, status in ((Role.ANALYST, 403), (Role.AGENT, 404)):
        client = signed_in(role)
        for address in ("tier/", "tier/clear/"):
            assert client.post(f"/leads/{ana.pk}/{address}", {"tier": "HOT"}).status_code == status
    assert "Set the tier" not in signed_in(Role.ANALYST).get(f"/leads/{ana.pk}/").content.decode()


def test_what_moved_a_score_is_one_tap_away(ana: Person) -> None:
    tell(ana, "showing_request", "listing_save")
    score = Score.objects.get(pk=ana.pk)
    assert score.value_before is not None
    client = signed_in(Role.OWNER)
    assert f'href="/leads/{ana.pk}/#change"' in client.get("/leads/?list=all").content.decode()
    text = client.get(f"/leads/{ana.pk}/").content.decode()
    assert 'id="change">What moved it +' in text
    Score.objects.update(changed_as_of=utc_now() - timedelta(hours=25))
    assert "#change" not in client.get("/leads/?list=all").content.decode()


def test_silent_moves_are_counted_on_the_model_page(ana: Person) -> None:
    version = Score.objects.get(pk=ana.pk).version
    step = {"person": ana, "value": 55, "tier": "WARM", "tier_before": "COLD", "is_move": True, "version": version}
    for cause in ("MODEL_CHANGE", "MODEL_CHANGE", "IMPORT", "LIVE"):
        ScoreStep.objects.create(**step, cause=cause, as_of=utc_now())
    ScoreStep.objects.create(**step, cause="IMPORT", as_of=utc_now() - timedelta(days=8))
    text = signed_in(Role.OWNER).get("/model/").content.decode()
    assert 'by a new model</span><span class="points">2' in text
    assert 'by an import, or history told late</span><span class="points">1' in text
