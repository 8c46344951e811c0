"""Questions that wait for an entry, and how entries are used."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import lilo_site.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0003_plane"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EntryUsage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('day', models.DateField()),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'day'), name='knowledge_usage_of_day')],
            },
        ),
        migrations.CreateModel(
            name='QuestionGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Waiting'), ('writing', 'An entry is on its way'), ('answered', 'Answered'), ('dismissed', 'Not for Lilo')], default='open', max_length=10)),
                ('dismissed_because', models.CharField(blank=True, max_length=300, verbose_name='why')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('people', models.PositiveIntegerField(default=0)),
                ('last_asked_on', models.DateField(default=django.utils.timezone.localdate)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('entry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='question_groups', to='knowledge.entry')),
            ],
            options={
                'verbose_name': 'question for Lilo',
                'verbose_name_plural': 'questions for Lilo',
                'ordering': ['-people', '-last_asked_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('ticket', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('text', lilo_site.encryption.EncryptedTextField()),
                ('vector', lilo_site.encryption.EncryptedTextField(default='')),
                ('model', models.CharField(blank=True, max_length=200)),
                ('reason', models.CharField(choices=[('unanswered', 'Lilo could not answer'), ('not_helpful', 'The answer did not help')], max_length=12)),
                ('shown', models.JSONField(default=list)),
                ('by_senior', models.BooleanField(default=True)),
                ('asked_on', models.DateField(default=django.utils.timezone.localdate)),
                ('tried_with', models.CharField(blank=True, max_length=80)),
                ('answered_by', models.CharField(blank=True, max_length=200)),
                ('is_told', models.BooleanField(default=False)),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='questions', to='knowledge.questiongroup')),
            ],
            options={
                'ordering': ['-asked_on', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='questiongroup',
            index=models.Index(fields=['state', '-people', '-last_asked_on'], name='knowledge_inbox_order'),
        ),
        migrations.AddConstraint(
            model_name='questiongroup',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'writing', 'answered', 'dismissed'])), name='knowledge_inbox_state'),
        ),
        migrations.AddConstraint(
            model_name='questiongroup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'dismissed'), _negated=True), models.Q(('dismissed_because', ''), _negated=True), _connector='OR'), name='knowledge_inbox_dismissed_with_reason'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['asked_on'], name='knowledge_question_day'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['unanswered', 'not_helpful'])), name='knowledge_question_reason'),
        ),
    ]
