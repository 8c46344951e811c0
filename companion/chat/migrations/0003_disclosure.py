import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_erasure'),
        ('chat', '0002_family_messages'),
    ]

    operations = [
        migrations.CreateModel(
            name='Disclosure',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('said_at', models.DateTimeField()),
            ],
        ),
    ]
