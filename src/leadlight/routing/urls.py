"""Addresses of the room."""

from django.urls import path

from leadlight.routing import views

app_name = "routing"
urlpatterns = [
    path("claim/<str:token>/", views.claim, name="claim"),
    path("settings/alerts/", views.alerts, name="alerts"),
    path("settings/alerts/subscribe/", views.subscribe, name="subscribe"),
    path("settings/alerts/<int:subscription_id>/remove/", views.unsubscribe, name="unsubscribe"),
    path("alerts-worker.js", views.worker, name="worker"),
]
