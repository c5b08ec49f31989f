"""State grants over the API: agreements, their parts, what they demand, conditions, amounts, and how it all adds up."""

from api.rest.grants.agreements import GrantController
from api.rest.grants.amounts import AmountController
from api.rest.grants.components import ComponentController
from api.rest.grants.conditions import ConditionController
from api.rest.grants.exchange import ExchangeController
from api.rest.grants.obligations import ObligationController
from api.rest.grants.reconciliation import ReconciliationController

CONTROLLERS = (
    ReconciliationController,
    ExchangeController,
    GrantController,
    ComponentController,
    ObligationController,
    ConditionController,
    AmountController,
)
