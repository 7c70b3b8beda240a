"""Lets `python -m leadlight` stand for the command `leadlight`."""

from leadlight.config.cli import main

main()
