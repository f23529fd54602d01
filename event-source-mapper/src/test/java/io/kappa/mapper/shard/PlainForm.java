package io.kappa.mapper.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.mapper.event.BatchResponse;
import io.kappa.mapper.event.EventForm;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Events that are lists of values. Rules about shards do not depend on how events look. */
final class PlainForm implements EventForm {
    static final int ENVELOPE = 100;

    static ConsumerRecord<byte[], byte[]> record(long offset, @Nullable String key, String value, long timestamp) {
        var keyBytes = key == null ? null : key.getBytes(UTF_8);
        var bytes = value.getBytes(UTF_8);
        return new ConsumerRecord<>(
                "orders",
                0,
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                keyBytes == null ? -1 : keyBytes.length,
                bytes.length,
                keyBytes,
                bytes,
                new RecordHeaders(),
                java.util.Optional.empty());
    }

    @Override
    public byte[] event(
            List<ConsumerRecord<byte[], byte[]>> records, ReceiveCounts receiveCounts, @Nullable Window window) {
        return records.stream()
                .map(record -> new String(record.value(), UTF_8))
                .collect(Collectors.joining(",", "[", "]"))
                .getBytes(UTF_8);
    }

    @Override
    public int size(ConsumerRecord<byte[], byte[]> record) {
        return record.serializedValueSize() + 1;
    }

    @Override
    public int envelopeSize() {
        return ENVELOPE;
    }

    @Override
    public BatchResponse read(byte[] response, List<ConsumerRecord<byte[], byte[]>> records) {
        return new BatchResponse.Succeeded(null);
    }
}
