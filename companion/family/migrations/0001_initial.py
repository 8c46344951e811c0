import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import companion.accounts.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [("circle", "0003_organisations"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name='HandoverNote',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('text', companion.accounts.fields.EncryptedTextField()),
                ('is_urgent', models.BooleanField(default=False)),
                ('shift_began_at', models.DateTimeField(blank=True, null=True)),
                ('written_at', models.DateTimeField()),
                ('senior', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='circle.senior')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='circle.unit')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-written_at',),
            },
        ),
        migrations.CreateModel(
            name='NoteReceipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='receipts', to='family.handovernote')),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('at',),
            },
        ),
        migrations.AddIndex(
            model_name='handovernote',
            index=models.Index(fields=['unit', '-written_at'], name='notes_of_unit'),
        ),
        migrations.AddIndex(
            model_name='handovernote',
            index=models.Index(fields=['senior', '-written_at'], name='notes_of_resident'),
        ),
        migrations.AddConstraint(
            model_name='notereceipt',
            constraint=models.UniqueConstraint(fields=('note', 'reader'), name='note_read_once'),
        ),
    ]
