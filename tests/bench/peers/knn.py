#!/usr/bin/env python3
"""Exact neighbours in a rolling window by FAISS's flat index.

A window rolls in two ways, and the faster counts: the oldest are removed and the new ones added, as a FAISS user would;
or the new ones are written over the oldest, in the index's own memory.
Install: see README.md here; Debian: python3-faiss libopenblas0-pthread.
"""
from peer import needs, options, report, seconds

ask = options(__doc__, window=65536, dim=512, batch=64, k=6, iters=10, threads=2)
faiss, np = needs("install FAISS, see tests/bench/peers/README.md", "faiss", "numpy")
random = np.random.RandomState(1)
WARM_UPS = 2


def unit_rows(count):
    rows = random.standard_normal((count, ask.dim)).astype("float32")
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def batches():
    """New vectors for every call, made before the clock runs: repeated ones are found too easily."""
    return iter([unit_rows(ask.batch) for _ in range(ask.iters + WARM_UPS)])


def filled():
    index = faiss.IndexFlatIP(ask.dim)
    for start in range(0, ask.window, 65536):
        index.add(unit_rows(min(65536, ask.window - start)))
    return index


faiss.omp_set_num_threads(ask.threads)
index = filled()
queries = batches()
search = seconds(lambda: index.search(next(queries), ask.k), ask.iters, WARM_UPS)

fresh = batches()
oldest = faiss.IDSelectorRange(0, ask.batch)


def remove_and_add():
    rows = next(fresh)
    index.remove_ids(oldest)
    index.add(rows)
    index.search(rows, ask.k)


ways = {"remove_ids and add": seconds(remove_and_add, ask.iters, WARM_UPS)}

if hasattr(index, "get_xb"):
    stored = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * ask.dim).reshape(index.ntotal, ask.dim)
    more = batches()
    at = 0

    def overwrite():
        global at
        rows = next(more)
        at = 0 if at + ask.batch > ask.window else at
        stored[at : at + ask.batch] = rows
        at += ask.batch
        index.search(rows, ask.k)

    ways["rows written over"] = seconds(overwrite, ask.iters, WARM_UPS)

how = min(ways, key=ways.get)
report(
    "knn",
    f"FAISS {faiss.__version__}, {how}",
    ask,
    search_queries_per_s=ask.batch / search,
    rolling_inserts_and_queries_per_s=ask.batch / ways[how],
    remove_and_add_per_s=ask.batch / ways["remove_ids and add"],
)
