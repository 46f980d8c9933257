"""All that an operator would look at by hand, asked at once: `manage.py media_doctor`, and a page in the admin."""
