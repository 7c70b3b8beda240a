"""Settings, environment, addresses and the command line: where the rooms are wired together."""
