"""The statistics, one function a fact: a city in, values and what they rest on out."""
