package io.kappa.asyncqueue.shard;

import static java.util.Objects.requireNonNull;

import io.kappa.asyncqueue.event.Source;
import io.kappa.asyncqueue.record.StoredRecord;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.kit.streams.StoreTable;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * A shard as Kafka Streams runs it. What it knows beside its store is made anew at every {@link #init}, because that is what follows after a
 * transaction was given up.
 */
final class ShardProcessor implements Processor<byte[], byte[], Outgoing, byte[]> {
    private final String topicPrefix;
    private final ShardTools tools;
    private final Map<String, Source> sources;

    // Set by init, before anything else is called.
    private @Nullable ProcessorContext<Outgoing, byte[]> context;
    private @Nullable Shard shard;
    private @Nullable Cancellable ticking;

    ShardProcessor(String topicPrefix, ShardTools tools) {
        this.topicPrefix = topicPrefix;
        this.tools = tools;
        this.sources = Stream.of(Source.values())
                .collect(Collectors.toMap(source -> source.topic().name(topicPrefix), Function.identity()));
    }

    @Override
    public void init(ProcessorContext<Outgoing, byte[]> initialised) {
        context = initialised;
        int partition = initialised.taskId().partition();
        var state = new ShardState(StoreTable.of(initialised.getStateStore(ShardTopology.STORE)));
        shard = new Shard(partition, state, tools, topicPrefix, this::forward);
        if (ticking != null) {
            ticking.cancel();
        }
        ticking = initialised.schedule(
                Shard.TICK,
                PunctuationType.WALL_CLOCK_TIME,
                _ -> requireNonNull(shard).tick());
    }

    @Override
    public void process(Record<byte[], byte[]> input) {
        var at = requireNonNull(context).recordMetadata().orElseThrow();
        var record = new StoredRecord(
                RecordHeaders.asMap(input.headers()),
                input.value() == null ? new byte[0] : input.value(),
                input.timestamp());
        requireNonNull(shard).read(sources.get(at.topic()), at.offset(), input.key(), record);
    }

    private void forward(Shard.Sink sink, Outgoing key, byte[] value, Map<String, byte[]> headers) {
        requireNonNull(context)
                .forward(new Record<>(key, value, tools.clock().millis(), RecordHeaders.of(headers)), sink.name());
    }

    @Override
    public void close() {
        if (shard != null) {
            shard.close();
        }
    }
}
