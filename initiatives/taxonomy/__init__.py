"""The taxonomy of nära vård, as data that each region loads itself: versions, kinds of node, nodes and what they mean.

`tables` has the rows, `loading` and `files` bring a plan in, `nodes` and `versions` read, `editing` changes.
"""

from initiatives.taxonomy.loading import DimensionData, ItemData, NodeData, TaxonomyData, load
from initiatives.taxonomy.nodes import (
    Node,
    Successor,
    choices,
    get_node,
    list_dimensions,
    list_nodes,
    successors,
    within,
)
from initiatives.taxonomy.tables import (
    Axis,
    Dimension,
    ItemKind,
    Taxonomy,
    TaxonomyDimension,
    TaxonomyItem,
    TaxonomyNode,
    TaxonomySuccession,
)

__all__ = [
    "Axis",
    "Dimension",
    "DimensionData",
    "ItemData",
    "ItemKind",
    "Node",
    "NodeData",
    "Successor",
    "Taxonomy",
    "TaxonomyData",
    "TaxonomyDimension",
    "TaxonomyItem",
    "TaxonomyNode",
    "TaxonomySuccession",
    "choices",
    "get_node",
    "list_dimensions",
    "list_nodes",
    "load",
    "successors",
    "within",
]
