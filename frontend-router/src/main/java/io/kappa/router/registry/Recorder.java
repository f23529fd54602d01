package io.kappa.router.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/** Makes the changes that were decided: applies each to the state and sends what it means to the topics, in one transaction. */
final class Recorder {
    private static final RecordCodec<RegistryRecord> RECORDS = RecordCodec.of(RegistryRecord.class);

    private final ProcessorContext<Destination, byte[]> context;
    private final RegistryState state;
    private final Clock clock;

    Recorder(ProcessorContext<Destination, byte[]> context, RegistryState state, Clock clock) {
        this.context = context;
        this.state = state;
        this.clock = clock;
    }

    void perform(String account, List<Change> changes) {
        for (var change : changes) {
            state.apply(change);
            switch (change) {
                case Change.Recorded(var record) -> record(account, record.key(), RECORDS.encode(record));
                case Change.Removed(var record) -> record(account, record.key(), null);
                case Change.UploadReleased(var upload) -> delete(upload);
                case Change.UploadAnnounced _ -> {}
            }
        }
    }

    private void record(String account, String key, byte @Nullable [] value) {
        var headers = new RecordHeaders();
        headers.add(
                RegistryView.SEQUENCE_HEADER,
                Long.toString(state.sequence(account)).getBytes(UTF_8));
        forward(new Destination.HashedBy(key, account), value, headers, RegistryTopology.RECORDS);
    }

    private void delete(Upload upload) {
        for (int i = 0; i < upload.chunks(); i++) {
            forward(
                    new Destination.Placed(upload.chunkKey(i), upload.partition()),
                    null,
                    new RecordHeaders(),
                    RegistryTopology.CODE);
        }
    }

    @SuppressWarnings("NullAway") // A record without a value is a tombstone, which the API's annotations do not know.
    void forward(Destination destination, byte @Nullable [] value, RecordHeaders headers, String sink) {
        context.forward(new Record<>(destination, value, clock.millis(), headers), sink);
    }

    /** Says in a log which record is being read. */
    LoggingEventBuilder at(LoggingEventBuilder event) {
        return context.recordMetadata()
                .map(at -> event.addKeyValue("topic", at.topic())
                        .addKeyValue("partition", at.partition())
                        .addKeyValue("offset", at.offset()))
                .orElse(event);
    }
}
