from initiatives.checks import Check, Severity, worst_first


def check(rule: str, severity: Severity) -> Check:
    return Check(rule, severity, "Rubrik", "Vad som inte stämmer.", None)


def test_the_gravest_comes_first_and_the_rest_in_their_own_order() -> None:
    wrong = {"a": Severity.LOW, "b": Severity.HIGH, "c": Severity.MEDIUM, "d": Severity.HIGH}
    found = worst_first(check(rule, severity) for rule, severity in wrong.items())
    assert [one.rule for one in found] == ["b", "d", "c", "a"]
