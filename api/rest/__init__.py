"""The REST API under /api/v1: one file for each noun, structs on top and the controller below."""

from litestar import Router
from litestar.datastructures import ResponseHeader
from litestar.di import Provide

from api import once
from api.etags import NotModified
from api.paging import provide_paging
from api.rest.about import api_info, healthz, readyz
from api.rest.accesses import AccessController
from api.rest.activity import ActivityController
from api.rest.allocations import AllocationController
from api.rest.applications import ApplicationController
from api.rest.assignments import AssignmentController
from api.rest.audit import AuditController
from api.rest.board_report import BoardReportController
from api.rest.budget_links import BudgetLinkController
from api.rest.bulk import BulkController
from api.rest.changes import ChangeController
from api.rest.claims import ClaimController
from api.rest.clauses import ClauseController, DecisionClauseController
from api.rest.comments import CommentController
from api.rest.conversations import ConversationController, SharedConversationController
from api.rest.coverage import CoverageController
from api.rest.deadlines import CalendarFeedController, DeadlineController
from api.rest.decision_links import DecisionLinkController, InitiativeDecisionController
from api.rest.decisions import DecisionController, MatterDecisionController
from api.rest.dependencies import DependencyController
from api.rest.description import OPENAPI
from api.rest.dialogue import DialogueController
from api.rest.dialogue_follow_up import DialogueFollowUpController
from api.rest.distributions import DistributionController
from api.rest.document_shares import DocumentShareController
from api.rest.documents import DocumentController
from api.rest.effects import EffectController
from api.rest.exchange import TableController
from api.rest.findings import FindingController
from api.rest.fund_transfers import FundTransferController
from api.rest.funds import FundController
from api.rest.gaps import DocumentUsageController, KnowledgeGapController
from api.rest.grants import CONTROLLERS as GRANTS
from api.rest.history import HistoryController
from api.rest.indicator_values import IndicatorValueController
from api.rest.indicators import IndicatorController
from api.rest.ingestions import IngestionController
from api.rest.initiatives import InitiativeController, provide_filters
from api.rest.invitations import InvitationController
from api.rest.keys import ApiKeyController
from api.rest.listings import ListingController
from api.rest.matters import MatterController
from api.rest.measure_frames import MeasureFrameController
from api.rest.measure_outcomes import MeasureOutcomeController, MeasureOutcomesController
from api.rest.measures import MeasureController
from api.rest.memberships import MembershipController
from api.rest.milestones import MilestoneController
from api.rest.municipal_agreements import MunicipalAgreementController
from api.rest.organisations import OrganisationController
from api.rest.origins import OriginController
from api.rest.people import PersonController
from api.rest.personal_data import PersonalDataController
from api.rest.places import PlaceController
from api.rest.questions import AnswerController, QuestionController
from api.rest.remarks import AuthorityNoteController, DecisionRemarkController, ReservationController
from api.rest.reports import ReportController
from api.rest.requests import ApiRequest
from api.rest.rounds import RoundController
from api.rest.saved_filters import SavedFilterController
from api.rest.search_index import SearchIndexController
from api.rest.session import SessionController
from api.rest.sessions import OwnSessionController, PasswordController
from api.rest.shares import ShareController
from api.rest.sources import SourceController
from api.rest.suggestions import SuggestionController
from api.rest.taxonomies import TaxonomiesController, TaxonomyNodeController
from api.rest.taxonomy import TaxonomyController
from api.rest.webhooks import WebhookController
from api.rest.workflow import StatusController

__all__ = ["OPENAPI", "ROUTES"]

API = Router(
    "/api/v1",
    route_handlers=[
        api_info,
        SessionController,
        OwnSessionController,
        PasswordController,
        QuestionController,
        AnswerController,
        ConversationController,
        SharedConversationController,
        DocumentUsageController,
        KnowledgeGapController,
        InitiativeController,
        BulkController,
        StatusController,
        ReportController,
        MilestoneController,
        EffectController,
        DependencyController,
        CommentController,
        SavedFilterController,
        ShareController,
        FundController,
        AllocationController,
        FundTransferController,
        RoundController,
        ApplicationController,
        BudgetLinkController,
        MeasureController,
        MeasureOutcomesController,
        MeasureOutcomeController,
        MeasureFrameController,
        ClaimController,
        DistributionController,
        ListingController,
        *GRANTS,
        MatterController,
        MatterDecisionController,
        DecisionController,
        DecisionClauseController,
        DecisionRemarkController,
        DecisionLinkController,
        InitiativeDecisionController,
        ClauseController,
        AssignmentController,
        ReservationController,
        AuthorityNoteController,
        DialogueController,
        MunicipalAgreementController,
        DialogueFollowUpController,
        DocumentController,
        PlaceController,
        DocumentShareController,
        IngestionController,
        SearchIndexController,
        OriginController,
        FindingController,
        TableController,
        DeadlineController,
        CalendarFeedController,
        SourceController,
        SuggestionController,
        HistoryController,
        BoardReportController,
        TaxonomyController,
        TaxonomiesController,
        TaxonomyNodeController,
        CoverageController,
        IndicatorController,
        IndicatorValueController,
        OrganisationController,
        PersonController,
        MembershipController,
        InvitationController,
        ApiKeyController,
        PersonalDataController,
        ActivityController,
        ChangeController,
        AuditController,
        WebhookController,
        AccessController,
    ],
    request_class=ApiRequest,
    middleware=[NotModified()],
    before_request=once.prepare,
    after_request=once.remember,
    dependencies={
        "paging": Provide(provide_paging, sync_to_thread=False),
        "filters": Provide(provide_filters, sync_to_thread=False),
    },
    response_headers=[
        ResponseHeader(name="Cache-Control", value="private, no-store", documentation_only=False),
        ResponseHeader(name="X-Content-Type-Options", value="nosniff", documentation_only=False),
    ],
)

ROUTES = (API, healthz, readyz)
"""For the app. Handlers take `person` (`Viewer`), `session` (`AsyncSession`) and `sessions` (`ScopedSessions`)."""
