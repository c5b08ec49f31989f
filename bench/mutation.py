"""Does a test notice when the code is wrong? Small faults are put in, one at a time, and the tests that meet them run.

`make mutation ARGS=initiatives.access` tries one module of `MODULES`, without ARGS all. The tests first run once as the
code is, to learn which of them pass through which function; then each function gets each fault in turn, in the running
process, and its tests run until one fails. A fault that no test notices is printed. What stands outside functions
(tables, policies, constants) is not tried here; the migrations are compared with it by tests of contracts.
"""

import ast
import copy
import importlib
import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, field
from functools import partial
from inspect import getsource
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

MODULES: Mapping[str, tuple[str, ...]] = {
    "initiatives.access": ("tests/initiatives/test_access.py", "tests/initiatives/test_initiatives.py"),
    "initiatives.sharing": ("tests/initiatives/test_sharing.py", "tests/initiatives/test_overview.py"),
    "initiatives.credentials": (
        "tests/initiatives/test_credentials.py",
        "tests/api/test_auth.py",
        "tests/api/rest/test_memberships.py",
    ),
    "initiatives.passwords": ("tests/initiatives/test_credentials.py",),
    "initiatives.keys": ("tests/initiatives/test_keys.py", "tests/api/test_keys.py"),
    "initiatives.memberships": ("tests/initiatives/test_memberships.py",),
    "initiatives.roles": ("tests/initiatives/test_memberships.py", "tests/initiatives/test_invitations.py"),
    "initiatives.invitations": ("tests/initiatives/test_invitations.py", "tests/api/rest/test_invitations.py"),
    "initiatives.leaving": ("tests/initiatives/test_memberships.py", "tests/api/rest/test_memberships.py"),
    "initiatives.attempts": ("tests/initiatives/test_attempts.py", "tests/api/test_attempts.py"),
    "initiatives.shares": (
        "tests/initiatives/test_sharing.py",
        "tests/initiatives/test_initiatives.py",
        "tests/api/rest/test_shares.py",
    ),
    "initiatives.once": ("tests/initiatives/test_once.py",),
    "api.auth": ("tests/api/test_auth.py", "tests/api/test_keys.py", "tests/web/test_account.py"),
    "api.cookies": ("tests/api/test_auth.py", "tests/api/test_attempts.py", "tests/api/oidc/test_sign_in.py"),
    "api.signing_in": (
        "tests/api/test_auth.py",
        "tests/api/test_keys.py",
        "tests/api/test_attempts.py",
        "tests/api/rest/test_memberships.py",
        "tests/web/test_account.py",
    ),
    "retrieval.verification": ("tests/retrieval/test_verification.py", "tests/retrieval/test_confirming.py"),
}
"""Where a fault would let somebody see, do or believe too much, and the tests that ought to notice."""

OPTIONS = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
"""The module is there before pytest is, and has brought a library or two whose asserts pytest would rewrite."""

