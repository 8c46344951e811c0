import companion.accounts.fields
import django.db.models.deletion
import django.db.models.manager
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('care', '0001_medicines'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('senior', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='journal', to=settings.AUTH_USER_MODEL)),
                ('kind', models.CharField(choices=[('check_in', 'Daily check-in'), ('mood', 'Mood'), ('sleep', 'Sleep'), ('sleep_hours', 'Hours of sleep'), ('pain', 'Pain'), ('blood_pressure', 'Blood pressure'), ('glucose', 'Blood sugar'), ('weight', 'Weight'), ('steps', 'Steps'), ('height', 'Height'), ('note', 'Note'), ('question', 'Question for the doctor')], max_length=16, verbose_name='what')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('day', models.DateField(verbose_name='day')),
                ('value', models.FloatField(blank=True, null=True)),
                ('lower', models.FloatField(blank=True, null=True)),
                ('unit', models.CharField(blank=True, max_length=8)),
                ('note', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='words')),
                ('source', models.CharField(choices=[('tap', 'By a tap'), ('form', 'Written on a page'), ('chat', 'Told to Lilo'), ('api', 'From a phone or a device')], max_length=8)),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_at', models.DateTimeField()),
                ('key', models.CharField(blank=True, max_length=100)),
                ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='replaced_by', to='care.entry')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_because', models.CharField(blank=True, choices=[('corrected', 'Corrected'), ('deleted', 'Deleted')], max_length=9)),
            ],
            options={
                'verbose_name': 'journal entry',
                'verbose_name_plural': 'journal entries',
                'ordering': ('-at', '-written_at'),
                'base_manager_name': 'everything',
                'default_manager_name': 'everything',
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['senior', 'kind', '-at'], name='journal_of_kind'), models.Index(condition=models.Q(('ended_at', None)), fields=['senior', '-at'], name='journal_of_senior'), models.Index(condition=models.Q(('ended_because', 'deleted')), fields=['ended_at'], name='journal_deleted')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('senior', 'key'), name='journal_key_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['check_in', 'mood', 'sleep', 'sleep_hours', 'pain', 'blood_pressure', 'glucose', 'weight', 'steps', 'height', 'note', 'question'])), name='journal_kind'), models.CheckConstraint(condition=models.Q(('value__isnull', False), ('kind__in', ['note', 'question']), _connector='OR'), name='journal_value_or_words')],
            },
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
    ]
