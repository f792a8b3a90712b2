"""Which blocks of a page are in its story, where only the story's text is known.

A block's label is the share of its runs of four words that the story has. Short blocks ("Advertisement",
"Share") also stand elsewhere by chance: they count only where the story has them between the places of
the long blocks around them.
"""
import bisect
import collections

import numpy as np

from html_score import words

# Blocks of so many words are settled by their runs alone.
LONG_WORDS = 8
# Share of its runs from which a long block surely has a place in the story.
SURE = 0.6
# Words of slack around the place of a short block.
SLACK = 3
# The part of a long gap, at either end, in which a short block is looked for.
GAP_WORDS = 200
# Stories below this length are looked through as a whole.
TINY_WORDS = 40
# Of equal blocks those win that have most sure ones so near.
NEAR = 6


def gold_labels(texts, story):
    """Soft labels, one a block; `story` is the list of the story's words."""
    blocks = [words(text) for text in texts]
    runs = {n: {tuple(story[i:i + n]) for i in range(len(story) - n + 1)} for n in (1, 2, 3, 4)}
    share = np.array([_share(block, runs) for block in blocks] or [0.0])[:len(blocks)]
    places = _places(blocks, share, story)
    labels = np.zeros(len(blocks))
    sure = [index for index, place in enumerate(places) if place]
    for index, block in enumerate(blocks):
        if len(block) >= LONG_WORDS:
            labels[index] = share[index]
        elif block and share[index] >= 1:
            labels[index] = _stands_between(block, index, sure, places, story)
    _settle_repeats(blocks, labels, places, story)
    return labels


def snippet_labels(texts, inside, outside):
    """1 for blocks with a snippet of the story, 0 for those with one of the rest, -1 for the others."""
    labels = np.full(len(texts), -1.0)
    folded = [" ".join(text.split()) for text in texts]
    for snippets, label in ((outside, 0), (inside, 1)):
        for snippet in snippets:
            for index, text in enumerate(folded):
                if " ".join(snippet.split()) in text:
                    labels[index] = label
    return labels


def _share(block, runs):
    length = min(4, len(block))
    if length == 0:
        return 0.0
    count = len(block) - length + 1
    return sum(tuple(block[i:i + length]) in runs[length] for i in range(count)) / count


def _places(blocks, share, story):
    """Where in the story each sure long block stands: (first word, one past the last)."""
    starts = collections.defaultdict(list)
    for index in range(len(story) - 3):
        starts[tuple(story[index:index + 4])].append(index)
    places, cursor = [None] * len(blocks), 0
    for index, block in enumerate(blocks):
        if len(block) < LONG_WORDS or share[index] < SURE:
            continue
        votes = collections.Counter(
            start - offset
            for offset in range(min(len(block) - 3, 12))
            for start in starts.get(tuple(block[offset:offset + 4]), [])
        )
        if votes:
            start = max(0, min(votes, key=lambda at: (abs(at - cursor), -votes[at])))
            cursor = start + len(block)
            places[index] = (start, cursor)
    return places


def _stands_between(block, index, sure, places, story):
    after = bisect.bisect(sure, index)
    if not sure:
        return float(len(story) < TINY_WORDS)
    start = max(0, places[sure[after - 1]][1] - SLACK) if after else 0
    end = places[sure[after]][0] + SLACK if after < len(sure) else len(story)
    gap = story[start:max(start, end)]
    if len(gap) > 2 * GAP_WORDS:
        gap = gap[:GAP_WORDS] + gap[-GAP_WORDS:]
    return float(any(gap[i:i + len(block)] == block for i in range(len(gap) - len(block) + 1)))


def _settle_repeats(blocks, labels, places, story):
    """Of equal blocks, keeps as many as the story has."""
    joined = " " + " ".join(story) + " "
    alike = collections.defaultdict(list)
    for index, block in enumerate(blocks):
        if block and labels[index] >= SURE:
            alike[" ".join(block)].append(index)
    for text, indices in alike.items():
        wanted = max(1, joined.count(f" {text} "))
        if len(indices) > wanted:
            def rank(index):
                near = range(max(0, index - NEAR), min(len(blocks), index + NEAR + 1))
                return -sum(1 for other in near if other != index and places[other]), index
            for index in sorted(indices, key=rank)[wanted:]:
                labels[index] = 0
