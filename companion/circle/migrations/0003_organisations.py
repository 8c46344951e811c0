import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companion.accounts.fields
import companion.accounts.rules


class Migration(migrations.Migration):
    dependencies = [("circle", "0002_profile"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('phone', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='phone')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[companion.accounts.rules.check_time_zone], verbose_name='time zone')),
                ('country', models.CharField(default='US', max_length=2, validators=[companion.accounts.rules.check_country], verbose_name='country')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('phone', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='phone')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='circle.organisation')),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='StaffMember',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('role', models.CharField(choices=[('carer', 'Carer'), ('nurse', 'Nurse'), ('lead', 'Lead')], default='carer', max_length=8, verbose_name='role')),
                ('is_safeguarding_lead', models.BooleanField(default=False, verbose_name='safeguarding lead')),
                ('away_until', models.DateField(blank=True, null=True, verbose_name='away until')),
                ('link_digest', models.CharField(blank=True, db_index=True, max_length=64)),
                ('invited_at', models.DateTimeField(blank=True, null=True)),
                ('joined_at', models.DateTimeField(blank=True, null=True)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff', to='circle.organisation')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='posts', to=settings.AUTH_USER_MODEL)),
                ('units', models.ManyToManyField(blank=True, related_name='staff', to='circle.unit')),
            ],
            options={
                'verbose_name': 'member of staff',
                'verbose_name_plural': 'staff',
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Shift',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('weekdays', models.CharField(default='0123456', max_length=7)),
                ('starts', models.TimeField(verbose_name='from')),
                ('ends', models.TimeField(verbose_name='to')),
                ('first_day', models.DateField(verbose_name='first day')),
                ('last_day', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='circle.staffmember')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='circle.unit')),
            ],
            options={
                'ordering': ('starts', 'staff__name'),
            },
        ),
        migrations.CreateModel(
            name='Residency',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('room', models.CharField(blank=True, max_length=20, verbose_name='room')),
                ('moved_in_at', models.DateTimeField()),
                ('moved_out_at', models.DateTimeField(blank=True, null=True)),
                ('senior', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='residencies', to='circle.senior')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='residencies', to='circle.unit')),
            ],
            options={
                'verbose_name_plural': 'residencies',
                'ordering': ('moved_in_at',),
            },
        ),
        migrations.CreateModel(
            name='HomeSharing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('item', models.CharField(max_length=12, verbose_name='what')),
                ('is_on', models.BooleanField(verbose_name='shared')),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('residency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sharing', to='circle.residency')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('residency', 'item'), name='home_sharing_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(fields=('organisation', 'name'), name='unit_name_once'),
        ),
        migrations.AddIndex(
            model_name='staffmember',
            index=models.Index(fields=['user', 'left_at'], name='staff_by_person'),
        ),
        migrations.AddConstraint(
            model_name='staffmember',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at', None), models.Q(('user', None), _negated=True)), fields=('organisation', 'user'), name='staff_once'),
        ),
        migrations.AddIndex(
            model_name='shift',
            index=models.Index(fields=['unit', 'first_day'], name='shifts_of_unit'),
        ),
        migrations.AddConstraint(
            model_name='shift',
            constraint=models.CheckConstraint(condition=models.Q(('last_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='shift_days_in_order'),
        ),
        migrations.AddIndex(
            model_name='residency',
            index=models.Index(condition=models.Q(('moved_out_at', None)), fields=['unit'], name='residents_of_unit'),
        ),
        migrations.AddConstraint(
            model_name='residency',
            constraint=models.UniqueConstraint(condition=models.Q(('moved_out_at', None)), fields=('senior',), name='lives_in_one_place'),
        ),
        migrations.AddConstraint(
            model_name='residency',
            constraint=models.CheckConstraint(condition=models.Q(('moved_out_at', None), ('moved_out_at__gte', models.F('moved_in_at')), _connector='OR'), name='moves_in_before_out'),
        ),
    ]
