import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_erasure'),
        ('chat', '0004_questions'),
    ]

    operations = [
        migrations.CreateModel(
            name='TakesPart',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('alias', models.CharField(max_length=32, unique=True)),
                ('agreed_at', models.DateTimeField()),
            ],
        ),
    ]
