"""What happened: the append-only event log and its vocabulary."""
