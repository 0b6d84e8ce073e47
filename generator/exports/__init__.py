"""The forms the records come out in, besides pages: one module for each, `write(corpus)`."""
