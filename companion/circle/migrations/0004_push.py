import companion.accounts.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("circle", "0003_organisations")]

    operations = [
        migrations.AlterField(
            model_name="contactpoint",
            name="kind",
            field=models.CharField(
                choices=[
                    ("email", "E-mail"),
                    ("sms", "Text message"),
                    ("push", "Notices on a phone or computer"),
                    ("apprise", "Another service"),
                ],
                max_length=8,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="contactpoint",
            name="address",
            field=companion.accounts.fields.EncryptedTextField(blank=True, verbose_name="address"),
        ),
        migrations.AddField(
            model_name="contactpoint",
            name="tells_more",
            field=models.BooleanField(default=False, verbose_name="tells more on a locked screen"),
        ),
    ]
