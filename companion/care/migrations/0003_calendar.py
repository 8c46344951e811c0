import companion.accounts.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("care", "0002_journal"),
        ("circle", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarItem',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('visit', 'Visit or appointment'), ('task', 'Something to do')], max_length=6, verbose_name='kind')),
                ('title', companion.accounts.fields.EncryptedTextField(verbose_name='what')),
                ('place', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='where')),
                ('who', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='who comes')),
                ('note', companion.accounts.fields.EncryptedTextField(blank=True, default='', verbose_name='note')),
                ('day', models.DateField(verbose_name='first day')),
                ('time_of_day', models.TimeField(blank=True, null=True, verbose_name='time')),
                ('repeat', models.CharField(blank=True, choices=[('', 'Once'), ('weekly', 'Every week'), ('monthly', 'Every month')], default='', max_length=7, verbose_name='repeat')),
                ('until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('is_private', models.BooleanField(default=False, verbose_name='only I see it')),
                ('key', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('remind_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('senior', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calendar_items', to='circle.senior')),
            ],
            options={
                'verbose_name': 'visit or task',
                'verbose_name_plural': 'visits and tasks',
                'ordering': ('day', 'time_of_day', 'created_at'),
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('is_called_off', models.BooleanField(default=False)),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='care.calendaritem')),
            ],
        ),
        migrations.AddIndex(
            model_name='calendaritem',
            index=models.Index(fields=['senior', 'day'], name='calendar_item_of_senior'),
        ),
        migrations.AddIndex(
            model_name='calendaritem',
            index=models.Index(condition=models.Q(('remind_at__isnull', False)), fields=['remind_at'], name='calendar_item_remind'),
        ),
        migrations.AddConstraint(
            model_name='calendaritem',
            constraint=models.UniqueConstraint(fields=('senior', 'made_by', 'key'), name='calendar_item_once'),
        ),
        migrations.AddConstraint(
            model_name='calendaritem',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['visit', 'task'])), name='calendar_item_kind'),
        ),
        migrations.AddConstraint(
            model_name='calendaritem',
            constraint=models.CheckConstraint(condition=models.Q(('repeat__in', ['', 'weekly', 'monthly'])), name='calendar_item_repeat'),
        ),
        migrations.AddConstraint(
            model_name='calendarday',
            constraint=models.UniqueConstraint(fields=('item', 'day'), name='calendar_day_once'),
        ),
    ]
