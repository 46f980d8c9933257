"""Django's, which also knows what js/i18n.js calls its functions."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    help = makemessages.Command.help
    xgettext_options = [*makemessages.Command.xgettext_options, "--keyword=t", "--keyword=tn:1,2"]
