"""Addresses of the model."""

from django.urls import path

from leadlight.scoring import views

app_name = "scoring"
urlpatterns = [
    path("", views.model, name="model"),
    path("train/", views.train, name="train"),
    path("<int:version_id>/card.json", views.card_json, name="card"),
]
