"""The report to the board: one frozen value of how the work, the money and the decisions stand, for a period.

Pages, the API and the workbook all show what `report` returns; the sums are those of the rooms that they come from.
"""

from initiatives.board_report.lines import BoardReport
from initiatives.board_report.report import COMING_DAYS, report

__all__ = ["COMING_DAYS", "BoardReport", "report"]
