"""In sync with whom: what other systems hear from us, by webhook or by file."""