COMPARED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COUNTED: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_MET = "__met_by_a_test__"
JOINING = frozenset({"where", "or_", "and_", "filter", "all", "any"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Fault:
    """One small change: in which function, where, and what it is."""

    function: str
    line: int
    what: str
    code: CodeType


@dataclass(slots=True, eq=False)
class Trial:
    """A module under trial; as a plug-in of pytest it takes the place of the ordinary run."""

    module: ModuleType
    failed: bool = False
    passing: dict[str, list[pytest.Item]] = field(default_factory=dict)
    killed: int = 0
    survivors: list[Fault] = field(default_factory=list)
    untested: list[Fault] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self.failed = self.failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests as the code is, then with each fault."""
        functions = dict(_functions(self.module))
        with _noting(self.module, functions) as met:
            for item, after in zip(session.items, [*session.items[1:], session.items[0]], strict=True):
                self._learn(item, after, met)
        for fault in faults(self.module, functions):
            self._try(fault, functions[fault.function])
        return True

    def _learn(self, item: pytest.Item, after: pytest.Item, met: set[str]) -> None:
        _forget(self.module)
        met.clear()
        self.failed = False
        _run(item, after)
        names = set(met)
        if names:  # A test that fails when it is run again, with no fault put in, tells nothing.
            _run(item, after)
        if not self.failed:
            for name in names:
                self.passing.setdefault(name, []).append(item)

    def _try(self, fault: Fault, function: FunctionType) -> None:
        tests = self.passing.get(fault.function, [])
        if not tests:
            self.untested.append(fault)
            return
        self.failed, right = False, function.__code__
        function.__code__ = fault.code
        _forget(self.module)
        for item in tests:
            _run(item, item)
            if self.failed:
                break
        function.__code__ = right
        _forget(self.module)
        if self.failed:
            self.killed += 1
        else:
            self.survivors.append(fault)


@contextmanager
def _noting(module: ModuleType, functions: Mapping[str, FunctionType]) -> Iterator[set[str]]:
    """Let each function put its name into the set when it is called, in whatever thread."""
    met: set[str] = set()
    vars(module)[_MET] = met
    tree = ast.parse(getsource(module))
    for name, node in _definitions(tree):
        node.body.insert(int(ast.get_docstring(node) is not None), ast.parse(f"{_MET}.add({name!r})").body[0])
    ast.fix_missing_locations(tree)
    right = {name: function.__code__ for name, function in functions.items()}
    for name, function in functions.items():
        function.__code__ = _compiled(tree, module, name, function) or function.__code__
    yield met
    for name, function in functions.items():
        function.__code__ = right[name]


def _run(item: pytest.Item, after: pytest.Item) -> None:
    if isinstance(item, pytest.Function):
        item._initrequest()  # noqa: SLF001 - as plug-ins that run a test again do
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)


def _forget(module: ModuleType) -> None:
    for value in vars(module).values():
        with suppress(AttributeError, TypeError):
            value.cache_clear()


def _functions(owner: Any, prefix: str = "") -> Iterator[tuple[str, FunctionType]]:
    """Return the functions and methods of a module by the names that they have in its source."""
    module = owner.__name__ if isinstance(owner, ModuleType) else owner.__module__
    for name, value in list(vars(owner).items()):
        found = getattr(value, "fget", None) or getattr(value, "__func__", None) or value
        found = getattr(found, "__wrapped__", found)
        if isinstance(found, FunctionType) and found.__module__ == module and found.__name__ == name:
            yield prefix + name, found
        elif isinstance(value, type) and value.__module__ == module:
            yield from _functions(value, f"{name}.")


def faults(module: ModuleType, functions: Mapping[str, FunctionType]) -> Iterator[Fault]:
    """Return every fault in every function that can be changed while it runs."""
    tree = ast.parse(getsource(module))
    for name, node in _definitions(tree):
        if name not in functions:
            continue
        for place, inner in enumerate(_own(node)):
            for what, change in changes(inner):
                changed = copy.deepcopy(tree)
                twin = dict(_definitions(changed))[name]
                change(_own(twin)[place])
                code = _compiled(ast.fix_missing_locations(changed), module, name, functions[name])
                if code is not None:
                    yield Fault(name, getattr(inner, "lineno", node.lineno), what, code)


def _definitions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _definitions(node, f"{node.name}.")


def _own(function: Function) -> list[ast.AST]:
    """Return all that stands in the body of a function but its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return [node for statement in body for node in ast.walk(statement)]


def _compiled(tree: ast.Module, module: ModuleType, name: str, function: FunctionType) -> CodeType | None:
    codes = [compile(tree, module.__file__ or "", "exec", dont_inherit=True)]
    while codes:
        code = codes.pop()
        if code.co_qualname == name and code.co_freevars == function.__code__.co_freevars:
            return code
        codes += [one for one in code.co_consts if isinstance(one, CodeType)]
    return None


Change = Callable[[Any], None]


def changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """Return what can be made wrong at one place, with a word for it."""
    text = ast.unparse(node)[:70] if isinstance(node, ast.expr | ast.stmt) else ""
    match node:
        case ast.If() | ast.IfExp():
            yield f"if {ast.unparse(node.test)[:60]}: negated", partial(_wrap_not, name="test")
        case ast.Return(value=value) if value is not None and ast.unparse(value) != "None":
            yield f"{text}: nothing", partial(_set, name="value", new=ast.Constant(None))
        case ast.Raise():
            yield f"{text}: not raised", _silence
        case ast.Expr(value=ast.Call() | ast.Await()):
            yield f"{text}: left out", _silence
        case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called), args=given) if called in JOINING:
            for index in range(len(given) if len(given) > 1 else 0):
                yield f"{text}: without argument {index}", partial(_drop, name="args", index=index)
        case ast.Constant():
            yield from ((f"{text}: {new!r}", partial(_set, name="value", new=new)) for new in _others(node.value))
        case _:
            yield from ((f"{text}: {what}", change) for what, change in _operators(node))


