"""Addresses of the page of mail servers."""

from django.urls import path

from leadlight.channels import views

app_name = "channels"
urlpatterns = [
    path("", views.email, name="email"),
    path("smtp/", views.connect_smtp, name="connect_smtp"),
    path("smtp/test/", views.test_smtp, name="test_smtp"),
    path("smtp/disconnect/", views.disconnect_smtp, name="disconnect_smtp"),
    path("imap/", views.connect_imap, name="connect_imap"),
    path("imap/test/", views.test_imap, name="test_imap"),
    path("imap/disconnect/", views.disconnect_imap, name="disconnect_imap"),
    path("on/", views.turn_on, name="turn_on"),
    path("off/", views.turn_off, name="turn_off"),
]
