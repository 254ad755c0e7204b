"""Values of different types: DynamoDB finds none of them smaller or larger, where moto's comparison fails."""

from moto.dynamodb import comparisons as operators


def install() -> None:
    for operator in (
        operators.OpLessThan,
        operators.OpLessThanOrEqual,
        operators.OpGreaterThan,
        operators.OpGreaterThanOrEqual,
    ):
        compare = operator.expr

        def expr(self, item, compare=compare):
            try:
                return compare(self, item)
            except TypeError:
                return False

        operator.expr = expr
