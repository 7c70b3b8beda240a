"""Addresses of importing."""

from django.urls import path

from leadlight.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.show_list, name="list"),
    path("new/", views.upload, name="upload"),
    path("<int:import_id>/mapping/", views.mapping, name="mapping"),
    path("<int:import_id>/mapping/<int:position>.toml", views.mapping_toml, name="mapping_toml"),
    path("<int:import_id>/preview/", views.preview, name="preview"),
    path("<int:import_id>/start/", views.start, name="start"),
    path("<int:import_id>/progress/", views.progress, name="progress"),
    path("<int:import_id>/", views.result, name="result"),
    path("<int:import_id>/rejected.csv", views.rejected, name="rejected"),
    path("<int:import_id>/undo/", views.undo, name="undo"),
    path("<int:import_id>/discard/", views.discard, name="discard"),
]
