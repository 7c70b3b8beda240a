"""Addresses of the pages that join rooms."""

from django.urls import path

from leadlight.web import health, households, merging, moving, team, views, why

app_name = "web"
urlpatterns = [
    path("", views.leads, name="leads"),
    path("leads/add/", views.add, name="add"),
    path("leads/add/known/", views.known, name="known"),
    path("leads/add/referrers/", views.referrers, name="referrers"),
    path("leads/live/", views.leads_live, name="leads_live"),
    path("leads/<int:person_id>/", views.lead, name="lead"),
    path("leads/<int:person_id>/live/", views.lead_live, name="lead_live"),
    path("leads/<int:person_id>/edit/", views.edit, name="edit"),
    path("leads/<int:person_id>/merge/", merging.merge, name="merge"),
    path("leads/<int:person_id>/merge/undo/", merging.undo, name="undo_merge"),
    path("leads/<int:person_id>/apart/", merging.apart, name="keep_apart"),
    path("leads/<int:person_id>/apart/undo/", merging.together, name="let_together"),
    path("leads/<int:person_id>/why/", why.why, name="why"),
    path("leads/<int:person_id>/why/all.json", why.dossier, name="dossier"),
    path("leads/<int:person_id>/why/stop/", why.stop, name="stop"),
    path("leads/<int:person_id>/why/erase/", why.erase, name="erase"),
    path("leads/<int:person_id>/move/", moving.move, name="move"),
    path("leads/<int:person_id>/move/done/", moving.moved, name="moved"),
    path("leads/<int:person_id>/move/undo/", moving.move_back, name="move_back"),
    path("leads/<int:person_id>/part/", moving.part, name="part"),
    path("leads/<int:person_id>/household/", households.lives_with, name="lives_with"),
    path("leads/<int:person_id>/household/alone/", households.lives_alone, name="lives_alone"),
    path("leads/<int:person_id>/household/undo/", households.unsay, name="unsay_household"),
    path("leads/<int:person_id>/tier/", views.hold_tier, name="set_tier"),
    path("leads/<int:person_id>/tier/clear/", views.release_tier, name="clear_tier"),
    path("settings/team/", team.team, name="team"),
    path("settings/team/<int:user_id>/", team.member, name="member"),
    path("settings/team/<int:user_id>/remove/", team.remove, name="remove_member"),
    path("jobs/", views.work, name="work"),
    path("jobs/try-again/", views.try_work_again, name="try_work_again"),
    path("jobs/set-aside/", views.set_work_aside, name="set_work_aside"),
    path("health/live", health.live, name="live_health"),
    path("health/ready", health.ready, name="ready_health"),
    path("metrics", health.metrics, name="metrics"),
]
