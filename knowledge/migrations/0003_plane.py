"""Builds, their steps, and stored vectors."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0002_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Embedding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text_hash', models.CharField(max_length=32)),
                ('model', models.CharField(max_length=200)),
                ('dimension', models.PositiveIntegerField()),
                ('vector', models.BinaryField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('text_hash', 'model', 'dimension'), name='knowledge_embedding_of_text')],
            },
        ),
        migrations.CreateModel(
            name='KnowledgeVector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entry_key', models.CharField(max_length=200)),
                ('chunk_index', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=10)),
                ('text_hash', models.CharField(db_index=True, max_length=32)),
                ('model', models.CharField(max_length=200)),
                ('dimension', models.PositiveIntegerField()),
                ('artefact', models.CharField(max_length=80)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['entry_key', 'chunk_index'],
                'constraints': [models.UniqueConstraint(fields=('entry_key', 'chunk_index'), name='knowledge_vector_of_part')],
            },
        ),
        migrations.CreateModel(
            name='Build',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('running', 'Running'), ('published', 'Published'), ('refused', 'Refused'), ('failed', 'Failed')], default='running', max_length=10)),
                ('step', models.CharField(choices=[('read', 'Read the entries'), ('embed', 'Turn new texts into vectors'), ('write', 'Write and check the index'), ('judge', 'Judge its answers'), ('swap', 'Let it serve'), ('tidy', 'Clear away what is gone')], default='read', max_length=10)),
                ('progress', models.JSONField(default=dict)),
                ('version', models.CharField(blank=True, db_index=True, max_length=80)),
                ('entry_count', models.PositiveIntegerField(default=0)),
                ('vector_count', models.PositiveIntegerField(default=0)),
                ('reused_count', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveIntegerField(default=1)),
                ('verdict', models.JSONField(null=True)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('trace_id', models.CharField(blank=True, max_length=32)),
                ('started_at', models.DateTimeField()),
                ('beat_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('overruled_because', models.CharField(blank=True, max_length=500)),
                ('overruled_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-started_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='knowledge_build_one_running'), models.CheckConstraint(condition=models.Q(('state__in', ['running', 'published', 'refused', 'failed'])), name='knowledge_build_state'), models.CheckConstraint(condition=models.Q(('state', 'running'), ('finished_at__isnull', False), _connector='OR'), name='knowledge_build_ended'), models.CheckConstraint(condition=models.Q(('overruled_by', None), models.Q(('overruled_because', ''), _negated=True), _connector='OR'), name='knowledge_build_overruled_with_reason')],
            },
        ),
    ]
