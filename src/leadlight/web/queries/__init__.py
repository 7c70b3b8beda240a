"""Reads of the pages that join rooms."""
