package io.kappa.router.policy;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiPredicate;

/** How a condition compares what a request brings with what a policy names. */
public enum Operator {
    STRING_EQUALS("StringEquals", String::equals, false),
    STRING_NOT_EQUALS("StringNotEquals", String::equals, true),
    STRING_EQUALS_IGNORE_CASE("StringEqualsIgnoreCase", String::equalsIgnoreCase, false),
    STRING_NOT_EQUALS_IGNORE_CASE("StringNotEqualsIgnoreCase", String::equalsIgnoreCase, true),
    STRING_LIKE("StringLike", Wildcards::match, false),
    STRING_NOT_LIKE("StringNotLike", Wildcards::match, true),
    // To IAM, equal and alike are the same for ARNs.
    ARN_EQUALS("ArnEquals", Wildcards::matchArn, false),
    ARN_NOT_EQUALS("ArnNotEquals", Wildcards::matchArn, true),
    ARN_LIKE("ArnLike", Wildcards::matchArn, false),
    ARN_NOT_LIKE("ArnNotLike", Wildcards::matchArn, true),
    BOOL("Bool", String::equalsIgnoreCase, false),
    /** Whether the request brings nothing under the key. */
    NULL("Null", String::equalsIgnoreCase, false);

    private final String wireName;
    private final BiPredicate<String, String> comparison;
    private final boolean negated;

    Operator(String wireName, BiPredicate<String, String> comparison, boolean negated) {
        this.wireName = wireName;
        this.comparison = comparison;
        this.negated = negated;
    }

    /** The operator that IAM calls so. */
    public static Optional<Operator> named(String wireName) {
        return Arrays.stream(values())
                .filter(operator -> operator.wireName.equals(wireName))
                .findFirst();
    }

    public String wireName() {
        return wireName;
    }

    boolean compares(String wanted, String found) {
        return comparison.test(wanted, found);
    }

    /** Whether it holds where no value is as wanted. */
    boolean negated() {
        return negated;
    }
}
