package io.kappa.access.router;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorPayloadTest {

    private static ErrorPayload read(String payload) {
        return ErrorPayload.read(payload.getBytes(UTF_8));
    }

    @Test
    void readsWhatAFunctionsErrorSaysWhateverStandsAroundIt() {
        assertThat(read("""
                        {"stackTrace": ["line", {"errorType": "inner"}], "errorMessage": "no such order", "errorType": "KeyError",
                         "message": "of the function's own"}""")).isEqualTo(new ErrorPayload("KeyError", "no such order", null));
    }

    @Test
    void readsWhatARefusalSaysInEitherCase() {
        assertThat(read("{\"Message\":\"gone\"}").message()).isEqualTo("gone");
        assertThat(
                        read(
                                "{\"message\":\"Rate Exceeded.\",\"Reason\":\"ReservedFunctionConcurrentInvocationLimitExceeded\"}"))
                .isEqualTo(new ErrorPayload("", "Rate Exceeded.", "ReservedFunctionConcurrentInvocationLimitExceeded"));
    }

    @Test
    void takesWhatCouldBeReadOfABrokenPayload() {
        assertThat(read("{\"errorType\":\"KeyError\",\"errorMessage\":\"no su"))
                .isEqualTo(new ErrorPayload("KeyError", "", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "\"errorType\"", "<html>", "{\"errorType\": 1, \"errorMessage\": null}"})
    void findsNothingInWhatSaysNothing(String payload) {
        assertThat(read(payload)).isEqualTo(new ErrorPayload("", "", null));
    }
}
