"""The common look: base templates, template tags, style sheet and middleware. Knows no table."""
