"""What the events of a lead say: the signal catalogue, its one kernel, and the sentences of reasons."""
