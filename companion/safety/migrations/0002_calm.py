import companion.accounts.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('safety', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='letter',
            field=companion.accounts.fields.EncryptedTextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='delivery',
            name='about',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='item',
            field=models.CharField(blank=True, max_length=12),
        ),
    ]
