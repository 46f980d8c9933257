from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0013_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="gone_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="participant",
            name="spoke_ms",
            field=models.PositiveBigIntegerField(
                default=0, editable=False, help_text="For how many milliseconds their voice was to be heard."
            ),
        ),
    ]
