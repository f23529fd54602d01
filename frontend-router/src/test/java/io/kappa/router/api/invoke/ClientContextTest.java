package io.kappa.router.api.invoke;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientContextTest {

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void becomesOneLineOfAscii() {
        assertThat(ClientContext.decode(base64("{\n \"custom\": {\"name\": \"é\\n\"}\r\n}")))
                .isEqualTo("{\"custom\":{\"name\":\"\\u00E9\\n\"}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "{", "{}{}", ""})
    void mustBeAJsonObject(String text) {
        var refusal = catchThrowableOfType(LambdaApiException.class, () -> ClientContext.decode(base64(text)));
        assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST_CONTENT);
        assertThat(refusal).hasMessage("Client context must be a valid Base64-encoded JSON object.");
    }

    @Test
    void mustBeBase64() {
        assertThat(catchThrowableOfType(LambdaApiException.class, () -> ClientContext.decode("{}"))
                        .code())
                .isEqualTo(ErrorCode.INVALID_REQUEST_CONTENT);
    }

    @Test
    void mustNotBeTooLong() {
        assertThat(catchThrowableOfType(LambdaApiException.class, () -> ClientContext.decode("a".repeat(3584))))
                .hasMessage("Client context must be at most 3583 bytes of Base64, and it has 3584.");
    }

    @Test
    void everyCharacterThatNoHeaderMayHoldIsEscaped() {
        var context = "{\"k\":\"\u007f\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(ClientContext.decode(java.util.Base64.getEncoder().encodeToString(context)))
                .isEqualTo("{\"k\":\"\\u007F\"}");
    }
}
