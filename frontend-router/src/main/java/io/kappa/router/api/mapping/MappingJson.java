package io.kappa.router.api.mapping;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kappa.contracts.eventsource.EventSource.DynamoDb;
import io.kappa.contracts.eventsource.EventSource.Kinesis;
import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a mapping as Lambda shows it: each kind of source has members of its own, some of which are there even where nothing was set. */
final class MappingJson {

    static void write(JsonGenerator json, EventSourceMappingRecord mapping) throws IOException {
        var options = mapping.options();
        json.writeStartObject();
        json.writeStringField("UUID", mapping.id().uuid());
        json.writeStringField("EventSourceMappingArn", mapping.id().toString());
        var arn = mapping.source().sourceArn();
        if (arn.isPresent()) {
            json.writeStringField("EventSourceArn", arn.get());
        }
        json.writeStringField("FunctionArn", mapping.target().toString());
        json.writeStringField("State", mapping.state().name());
        json.writeStringField("StateTransitionReason", mapping.stateReason());
        writeMoment(json, "LastModified", mapping.lastModified());
        json.writeNumberField("BatchSize", options.batchSize());
        writeFilters(json, options.filters());
        switch (mapping.source()) {
            case Queue _ -> writeQueue(json, options);
            case Kinesis _, DynamoDb _ -> writeStream(json, mapping);
            case ManagedKafka kafka -> {
                writeKafka(json, mapping, kafka.topics());
                writeGroup(json, "AmazonManagedKafkaEventSourceConfig", mapping.consumerGroup());
            }
            case SelfManagedKafka kafka -> {
                writeServers(json, kafka.bootstrapServers());
                writeKafka(json, mapping, kafka.topics());
                writeGroup(json, "SelfManagedKafkaEventSourceConfig", mapping.consumerGroup());
            }
        }
        writePollers(json, options);
        if (options.metrics() != null) {
            json.writeObjectFieldStart("MetricsConfig");
            writeTexts(json, "Metrics", options.metrics());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeQueue(JsonGenerator json, Options options) throws IOException {
        writeWindow(json, options, 0);
        writeResponseTypes(json, options);
        if (options.maximumConcurrency() != null) {
            json.writeObjectFieldStart("ScalingConfig");
            json.writeNumberField("MaximumConcurrency", options.maximumConcurrency());
            json.writeEndObject();
        }
    }

    private static void writeStream(JsonGenerator json, EventSourceMappingRecord mapping) throws IOException {
        var options = mapping.options();
        writeWindow(json, options, 0);
        writeStart(json, mapping);
        json.writeNumberField("ParallelizationFactor", options.parallelizationFactor());
        json.writeNumberField("MaximumRetryAttempts", options.maximumRetryAttempts());
        json.writeNumberField("MaximumRecordAgeInSeconds", options.maximumRecordAgeSeconds());
        json.writeBooleanField("BisectBatchOnFunctionError", options.bisectOnError());
        json.writeNumberField("TumblingWindowInSeconds", options.tumblingWindowSeconds());
        writeDestination(json, options.onFailure());
        writeResponseTypes(json, options);
    }

    /** What Lambda does not have for every Kafka source is shown where it was set. */
    private static void writeKafka(JsonGenerator json, EventSourceMappingRecord mapping, List<String> topics)
            throws IOException {
        var options = mapping.options();
        writeWindow(json, options, null);
        writeStart(json, mapping);
        writeTexts(json, "Topics", topics);
        json.writeArrayFieldStart("SourceAccessConfigurations");
        for (var access : mapping.access()) {
            json.writeStartObject();
            json.writeStringField("Type", access.type());
            json.writeStringField("URI", access.uri());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (options.parallelizationFactor() != 1) {
            json.writeNumberField("ParallelizationFactor", options.parallelizationFactor());
        }
        if (options.maximumRetryAttempts() != Options.UNLIMITED) {
            json.writeNumberField("MaximumRetryAttempts", options.maximumRetryAttempts());
        }
        if (options.maximumRecordAgeSeconds() != Options.UNLIMITED) {
            json.writeNumberField("MaximumRecordAgeInSeconds", options.maximumRecordAgeSeconds());
        }
        if (options.bisectOnError()) {
            json.writeBooleanField("BisectBatchOnFunctionError", true);
        }
        if (options.onFailure() != null) {
            writeDestination(json, options.onFailure());
        }
        if (options.reportItemFailures()) {
            writeResponseTypes(json, options);
        }
    }

    private static void writeServers(JsonGenerator json, List<String> servers) throws IOException {
        json.writeObjectFieldStart("SelfManagedEventSource");
        json.writeObjectFieldStart("Endpoints");
        writeTexts(json, "KAFKA_BOOTSTRAP_SERVERS", servers);
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeGroup(JsonGenerator json, String name, String group) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("ConsumerGroupId", group);
        json.writeEndObject();
    }

    /** @param otherwise null leaves it out */
    private static void writeWindow(JsonGenerator json, Options options, @Nullable Integer otherwise)
            throws IOException {
        var seconds = options.batchWindowSeconds() == null ? otherwise : options.batchWindowSeconds();
        if (seconds != null) {
            json.writeNumberField("MaximumBatchingWindowInSeconds", seconds);
        }
    }

    private static void writeStart(JsonGenerator json, EventSourceMappingRecord mapping) throws IOException {
        var options = mapping.options();
        if (options.startingPosition() != null) {
            json.writeStringField("StartingPosition", options.startingPosition().name());
        }
        if (options.startingTimestamp() != null) {
            writeMoment(json, "StartingPositionTimestamp", options.startingTimestamp());
        }
        if (mapping.lastProcessingResult() != null) {
            json.writeStringField("LastProcessingResult", mapping.lastProcessingResult());
        }
    }

    private static void writeDestination(JsonGenerator json, @Nullable String onFailure) throws IOException {
        json.writeObjectFieldStart("DestinationConfig");
        json.writeObjectFieldStart("OnFailure");
        if (onFailure != null) {
            json.writeStringField("Destination", onFailure);
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void writeResponseTypes(JsonGenerator json, Options options) throws IOException {
        writeTexts(
                json,
                "FunctionResponseTypes",
                options.reportItemFailures() ? List.of("ReportBatchItemFailures") : List.of());
    }

    private static void writeFilters(JsonGenerator json, List<String> patterns) throws IOException {
        if (patterns.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart("FilterCriteria");
        json.writeArrayFieldStart("Filters");
        for (var pattern : patterns) {
            json.writeStartObject();
            json.writeStringField("Pattern", pattern);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writePollers(JsonGenerator json, Options options) throws IOException {
        if (options.minimumPollers() == null || options.maximumPollers() == null) {
            return;
        }
        json.writeObjectFieldStart("ProvisionedPollerConfig");
        json.writeNumberField("MinimumPollers", options.minimumPollers());
        json.writeNumberField("MaximumPollers", options.maximumPollers());
        json.writeEndObject();
    }

    private static void writeTexts(JsonGenerator json, String name, List<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (var text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /** Seconds with a fraction, which no double would keep exactly. */
    private static void writeMoment(JsonGenerator json, String name, Instant moment) throws IOException {
        json.writeNumberField(name, BigDecimal.valueOf(moment.toEpochMilli(), 3));
    }

    private MappingJson() {}
}
