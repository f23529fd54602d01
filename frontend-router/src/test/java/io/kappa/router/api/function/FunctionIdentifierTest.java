package io.kappa.router.api.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kappa.contracts.function.Version;
import io.kappa.router.api.operation.Operation;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FunctionIdentifierTest {
    private static final Home HOME = new Home("us-east-1", "123456789012");

    private static @Nullable FunctionIdentifier parse(String text, @Nullable String qualifier) {
        return FunctionIdentifier.parse(text, qualifier, HOME, Operation.INVOKE);
    }

    private static LambdaApiException refusal(String text, @Nullable String qualifier) {
        return catchThrowableOfType(LambdaApiException.class, () -> parse(text, qualifier));
    }

    @ParameterizedTest
    @CsvSource({
        "f,",
        "f:3, 3",
        "f:$LATEST, $LATEST",
        "f:prod, prod",
        "function:f,",
        "123456789012:function:f,",
        "123456789012:function:f:prod, prod",
        "us-east-1:123456789012:function:f:3, 3",
        "arn:aws:lambda:us-east-1:123456789012:function:f,",
        "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST, $LATEST",
        "arn:aws-cn:lambda:us-east-1:123456789012:function:f:3, 3",
    })
    void readsEveryWayToNameAFunction(String text, @Nullable String qualifier) {
        assertThat(parse(text, null)).isEqualTo(new FunctionIdentifier(HOME, "f", qualifier));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "f!", "a:b:c", "f:", ":f", "arn:aws:lambda:us-east-1:1:function:f", "f:$latest", "f g"})
    void readsNothingElse(String text) {
        assertThat(parse(text, null)).isNull();
    }

    @Test
    void takesTheQualifierFromBesideTheName() {
        assertThat(parse("f", "3")).isEqualTo(new FunctionIdentifier(HOME, "f", "3"));
        assertThat(parse("f:3", "3")).isEqualTo(new FunctionIdentifier(HOME, "f", "3"));
    }

    @Test
    void refusesTwoDifferentQualifiers() {
        var refusal = refusal("f:3", "4");
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_PARAMETER_VALUE);
        assertThat(refusal)
                .hasMessage("The derived qualifier from the function name does not match the specified qualifier.");
    }

    @Test
    void doesNotReachIntoOtherRegions() {
        var refusal = refusal("arn:aws:lambda:eu-west-1:123456789012:function:f", null);
        assertThat(refusal.code()).isEqualTo(ErrorCode.RESOURCE_NOT_FOUND);
        assertThat(refusal).hasMessage("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')");
    }

    @Test
    void doesNotReachIntoOtherAccounts() {
        var refusal = refusal("999999999999:function:f", null);
        assertThat(refusal.code()).isEqualTo(ErrorCode.ACCESS_DENIED);
        assertThat(refusal)
                .hasMessage(
                        "User: arn:aws:iam::123456789012:root is not authorized to perform: lambda:InvokeFunction on "
                                + "resource: arn:aws:lambda:us-east-1:999999999999:function:f because no resource-based policy "
                                + "allows the lambda:InvokeFunction action");
    }

    @Test
    void meansLatestWithoutAQualifier() {
        assertThat(new FunctionIdentifier(HOME, "f", null).version()).hasValue(new Version.Latest());
    }

    @Test
    void standsForNoFunctionWhereTheNameIsTooLongForOne() {
        assertThat(new FunctionIdentifier(HOME, "a".repeat(65), null).function())
                .isEmpty();
        assertThat(new FunctionIdentifier(HOME, "a.b", null).function()).isEmpty();
        assertThat(new FunctionIdentifier(HOME, "a".repeat(64), null).function())
                .isPresent();
    }

    @Test
    void showsItsQualifierOnlyWhereOneWasGiven() {
        assertThat(new FunctionIdentifier(HOME, "f", null).arn())
                .isEqualTo("arn:aws:lambda:us-east-1:123456789012:function:f");
        assertThat(new FunctionIdentifier(HOME, "f", "prod").arn())
                .isEqualTo("arn:aws:lambda:us-east-1:123456789012:function:f:prod");
    }
}
