package io.kappa.router.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionTest {

    @ParameterizedTest
    @CsvSource({
        "StringEquals, a, a, true",
        "StringEquals, a, A, false",
        "StringEqualsIgnoreCase, a, A, true",
        "StringNotEqualsIgnoreCase, a, A, false",
        "StringNotEquals, a, b, true",
        "StringNotEquals, a, a, false",
        "StringLike, a*, ab, true",
        "StringNotLike, a*, ab, false",
        "ArnEquals, arn:aws:s3:::b*, arn:aws:s3:::bb, true",
        "ArnNotEquals, arn:aws:s3:::b, arn:aws:s3:::c, true",
        "ArnLike, arn:aws:s3:::b, arn:aws:s3:::c, false",
        "ArnNotLike, arn:aws:s3:::b?, arn:aws:s3:::bb, false",
        "Bool, true, True, true",
        "Bool, true, false, false",
        "Null, true, a, false",
        "Null, false, a, true",
    })
    void everyOperatorComparesAsIamSays(String operator, String wanted, String found, boolean holds) {
        assertThat(condition(operator, false, wanted).holds(Map.of("key", found)))
                .isEqualTo(holds);
    }

    @ParameterizedTest
    @CsvSource({
        "StringEquals, false, false",
        "StringEquals, true, true",
        "StringNotEquals, false, true",
        "ArnNotLike, false, true",
        "ArnLike, false, false",
        "ArnLike, true, true",
        "Bool, false, false",
        "Null, false, true",
    })
    void whatARequestDoesNotBringMatchesOnlyWhereThatIsSaid(String operator, boolean ifExists, boolean holds) {
        assertThat(condition(operator, ifExists, "true").holds(Map.of())).isEqualTo(holds);
    }

    @Test
    void oneOfSeveralValuesIsEnoughAndNoneMayBeWhereItIsNegated() {
        var equals = Condition.of(Operator.STRING_EQUALS, "key", "a", "b");
        var notEquals = Condition.of(Operator.STRING_NOT_EQUALS, "key", "a", "b");

        assertThat(equals.holds(Map.of("key", "b"))).isTrue();
        assertThat(notEquals.holds(Map.of("key", "b"))).isFalse();
        assertThat(notEquals.holds(Map.of("key", "c"))).isTrue();
    }

    @Test
    void everyOperatorIsFoundByItsName() {
        assertThat(Arrays.stream(Operator.values()).map(operator -> Operator.named(operator.wireName())))
                .doesNotHaveDuplicates()
                .allMatch(Optional::isPresent);
        assertThat(Operator.named("stringequals")).isEmpty();
    }

    private static Condition condition(String operator, boolean ifExists, String value) {
        return new Condition(Operator.named(operator).orElseThrow(), ifExists, "key", List.of(value));
    }
}
