"""About what: listings by their RESO names, their dated history, saved searches, and which of them fit a need."""
