"""Addresses of signing in and out."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from leadlight.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
]
