from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("media", "0002_nodes")]

    operations = [
        migrations.CreateModel(
            name="LiveMedia",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))
            ],
            options={
                "verbose_name": "live media",
                "verbose_name_plural": "live media",
                "permissions": [
                    ("view_livemedia", "Can see live media"),
                    ("steer_livemedia", "Can steer live media"),
                ],
                "managed": False,
                "default_permissions": (),
            },
        ),
    ]
