"""Turns structured YAML about summits and takeaways into Markdown, data files and a site."""

__version__ = "0.1.0"
