"""What decides in scoring: scale, gate, labels, splits and metrics. Pure: numpy and `leadlight.kit` only."""
