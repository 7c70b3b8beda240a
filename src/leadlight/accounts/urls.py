"""Addresses of signing in and out, and of who the brokerage is."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from leadlight.accounts import team, views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("welcome/<str:token>/", team.welcome, name="welcome"),
    path("settings/brokerage/", team.brokerage, name="brokerage"),
]
