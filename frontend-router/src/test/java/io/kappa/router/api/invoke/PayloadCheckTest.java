package io.kappa.router.api.invoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadCheckTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "\"text\"", "1", "null", "[]", "true", "-1.5e3", " {\"a\":[{\"b\":\"\\u00e9\"}]} ", "\"é\""
            })
    void takesAnyJsonValue(String json) {
        assertThatCode(() -> PayloadCheck.check(Buffer.buffer(json))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{]", "text", "{} {}", "1,", " ", "[1,]", "{\"a\"}", "'a'", "01"})
    void refusesAnythingElse(String text) {
        var refusal = catchThrowableOfType(LambdaApiException.class, () -> PayloadCheck.check(Buffer.buffer(text)));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST_CONTENT);
        assertThat(refusal.message())
                .startsWith("Could not parse request body into json: Could not parse payload into json: ");
    }

    @Test
    void saysWhereBytesAreNoUtf8() {
        var refusal = catchThrowableOfType(
                LambdaApiException.class, () -> PayloadCheck.check(Buffer.buffer(new byte[] {'"', (byte) 0x87, '"'})));
        assertThat(refusal.message()).contains("Invalid UTF-8 start byte 0x87").contains("[Source: REDACTED");
    }
}