def _operators(node: ast.AST) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Compare(ops=[op, *_]) if type(op) in COMPARED:
            other = COMPARED[type(op)]
            yield f"compared by {other.__name__}", partial(_replace_first, name="ops", new=other())
        case ast.BoolOp(op=op):
            join = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield "joined the other way", partial(_set, name="op", new=join)
            for index in range(len(node.values)):
                yield f"without part {index}", partial(_drop, name="values", index=index)
        case ast.UnaryOp(op=ast.Not()):
            yield "not negated", partial(_wrap_not, name="operand")
        case ast.BinOp(op=op) if type(op) in COUNTED:
            yield "other operator", partial(_set, name="op", new=COUNTED[type(op)]())


def _others(value: object) -> list[object]:
    match value:
        case bool():
            return [not value]
        case int():
            return [value + 1]
        case str() if value and " " not in value:
            return [f"{value}X"]
        case _:
            return []


def _set(node: Any, name: str, new: object) -> None:
    setattr(node, name, new)


def _replace_first(node: Any, name: str, new: object) -> None:
    getattr(node, name)[0] = new


def _drop(node: Any, name: str, index: int) -> None:
    parts = getattr(node, name)
    del parts[index]
    if isinstance(node, ast.BoolOp) and len(parts) == 1:
        parts.append(copy.deepcopy(parts[0]))


def _wrap_not(node: Any, name: str) -> None:
    setattr(node, name, ast.UnaryOp(ast.Not(), getattr(node, name)))


def _silence(node: Any) -> None:
    """Turn a statement into one that does nothing."""
    if isinstance(node, ast.Raise):
        node.__class__ = ast.Expr  # type: ignore[assignment]
        node._fields = ("value",)
    node.value = ast.Constant(None)


def trial(name: str) -> Trial:
    """Try every fault of a module and print what came of it."""
    started = time.perf_counter()
    one = Trial(importlib.import_module(name))
    tests = [path for path in MODULES[name] if Path(path).exists()]
    with redirect_stdout(io.StringIO()) as said:
        ended = pytest.main([*OPTIONS, *tests], plugins=[one])
    if not one.passing or ended is pytest.ExitCode.INTERNAL_ERROR:
        print(said.getvalue()[-3000:])
    total = one.killed + len(one.survivors) + len(one.untested)
    took = time.perf_counter() - started
    print(f"{name}: {one.killed} of {total} faults noticed ({one.killed / max(1, total):.0%}) in {took:.0f} s")
    for word, found in (("not noticed", one.survivors), ("no test comes by", one.untested)):
        for fault in found:
            print(f"  {word}: {fault.function}, line {fault.line}: {fault.what}")
    return one


def main() -> None:
    """Try the module named, or all, each in a process of its own."""
    names = sys.argv[1:] or list(MODULES)
    if len(names) == 1:
        trial(names[0])
    else:
        for name in names:
            subprocess.run([sys.executable, "-m", "bench.mutation", name], check=True)


if __name__ == "__main__":
    main()
