"""Records on paper: the corpus as data, the data through Typst, one PDF for each document.

`documents` and `book` turn records into trees of text (`nodes`, `desk`), `fonts` fits the text to
the fonts at hand, `typeset` runs Typst, and `shelf` knows which documents there are and which of
them have to be made anew.
"""


class CannotMake(Exception):
    """What was asked for cannot be made from what is there: says why, and what to try."""


class TypesettingFailed(Exception):
    """Typst refused a document; carries its name and what Typst said. A bug of ours."""
