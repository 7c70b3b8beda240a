"""The room's addresses."""

from django.urls import path

from leadlight.quality import views

app_name = "quality"
urlpatterns = [
    path("", views.data, name="data"),
    path("audit/", views.audit, name="audit"),
    path("columns/<int:verdict_id>/", views.decide, name="decide"),
    path("baseline/", views.freeze, name="freeze"),
    path("call-list/", views.fill_call_list, name="fill_call_list"),
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/search/", views.search_duplicates, name="search_duplicates"),
    path("duplicates/merge/", views.merge_certain, name="merge_certain"),
    path("duplicates/<int:pair_id>/", views.settle, name="settle"),
    path("sources/", views.sources, name="sources"),
    path("sources/costs/", views.costs, name="costs"),
    path("sources/<int:source_id>/join/", views.join, name="join"),
    path("sources/<int:source_id>/part/", views.part, name="part"),
    path("sources/<int:source_id>/own/", views.own, name="own"),
    path("sources/<int:source_id>/channel/", views.channel, name="channel"),
]
