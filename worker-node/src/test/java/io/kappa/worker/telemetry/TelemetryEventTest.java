package io.kappa.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TelemetryEventTest {
    private static final long TIME = Instant.parse("2022-10-12T00:00:15.064Z").toEpochMilli();

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static String line(String text, boolean json, TelemetrySchema schema) {
        return new TelemetryEvent.Line(TIME, TelemetryType.FUNCTION, text, json)
                .json(schema)
                .orElseThrow();
    }

    @Test
    void aLineIsAStringOrTheObjectThatItIs() {
        var before = "{\"time\":\"2022-10-12T00:00:15.064Z\",\"type\":\"function\",\"record\":";
        var text = before + "\"{\\\"a\\\":1}\"}";

        assertThat(line("{\"a\":1}", true, TelemetrySchema.TELEMETRY_2022_12_13))
                .isEqualTo(before + "{\"a\":1}}");
        assertThat(line("{\"a\":1}", true, TelemetrySchema.TELEMETRY_2025_01_29))
                .isEqualTo(before + "{\"a\":1}}");
        assertThat(line("{\"a\":1}", false, TelemetrySchema.TELEMETRY_2022_12_13))
                .isEqualTo(text);
        assertThat(line("{\"a\":1}", true, TelemetrySchema.TELEMETRY_2022_07_01))
                .isEqualTo(text);
        assertThat(line("{\"a\":1}", true, TelemetrySchema.LOGS_2021_03_18)).isEqualTo(text);
        assertThat(line("{a", true, TelemetrySchema.TELEMETRY_2022_12_13)).isEqualTo(before + "\"{a\"}");
        assertThat(line("{} {}", true, TelemetrySchema.TELEMETRY_2022_12_13)).isEqualTo(before + "\"{} {}\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "platform.start,                 true,  true,  true",
        "platform.report,                true,  true,  true",
        "platform.extension,             true,  true,  true",
        "platform.logsDropped,           true,  true,  true",
        "platform.runtimeDone,           false, true,  true",
        "platform.end,                   true,  true,  false",
        "platform.fault,                 true,  true,  false",
        "platform.logsSubscription,      true,  true,  false",
        "platform.telemetrySubscription, false, false, true",
        "platform.initStart,             false, false, true",
        "platform.initRuntimeDone,       false, false, true",
        "platform.initReport,            false, false, true"
    })
    void eachApiHasItsEvents(String name, boolean firstLogs, boolean secondLogs, boolean telemetry) {
        var event = new TelemetryEvent.Platform(TIME, name, object());

        assertThat(event.json(TelemetrySchema.LOGS_2020_08_15).isPresent()).isEqualTo(firstLogs);
        assertThat(event.json(TelemetrySchema.LOGS_2021_03_18).isPresent()).isEqualTo(secondLogs);
        assertThat(event.json(TelemetrySchema.TELEMETRY_2022_07_01).isPresent()).isEqualTo(telemetry);
        assertThat(event.json(TelemetrySchema.TELEMETRY_2025_01_29).isPresent()).isEqualTo(telemetry);
    }

    @Test
    void theLogsApiSaysLess() {
        var record = object().put("requestId", "r").put("version", "1").put("tracing", "t");
        var event = new TelemetryEvent.Platform(TIME, "platform.start", record);

        assertThat(event.json(TelemetrySchema.LOGS_2021_03_18).orElseThrow())
                .endsWith("\"record\":{\"requestId\":\"r\",\"version\":\"1\"}}");
        assertThat(event.json(TelemetrySchema.TELEMETRY_2022_07_01).orElseThrow())
                .endsWith("\"record\":{\"requestId\":\"r\",\"version\":\"1\",\"tracing\":\"t\"}}");
    }
}
