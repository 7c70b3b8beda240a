"""Queues, priorities and workers; jobs that are done leave the ledger."""

from django.db import migrations, models
from django.db.models import Q


def drop_finished(apps, schema_editor):
    apps.get_model("jobs", "Job").objects.filter(finished_at__isnull=False).delete()


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.RunPython(drop_finished, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint("job", "jobs_job_key"),
        migrations.RemoveIndex("job", "jobs_job_open"),
        migrations.RemoveField("job", "finished_at"),
        migrations.AddField("job", "failures", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("job", "priority", models.SmallIntegerField(default=0)),
        # Until now every job was an import, an undo or a training.
        migrations.AddField("job", "queue", models.CharField(max_length=16, default="long"), preserve_default=False),
        migrations.AddIndex(
            "job",
            models.Index(
                fields=["queue", "priority", "run_at", "id"], condition=Q(parked_at=None), name="jobs_job_open"
            ),
        ),
        migrations.AddIndex(
            "job",
            models.Index(fields=["parked_at"], condition=Q(parked_at__isnull=False), name="jobs_job_parked"),
        ),
        migrations.AddConstraint(
            "job",
            models.UniqueConstraint(fields=["key"], condition=Q(parked_at=None) & ~Q(key=""), name="jobs_job_key"),
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("name", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("queues", models.JSONField(default=list)),
                ("started_at", models.DateTimeField()),
                ("beat_at", models.DateTimeField()),
                ("counters", models.JSONField(default=dict)),
            ],
        ),
    ]
