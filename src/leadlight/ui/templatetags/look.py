"""Template tags of the common look."""

from django import template

register = template.Library()
