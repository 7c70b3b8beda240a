"""Addresses of the pages that join rooms."""

from django.urls import path

from leadlight.web import views

app_name = "web"
urlpatterns = [
    path("", views.leads, name="leads"),
    path("leads/add/", views.add, name="add"),
    path("leads/add/known/", views.known, name="known"),
    path("leads/add/referrers/", views.referrers, name="referrers"),
    path("leads/<int:person_id>/", views.lead, name="lead"),
    path("leads/<int:person_id>/edit/", views.edit, name="edit"),
]
