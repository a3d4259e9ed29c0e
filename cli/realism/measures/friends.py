"""Section 3 of the facts: the shape of the graph of friends (F1 to F6)."""

from typing import Final

import networkx as nx
import numpy as np
import polars as pl

from cli.realism.city import City, Measurement, NotMeasuredError
from cli.realism.estimators import gini, tail

SOURCES: Final = 200
"""People from whom paths are followed; the mean over sources is within a percent."""

REFERENCE_SIZE: Final = 10_000
"""People in the smallest graph of which the length of paths is known."""


def graph(city: City) -> nx.Graph:
    """Who is a friend of whom at the end: the first friendships and those made since, of all people."""
    made = pl.concat([city.table("friends").select("a", "b"), city.table("ties").select("a", "b")]).unique()
    if made.height == 0:
        raise NotMeasuredError("nobody has a friend")
    whole = nx.Graph()
    whole.add_nodes_from(city.table("users")["user"].to_list())
    whole.add_edges_from(made.iter_rows())
    return whole


def _degrees(whole: nx.Graph) -> np.ndarray:
    return np.array([degree for _, degree in whole.degree()], dtype=np.float64)


def f1(city: City) -> Measurement:
    """Mean number of friends."""
    degrees = _degrees(graph(city))
    return Measurement({"mean": float(degrees.mean())}, len(degrees), note=f"median {np.median(degrees):.0f}")


def f2(city: City) -> Measurement:
    """Exponent of the tail of degrees and their inequality."""
    degrees = _degrees(graph(city))
    fit = tail(degrees, None, discrete=True)
    points = int((degrees >= fit.power_law.xmin).sum())
    values = {"exponent": float(fit.power_law.alpha), "gini": gini(degrees)}
    unmet = "" if points >= 50 else f"{points} tail points, 50 are needed"  # noqa: PLR2004
    return Measurement(values, points, "tail points", f"from degree {fit.power_law.xmin:.0f}", unmet)


def f3(city: City) -> Measurement:
    """Clustering: mean of people, and of the whole graph."""
    whole = graph(city)
    values = {"local": nx.average_clustering(whole), "transitivity": nx.transitivity(whole)}
    return Measurement(values, whole.number_of_nodes())


def f5(city: City) -> Measurement:
    """Mean length of paths in the largest component, of a graph of ten thousand."""
    whole = graph(city)
    largest = whole.subgraph(max(nx.connected_components(whole), key=len))
    people = sorted(largest.nodes)
    picked = [people[i] for i in np.unique(np.linspace(0, len(people) - 1, min(SOURCES, len(people))).astype(int))]
    lengths = [
        np.mean([d for d in nx.single_source_shortest_path_length(largest, one).values() if d]) for one in picked
    ]
    measured = float(np.mean(lengths))
    scale = max(np.log(REFERENCE_SIZE) / np.log(max(len(people), 2)), 1.0)
    note = f"{measured:.2f} among {len(people)}"
    return Measurement({"mean": measured * scale}, len(people), note=note)


def f6(city: City) -> Measurement:
    """Share of new friendships of two people already there that close a triangle."""
    near: dict[int, set[int]] = {}
    for a, b in city.table("friends").select("a", "b").iter_rows():
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    closing = made = 0
    for a, b in city.table("ties").sort("t").select("a", "b").iter_rows():
        mine, theirs = near.setdefault(a, set()), near.setdefault(b, set())
        if b in mine:
            continue
        if mine and theirs:
            made += 1
            closing += not mine.isdisjoint(theirs)
        mine.add(b)
        theirs.add(a)
    if made == 0:
        raise NotMeasuredError("no friendship was made between two people who had friends")
    return Measurement({"share": closing / made}, made, "new friendships")
