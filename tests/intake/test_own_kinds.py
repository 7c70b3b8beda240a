"""A team's own words for what happens: named in a mapping, stored, counted on all clocks like the built-in ones."""

import numpy as np
import pytest

from leadlight.events.models import CustomKind, Event
from leadlight.events.queries import vocabulary
from leadlight.intake.models import ImportStatus
from leadlight.intake.rules.mapping import from_toml
from leadlight.leads.models import Person
from leadlight.scoring.queries import signals_of, table_of
from tests.intake.helpers import NOW, activities, bring, people

pytestmark = pytest.mark.django_db

MAPPING = """
table = "ACTIVITIES"
system = "followupboss"
columns = [
    { name = "ID", field = "event_id" },
    { name = "Person ID", field = "lead_id" },
    { name = "Type", field = "type" },
    { name = "Created", field = "occurred_at", dates = "iso" },
    { name = "Message", field = "text" },
    { name = "Property Address", field = "listing" },
    { name = "Price", field = "price" },
]
[activities]
"Tour Video Watched" = "tour_video"
[kinds.tour_video]
group = "BEHAVIOUR"
sentence = "They watched a video tour of a home."
"""


def test_a_kind_of_their_own_is_registered_stored_and_becomes_signals() -> None:
    part_of = bring(
        people("1,2025-03-03,Ann,Lee,Lead,Zillow,Dana,ann@x.com,,,,,,"),
        activities(
            "a1,1,Tour Video Watched,2025-05-30 10:00,,12 Elm St,", "a2,1,Tour Video Watched,2025-05-31 10:00,,,"
        ),
        mapping=from_toml(MAPPING),
    )
    assert part_of.status == ImportStatus.DONE
    assert CustomKind.objects.get().group == "BEHAVIOUR"
    assert Event.objects.filter(kind="tour_video").count() == 2
    assert vocabulary()[-1].noun == "tour video"
    matrix = signals_of([Person.objects.get().pk], as_of=np.array([NOW.timestamp()])).matrix
    assert matrix.column("tour_video_total")[0] == 2.0
    assert "tour_video_48h" in table_of(matrix).names
