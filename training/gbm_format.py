"""Writes LightGBM boosters as the tree file that `src/extract/gbm.rs` reads.

Features are taken as 32-bit floats on both sides, so each threshold is rounded down to the
nearest such float: `value <= threshold` then decides as LightGBM did.
"""
import struct

import numpy as np


def _floor32(value):
    rounded = np.float32(value)
    if float(rounded) > value:
        rounded = np.nextafter(rounded, np.float32(-np.inf))
    return rounded


def _tree(root, share=1.0):
    nodes, leaves = [], []

    def visit(node):
        """Appends the subtree, parents first; returns the child's number."""
        if "leaf_value" in node:
            leaves.append(share * node["leaf_value"])
            return -len(leaves)
        assert node["decision_type"] == "<=", node["decision_type"]
        index = len(nodes)
        nodes.append([node["split_feature"], _floor32(node["threshold"]), 0, 0])
        nodes[index][2] = visit(node["left_child"])
        nodes[index][3] = visit(node["right_child"])
        return index

    visit(root)
    out = struct.pack("<H", len(leaves))
    for feature, threshold, left, right in nodes:
        out += struct.pack("<Hfhh", feature, threshold, left, right)
    return out + struct.pack(f"<{len(leaves)}f", *leaves)


def to_bytes(booster, best_iteration=None):
    """The tree file of `booster` (binary, cross-entropy or regression; rows without NaN)."""
    model = booster.dump_model(num_iteration=best_iteration)
    trees = [_tree(t["tree_structure"]) for t in model["tree_info"]]
    return struct.pack("<4sBBHH", b"NXGT", 1, 0, model["max_feature_idx"] + 1, len(trees)) + b"".join(trees)


def mean_to_bytes(boosters):
    """The tree file whose score is the mean of the boosters' scores."""
    models = [booster.dump_model() for booster in boosters]
    trees = [_tree(t["tree_structure"], 1 / len(models)) for model in models for t in model["tree_info"]]
    features = models[0]["max_feature_idx"] + 1
    return struct.pack("<4sBBHH", b"NXGT", 1, 0, features, len(trees)) + b"".join(trees)


def write(booster, path, best_iteration=None):
    with open(path, "wb") as file:
        file.write(to_bytes(booster, best_iteration))
