#!/usr/bin/env python
"""Django's own commands, for those who develop; everybody else uses `terreau`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.portal.settings")
    execute_from_command_line(sys.argv)
