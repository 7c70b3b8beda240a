"""What lists and the Lead page decide: which people, in which order, what next, in which words. Pure."""
