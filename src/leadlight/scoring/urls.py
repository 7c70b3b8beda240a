"""Addresses of the model."""

from django.urls import path
from django.urls.resolvers import URLPattern

app_name = "scoring"
urlpatterns: list[URLPattern] = []
