"""`python -m assistant.cli`: the command, for a process that another one starts."""

import sys

from assistant.cli.command import main

sys.exit(main())
