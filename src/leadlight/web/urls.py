"""Addresses of the pages that join rooms."""

from django.urls import path

from leadlight.web import health, views

app_name = "web"
urlpatterns = [
    path("", views.leads, name="leads"),
    path("leads/<int:person_id>/", views.lead, name="lead"),
    path("leads/<int:person_id>/edit/", views.edit, name="edit"),
    path("health/live", health.live, name="live_health"),
    path("health/ready", health.ready, name="ready_health"),
    path("metrics", health.metrics, name="metrics"),
]
