package io.kappa.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.worker.extension.ExtensionCalls.SubscriptionApi;
import io.kappa.worker.telemetry.Subscription.Buffering;
import io.kappa.worker.telemetry.Subscription.Destination;
import io.kappa.worker.telemetry.Subscriptions.InvalidException;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriptionsTest {
    private static final String WHOLE = """
            {"schemaVersion":"2022-12-13","types":["platform","extension"],
             "buffering":{"maxItems":1000,"maxBytes":262144,"timeoutMs":100},
             "destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:8080/path?x=1"}}""";

    private static Subscription read(SubscriptionApi api, String body) throws InvalidException {
        return Subscriptions.read(api, Buffer.buffer(body));
    }

    @Test
    void readsAllThatIsAskedFor() throws Exception {
        assertThat(read(SubscriptionApi.TELEMETRY, WHOLE))
                .isEqualTo(new Subscription(
                        TelemetrySchema.TELEMETRY_2022_12_13,
                        Set.of(TelemetryType.PLATFORM, TelemetryType.EXTENSION),
                        new Buffering(1000, 262_144, Duration.ofMillis(100)),
                        new Destination.Http(8080, "/path?x=1")));
    }

    @Test
    void knowsWhatIsMeantWhereLittleIsSaid() throws Exception {
        assertThat(read(
                        SubscriptionApi.LOGS,
                        "{\"types\":[\"function\"],\"destination\":{\"protocol\":\"TCP\",\"port\":8080}}"))
                .isEqualTo(new Subscription(
                        TelemetrySchema.LOGS_2020_08_15,
                        Set.of(TelemetryType.FUNCTION),
                        new Buffering(10_000, 262_144, Duration.ofSeconds(1)),
                        new Destination.Tcp(8080)));
        assertThat(read(SubscriptionApi.TELEMETRY, WHOLE.replace(":8080/path?x=1", ""))
                        .destination())
                .isEqualTo(new Destination.Http(80, "/"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '!',
            value = {
                "\"2022-12-13\"      | \"2020-08-15\"       | schemaVersion",
                "\"schemaVersion\"   | \"version\"          | schemaVersion",
                "\"platform\"        | \"platforms\"        | types",
                "[\"platform\",\"extension\"] | []          | types",
                "[\"platform\",\"extension\"] | \"platform\" | types",
                ":1000               | :999                 | maxItems",
                ":1000               | :10001               | maxItems",
                ":262144             | :262143              | maxBytes",
                ":262144             | :1048577             | maxBytes",
                ":100}               | :24}                 | timeoutMs",
                ":100}               | :30001}              | timeoutMs",
                ":100}               | :\"100\"}            | timeoutMs",
                "HTTP                | UDP                  | protocol",
                "HTTP                | TCP                  | port",
                "sandbox.localdomain | localhost            | URI",
                "http:               | https:               | URI",
                "8080                | 9001                 | 9001",
                "8080                | 65536                | port",
                "/path               | / path               | URI",
                "\"destination\"     | \"to\"               | protocol",
                "{\"schema           | [{\"schema           | JSON"
            })
    void refusesWhatIsOutOfBounds(String part, String other, String named) {
        assertThatThrownBy(() -> read(SubscriptionApi.TELEMETRY, WHOLE.replace(part, other)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining(named);
    }

    @Test
    void theOtherApiHasOtherSchemas() {
        assertThatThrownBy(() -> read(SubscriptionApi.LOGS, WHOLE))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("schemaVersion");
        assertThatThrownBy(() -> read(SubscriptionApi.TELEMETRY, "7")).hasMessageContaining("object");
    }
}
