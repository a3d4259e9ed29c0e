"""Types of every topic's records, generated from schemas/ by `make generate`; not edited by hand."""
