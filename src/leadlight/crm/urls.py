"""Addresses of the webhooks' page."""

from django.urls import path

from leadlight.crm import views

app_name = "crm"
urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("<int:endpoint_id>/test/", views.test, name="test"),
    path("<int:endpoint_id>/disable/", views.disable, name="disable"),
    path("<int:endpoint_id>/enable/", views.enable, name="enable"),
    path("<int:endpoint_id>/roll/", views.roll, name="roll"),
    path("<int:endpoint_id>/remove/", views.remove, name="remove"),
]
