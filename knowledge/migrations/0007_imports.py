"""Imports by curators, and what became of each of their rows."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0006_experiments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('checking', 'Being checked'), ('ready', 'Waits for your yes'), ('importing', 'Being imported'), ('done', 'Imported'), ('discarded', 'Discarded'), ('failed', 'Stopped')], default='checking', max_length=10)),
                ('files', models.JSONField()),
                ('chosen', models.JSONField(default=dict)),
                ('digest', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('rows_read', models.PositiveIntegerField(default=0)),
                ('bytes_done', models.PositiveBigIntegerField(default=0)),
                ('bytes_total', models.PositiveBigIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('beat_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'import',
                'ordering': ['-created_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ImportLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('result', models.CharField(choices=[('new', 'New'), ('changed', 'Changed'), ('unchanged', 'Unchanged'), ('refused', 'Refused'), ('note', 'Note')], max_length=10)),
                ('place', models.TextField()),
                ('key', models.CharField(blank=True, max_length=200)),
                ('question', models.TextField(blank=True)),
                ('detail', models.TextField(blank=True)),
                ('warnings', models.JSONField(default=list)),
                ('has_warnings', models.BooleanField(default=False)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='knowledge.importjob')),
            ],
            options={
                'ordering': ['position'],
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='importjob',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['checking', 'ready', 'importing'])), fields=('created_by', 'digest'), name='knowledge_import_once'),
        ),
        migrations.AddConstraint(
            model_name='importjob',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['checking', 'ready', 'importing', 'done', 'discarded', 'failed'])), name='knowledge_import_state'),
        ),
        migrations.AddIndex(
            model_name='importline',
            index=models.Index(fields=['job', 'result', 'position'], name='knowledge_import_line_result'),
        ),
        migrations.AddConstraint(
            model_name='importline',
            constraint=models.UniqueConstraint(fields=('job', 'position'), name='knowledge_import_line_once'),
        ),
    ]
