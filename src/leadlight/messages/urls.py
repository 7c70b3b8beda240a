"""The room's addresses."""

from django.urls import path

from leadlight.messages import views

app_name = "messaging"
urlpatterns = [
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:message_id>/", views.message, name="message"),
    path("outbox/<int:message_id>/settle/", views.settle, name="settle"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<int:person_id>/", views.conversation, name="conversation"),
    path("inbox/unfiled/<int:message_id>/", views.unfiled, name="unfiled"),
    path("sending/pause/", views.pause, name="pause"),
    path("sending/resume/", views.resume, name="resume"),
    path("settings/words/", views.wordings, name="wordings"),
    path("settings/words/<slug:template>/", views.wording, name="wording"),
    path("u/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
