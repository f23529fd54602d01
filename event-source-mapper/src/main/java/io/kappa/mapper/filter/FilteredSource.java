package io.kappa.mapper.filter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.mapper.event.EventForm;
import io.kappa.mapper.event.EventForm.ReceiveCounts;
import io.kappa.mapper.event.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What patterns see of the records of one kind of source: data under keys of its own, and the members that a function sees beside them. */
final class FilteredSource {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] NOTHING = {};

    private final EventSource source;
    private final EventForm form;

    FilteredSource(EventSource source, EventForm form) {
        this.source = source;
        this.form = form;
    }

    /** Keys under which the records' data stand. */
    List<String> dataKeys() {
        return switch (source) {
            case EventSource.SelfManagedKafka _, EventSource.ManagedKafka _ -> List.of("value", "key");
            case EventSource.Kinesis _ -> List.of("data");
            case EventSource.DynamoDb _ -> List.of("dynamodb");
            case EventSource.Queue _ -> List.of("body");
        };
    }

    /** Whether data may be asked for as a text. A mapping whose patterns do so nevertheless cannot be created. */
    boolean takesPlainPatterns() {
        return switch (source) {
            case EventSource.SelfManagedKafka _, EventSource.ManagedKafka _, EventSource.Queue _ -> true;
            case EventSource.Kinesis _, EventSource.DynamoDb _ -> false;
        };
    }

    /** Whether data that are not UTF-8 drop the record. Otherwise what is asked of them does not count. */
    boolean dropsWhatIsNoText() {
        return !takesPlainPatterns();
    }

    /** Data of a record. SQS has no bodies that are not UTF-8; here the rest of such a body counts. */
    Datum datum(ConsumerRecord<byte[], byte[]> record, String key) {
        return switch (source) {
            case EventSource.SelfManagedKafka _, EventSource.ManagedKafka _ ->
                Datum.ofBytes(key.equals("key") ? record.key() : record.value());
            case EventSource.Kinesis _ -> Datum.ofBytes(orNothing(record.value()));
            case EventSource.DynamoDb _ -> {
                var text = Datum.ofBytes(orNothing(record.value()));
                yield text.kind() == Datum.Kind.JSON && form.problem(record).isEmpty()
                        ? Datum.ofJson(shown(record).path(key))
                        : text.kind() == Datum.Kind.NO_TEXT ? text : new Datum(Datum.Kind.PLAIN, null);
            }
            case EventSource.Queue _ -> Datum.ofText(Utf8.lenient(orNothing(record.value())));
        };
    }

    private static byte[] orNothing(byte @Nullable [] bytes) {
        return bytes == null ? NOTHING : bytes;
    }

    /** What a record has beside its data, to which the data are added. Members of Kinesis' own stand beside the others. */
    ObjectNode metadata(ConsumerRecord<byte[], byte[]> record) {
        return switch (source) {
            case EventSource.Kinesis _ -> {
                var shown = shown(record);
                if (shown.remove("kinesis") instanceof ObjectNode members) {
                    shown.setAll(members);
                }
                yield shown;
            }
            case EventSource.DynamoDb table ->
                form.problem(record).isEmpty()
                        ? shown(record)
                        : JSON.createObjectNode()
                                .put("eventSource", "aws:dynamodb")
                                .put("eventSourceARN", table.arn());
            case EventSource.SelfManagedKafka _, EventSource.ManagedKafka _, EventSource.Queue _ -> shown(record);
        };
    }

    /** The record as its function would see it. */
    private ObjectNode shown(ConsumerRecord<byte[], byte[]> record) {
        var records = parsed(form.event(List.of(record), ReceiveCounts.FIRST, null))
                .path(
                        switch (source) {
                            case EventSource.SelfManagedKafka _, EventSource.ManagedKafka _ -> "records";
                            case EventSource.Kinesis _, EventSource.DynamoDb _, EventSource.Queue _ -> "Records";
                        });
        var first = records.isArray() ? records : records.elements().next();
        return (ObjectNode) first.path(0);
    }

    private static JsonNode parsed(byte[] event) {
        try {
            return JSON.readTree(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // It has just been written.
        }
    }
}
