package io.kappa.contracts.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.deadletter.RedriveReference;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueuedEventTest {
    private static final String ARN = "arn:aws:lambda:us-east-1:111111111111:function:greet";

    private static Map<String, byte[]> headers(String... namesAndValues) {
        var headers = new HashMap<String, byte[]>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.put(namesAndValues[i], namesAndValues[i + 1].getBytes(UTF_8));
        }
        return headers;
    }

    @Test
    void aProducerNeedsToNameTheFunctionAlone() throws Exception {
        assertThat(QueuedEvent.read(headers("kappa-function", ARN)))
                .isEqualTo(new QueuedEvent(InvocationTarget.parse(ARN)));
        assertThat(QueuedEvent.read(headers("kappa-function", ARN + ":live", "other", "x"))
                        .target()
                        .qualifier())
                .isEqualTo("live");
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        var event = new QueuedEvent(
                InvocationTarget.parse(ARN + ":$LATEST"),
                "Root=1-5759e988-bd862e3fe1be46a994272793",
                "{}",
                new RedriveReference("r", "invocations.queued-1-2", 3));

        assertThat(QueuedEvent.read(event.headers())).isEqualTo(event);
        assertThat(event.headers()).containsKeys("kappa-v", "kappa-function", "kappa-trace-id", "kappa-redrive");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kappa-other|x|header kappa-function is missing",
                "kappa-function|greet|header kappa-function is not the ARN of a function: not a function ARN: 'greet'",
                "kappa-function|" + ARN
                        + ":a b|header kappa-function is not the ARN of a function: not a qualifier: 'a b'",
            })
    void whatIsWrongIsSaidInOneLine(String name, String value, String message) {
        assertThatThrownBy(() -> QueuedEvent.read(headers(name, value)))
                .isInstanceOf(MalformedEventException.class)
                .hasMessage(message);
    }

    @Test
    void otherFormatsAndUnprintableHeadersAreRefused() {
        assertThatThrownBy(() -> QueuedEvent.read(headers("kappa-function", ARN, "kappa-v", "2")))
                .hasMessage("header kappa-v names a format that is not known: 2");
        assertThatThrownBy(() -> QueuedEvent.read(headers("kappa-function", ARN, "kappa-trace-id", "a\r\nb")))
                .hasMessage("header kappa-trace-id has characters other than printable ASCII");
        assertThatThrownBy(() ->
                        QueuedEvent.read(headers("kappa-function", ARN, "kappa-client-context", "x".repeat(9000))))
                .hasMessage("header kappa-client-context is longer than 8192 bytes");
        assertThatThrownBy(() -> QueuedEvent.read(headers("kappa-function", ARN, "kappa-redrive", "x")))
                .hasMessage("header kappa-redrive is not a reference to a redrive");
    }

    @Test
    void targetsKeepTheQualifierAsItWasGiven() {
        assertThat(InvocationTarget.parse(ARN)).hasToString(ARN);
        assertThat(InvocationTarget.parse(ARN).qualifiedArn()).isEqualTo(ARN + ":$LATEST");
        assertThat(InvocationTarget.parse(ARN + ":3")).hasToString(ARN + ":3");
    }

    @Test
    void requestIdsAreUuids() {
        var text = "0c6b6ae4-8c1f-4b5c-9d8e-3f1f0a2f6a11";
        assertThat(RequestId.parse(text)).hasToString(text);
        assertThatThrownBy(() -> RequestId.parse("1-1-1-1-1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RequestId.parse(text.replace('c', 'x'))).isInstanceOf(IllegalArgumentException.class);
    }
}
