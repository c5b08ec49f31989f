"""Money: funds with a frame, and what draws on them.

A fund is drawn on by allocations, by the budget links of initiatives and by transfers to other funds; together they
never exceed its frame. A partner sees the budget links of what is shared with the profile for them, with the names of
their funds, no more.
"""

from initiatives.funds.allocations import (
    AllocationFields,
    AllocationRow,
    allocate,
    check,
    get_allocation,
    list_allocations,
    reallocate,
    withdraw,
)
from initiatives.funds.frames import (
    FundFields,
    FundRow,
    create_fund,
    get_fund,
    list_funds,
    list_years,
    remove_fund,
    revise_fund,
)
from initiatives.funds.links import BudgetRow, link, list_links, unlink, visible_to
from initiatives.funds.recurring import Unfunded, unfunded_after
from initiatives.funds.room import FundOverdrawn
from initiatives.funds.tables import POLICIES, Allocation, BudgetLink, Fund, FundKind, FundTransfer
from initiatives.funds.transfers import TransferRow, get_transfer, list_transfers, transfer

__all__ = [
    "POLICIES",
    "Allocation",
    "AllocationFields",
    "AllocationRow",
    "BudgetLink",
    "BudgetRow",
    "Fund",
    "FundFields",
    "FundKind",
    "FundOverdrawn",
    "FundRow",
    "FundTransfer",
    "TransferRow",
    "Unfunded",
    "allocate",
    "check",
    "create_fund",
    "get_allocation",
    "get_fund",
    "get_transfer",
    "link",
    "list_allocations",
    "list_funds",
    "list_links",
    "list_transfers",
    "list_years",
    "reallocate",
    "remove_fund",
    "revise_fund",
    "transfer",
    "unfunded_after",
    "unlink",
    "visible_to",
    "withdraw",
]
