

import companion.accounts.fields
import django.core.validators
import django.db.models.deletion
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('circle', '0004_push'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Regimen',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', companion.accounts.fields.EncryptedTextField(verbose_name='name')),
                ('generic_name', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='other name')),
                ('strength', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='strength')),
                ('form', models.CharField(choices=[('tablet', 'tablet'), ('capsule', 'capsule'), ('liquid', 'spoon of liquid'), ('drops', 'drops'), ('inhaler', 'puff'), ('injection', 'injection'), ('patch', 'patch'), ('cream', 'cream'), ('other', 'dose')], default='tablet', max_length=10, verbose_name='form')),
                ('look', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='what it looks like')),
                ('instructions', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='how to take it')),
                ('food', models.CharField(blank=True, choices=[('', 'with or without food'), ('with', 'with food'), ('without', 'on an empty stomach')], default='', max_length=8, verbose_name='food')),
                ('rxnorm_id', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='RxNorm number')),
                ('is_critical', models.BooleanField(default=False, verbose_name='must not be missed')),
                ('zone_policy', models.CharField(choices=[('home', 'keep the times of home'), ('device', 'go by the clock where I am'), ('ask', 'ask me')], default='ask', max_length=6, verbose_name='when travelling')),
                ('asked_zone', models.CharField(blank=True, max_length=64)),
                ('window_minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(240)], verbose_name='minutes that are on time')),
                ('notice_minutes', models.PositiveSmallIntegerField(default=60, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(720)], verbose_name='minutes until the circle is told')),
                ('is_low_risk', models.BooleanField(default=False, verbose_name='told once a day only')),
                ('hides_name', models.BooleanField(default=True, verbose_name='messages do not name it')),
                ('most_snoozes', models.PositiveSmallIntegerField(default=3, verbose_name='times it can be put off')),
                ('least_minutes_between', models.PositiveIntegerField(blank=True, null=True, verbose_name='minutes between doses')),
                ('most_in_24_hours', models.DecimalField(blank=True, decimal_places=3, max_digits=8, null=True, verbose_name='most in 24 hours')),
                ('lead_days', models.PositiveSmallIntegerField(default=5, verbose_name='days the pharmacy needs')),
                ('expires_on', models.DateField(blank=True, null=True, verbose_name='use before')),
                ('state', models.CharField(choices=[('active', 'in use'), ('paused', 'paused'), ('stopped', 'stopped')], default='active', max_length=8)),
                ('state_reason', models.CharField(blank=True, choices=[('hospital', 'in hospital'), ('doctor', 'the doctor said so'), ('finished', 'finished'), ('deceased', 'died'), ('other', 'another reason')], default='', max_length=10)),
                ('paused_until', models.DateTimeField(blank=True, null=True, verbose_name='paused until')),
                ('active_since', models.DateTimeField()),
                ('laid_out_until', models.DateTimeField()),
                ('errands_at', models.DateTimeField(auto_now_add=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('follows', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='followers', to='care.regimen')),
                ('senior', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='regimens', to='circle.senior')),
            ],
            options={
                'verbose_name': 'medicine',
                'verbose_name_plural': 'medicines',
                'ordering': ('created_at',),
            },
        ),
        migrations.CreateModel(
            name='Routine',
            fields=[
                ('senior', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='routine', serialize=False, to='circle.senior')),
                ('waking', models.TimeField(default='07:00', verbose_name='getting up')),
                ('breakfast', models.TimeField(default='08:00', verbose_name='breakfast')),
                ('lunch', models.TimeField(default='12:30', verbose_name='lunch')),
                ('dinner', models.TimeField(default='18:30', verbose_name='dinner')),
                ('bed', models.TimeField(default='22:00', verbose_name='going to bed')),
            ],
        ),
        migrations.CreateModel(
            name='Occurrence',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('local_date', models.DateField()),
                ('slot', models.CharField(max_length=24)),
                ('label', models.CharField(max_length=5)),
                ('zone', models.CharField(max_length=64)),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=8)),
                ('due_at', models.DateTimeField()),
                ('opens_at', models.DateTimeField()),
                ('late_at', models.DateTimeField()),
                ('closes_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('pending', 'to take'), ('snoozed', 'later'), ('late', 'late'), ('taken', 'taken'), ('skipped', 'skipped'), ('missed', 'missed'), ('not_reminded', 'not reminded'), ('cancelled', 'called off')], default='pending', max_length=12)),
                ('remind_at', models.DateTimeField(blank=True, null=True)),
                ('nudge_at', models.DateTimeField(blank=True, null=True)),
                ('notice_at', models.DateTimeField(blank=True, null=True)),
                ('step_at', models.DateTimeField(blank=True, null=True)),
                ('snoozes', models.PositiveSmallIntegerField(default=0)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('alert_id', models.UUIDField(blank=True, null=True)),
                ('senior', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occurrences', to='circle.senior')),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('regimen', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occurrences', to='care.regimen')),
            ],
            options={
                'verbose_name': 'dose',
                'verbose_name_plural': 'doses',
                'ordering': ('due_at',),
            },
        ),
        migrations.CreateModel(
            name='DoseEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('taken', 'taken'), ('skipped', 'skipped'), ('snoozed', 'put off'), ('undone', 'undone'), ('effect', 'how it helped')], max_length=8)),
                ('recorded_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('taken_at', models.DateTimeField(blank=True, null=True)),
                ('quantity', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=8)),
                ('source', models.CharField(choices=[('tap', 'the senior pressed a button'), ('voice', 'the senior said so'), ('carer', 'somebody else noted it'), ('import', 'brought in'), ('lilo', 'Lilo')], max_length=6)),
                ('reason', models.CharField(blank=True, choices=[('felt_ill', 'I felt ill'), ('doctor', 'the doctor said so'), ('ran_out', 'I had none left'), ('did_not_want', 'I did not want it'), ('other', 'another reason')], default='', max_length=12)),
                ('note', companion.accounts.fields.EncryptedTextField(blank=True, default='')),
                ('doubt', models.CharField(blank=True, choices=[('', ''), ('double', 'may be a double dose'), ('too_soon', 'too soon after the last one'), ('over_most', 'more than the most in 24 hours')], default='', max_length=9)),
                ('effect', models.CharField(blank=True, choices=[('', ''), ('better', 'better'), ('same', 'the same'), ('worse', 'worse')], default='', max_length=6)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='followed_by', to='care.doseevent')),
                ('senior', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dose_events', to='circle.senior')),
                ('occurrence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='care.occurrence')),
                ('regimen', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dose_events', to='care.regimen')),
            ],
            options={
                'ordering': ('recorded_at',),
            },
        ),
        migrations.CreateModel(
            name='RegimenPicture',
            fields=[
                ('regimen', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='picture', serialize=False, to='care.regimen')),
                ('data', companion.accounts.fields.EncryptedTextField()),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('reminder', 'it is time'), ('late', 'not noted as taken'), ('unseen', 'the reminder may not have been seen'), ('taken', 'taken meanwhile'), ('double', 'may have been taken twice'), ('digest', 'of the day'), ('effect', 'did it help?'), ('refill', 'time to refill'), ('expiry', 'use before'), ('zone', 'which clock?')], max_length=8)),
                ('channel', models.CharField(blank=True, max_length=12)),
                ('state', models.CharField(choices=[('waiting', 'to be sent'), ('sent', 'handed over'), ('cancelled', 'no longer needed')], default='waiting', max_length=9)),
                ('due_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('delivery_id', models.UUIDField(blank=True, null=True)),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='care.doseevent')),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('senior', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='medicine_notices', to='circle.senior')),
                ('occurrence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='care.occurrence')),
                ('regimen', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='care.regimen')),
            ],
            options={
                'ordering': ('due_at',),
            },
        ),
        migrations.CreateModel(
            name='RegimenVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('effective_from', models.DateTimeField()),
                ('effective_until', models.DateTimeField(blank=True, null=True)),
                ('rule_data', models.JSONField()),
                ('zone', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('regimen', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='care.regimen')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.AddField(
            model_name='occurrence',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occurrences', to='care.regimenversion'),
        ),
        migrations.CreateModel(
            name='StockEvent',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('refill', 'fetched from the pharmacy'), ('count', 'counted'), ('discard', 'thrown away')], max_length=8)),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=8, validators=[django.core.validators.MinValueValidator(0)])),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('regimen', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stock_events', to='care.regimen')),
            ],
            options={
                'ordering': ('at',),
            },
        ),
        migrations.AddIndex(
            model_name='regimen',
            index=models.Index(condition=models.Q(('state', 'active')), fields=['laid_out_until'], name='regimen_to_lay_out'),
        ),
        migrations.AddIndex(
            model_name='regimen',
            index=models.Index(fields=['senior', 'state'], name='regimen_of_senior'),
        ),
        migrations.AddConstraint(
            model_name='regimen',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'paused', 'stopped'])), name='regimen_state'),
        ),
        migrations.AddConstraint(
            model_name='regimen',
            constraint=models.CheckConstraint(condition=models.Q(('most_in_24_hours', None), ('most_in_24_hours__gt', 0), _connector='OR'), name='regimen_most'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='dose_notice_due'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['occurrence', 'kind'], name='dose_notice_of_dose'),
        ),
        migrations.AddIndex(
            model_name='doseevent',
            index=models.Index(fields=['senior', '-recorded_at'], name='dose_event_of_senior'),
        ),
        migrations.AddIndex(
            model_name='doseevent',
            index=models.Index(fields=['regimen', 'taken_at'], name='dose_event_of_regimen'),
        ),
        migrations.AddConstraint(
            model_name='doseevent',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'undone')), fields=('of',), name='dose_event_undone_once'),
        ),
        migrations.AddConstraint(
            model_name='regimenversion',
            constraint=models.UniqueConstraint(fields=('regimen', 'number'), name='regimen_version_once'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(condition=models.Q(('step_at__isnull', False)), fields=['step_at'], name='dose_to_step'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(fields=['senior', 'due_at'], name='dose_of_senior'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(fields=['senior', 'local_date'], name='dose_of_day'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(fields=['regimen', 'due_at'], name='dose_of_regimen'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.UniqueConstraint(fields=('regimen', 'local_date', 'slot'), name='dose_once'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'snoozed', 'late', 'taken', 'skipped', 'missed', 'not_reminded', 'cancelled'])), name='dose_state'),
        ),
        migrations.AddIndex(
            model_name='stockevent',
            index=models.Index(fields=['regimen', 'at'], name='stock_of_regimen'),
        ),
        migrations.AddConstraint(
            model_name='stockevent',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='stock_quantity'),
        ),
    ]
