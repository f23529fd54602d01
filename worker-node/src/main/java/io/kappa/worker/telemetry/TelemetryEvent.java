package io.kappa.worker.telemetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Something that has happened in an environment, or has been printed there. */
public sealed interface TelemetryEvent {
    DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    long timeMillis();

    TelemetryType type();

    /** About how many bytes it takes. */
    int size();

    /** As it is delivered; empty where the schema has no such event. */
    Optional<String> json(TelemetrySchema schema);

    /** An event of the platform's, named as in {@code platform.start}. The record is not changed any more. */
    record Platform(long timeMillis, String name, JsonNode record) implements TelemetryEvent {

        /** What the Logs API's events have; those that are not here have all. */
        private static final Map<String, List<String>> OF_LOGS_API = Map.of(
                "platform.start", List.of("requestId", "version"),
                "platform.report", List.of("requestId", "metrics"),
                "platform.runtimeDone", List.of("requestId", "status"),
                "platform.extension", List.of("name", "state", "events"));

        @Override
        public TelemetryType type() {
            return TelemetryType.PLATFORM;
        }

        @Override
        public int size() {
            return 512;
        }

        @Override
        public Optional<String> json(TelemetrySchema schema) {
            if (!schema.knows(name)) {
                return Optional.empty();
            }
            var members = OF_LOGS_API.get(name);
            var told = schema.ofLogsApi() && members != null && record instanceof ObjectNode whole
                    ? whole.deepCopy().retain(members)
                    : record;
            return Optional.of(envelope(timeMillis, name, told));
        }
    }

    /**
     * A line that the function or an extension has printed.
     *
     * @param json whether the function logs in JSON
     */
    record Line(long timeMillis, TelemetryType type, String text, boolean json) implements TelemetryEvent {
        @Override
        public int size() {
            return text.length() + 100;
        }

        @Override
        public Optional<String> json(TelemetrySchema schema) {
            JsonNode record = json && schema.keepsObjects() && text.startsWith("{")
                    ? object()
                    : JsonNodeFactory.instance.textNode(text);
            return Optional.of(envelope(timeMillis, type.word(), record));
        }

        private JsonNode object() {
            try {
                return JSON.readTree(text);
            } catch (JsonProcessingException e) {
                return JsonNodeFactory.instance.textNode(text); // No object, after all.
            }
        }
    }

    private static String envelope(long timeMillis, String type, JsonNode record) {
        var event = JsonNodeFactory.instance
                .objectNode()
                .put("time", TIME.format(Instant.ofEpochMilli(timeMillis)))
                .put("type", type);
        event.set("record", record);
        return event.toString();
    }
}
