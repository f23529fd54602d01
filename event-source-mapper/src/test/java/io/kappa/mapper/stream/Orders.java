package io.kappa.mapper.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.contracts.registry.EventSourceMappingRecord.StartingPosition;
import io.kappa.contracts.registry.EventSourceMappingRecord.State;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.mapper.checkpoint.Checkpoints;
import io.kappa.mapper.event.EventForms;
import io.kappa.mapper.filter.RecordFilter;
import io.kappa.mapper.handover.Cause;
import io.kappa.mapper.invoke.InvokeOutcome;
import io.kappa.mapper.invoke.Invoker;
import io.kappa.mapper.shard.Backoff;
import io.kappa.mapper.shard.ShardRules;
import io.kappa.mapper.shard.Step;
import io.kappa.mapper.skip.Skips;
import io.kappa.testkit.KafkaInThisJvm;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** A topic with orders on a real broker, and a mapping for it whose function is played by the test. */
final class Orders implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    final KafkaSettings kafka;
    final String topic;
    final Checkpoints checkpoints;
    final Skips skips;
    final Seen seen = new Seen();
    final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final KafkaProducer<byte[], byte[]> producer;
    private final MappingId id =
            new MappingId("us-east-1", "000000000000", UUID.randomUUID().toString());

    /** What is to become of a batch, by the values of its records. */
    volatile Function<List<String>, CompletableFuture<InvokeOutcome>> function = _ -> answered("{}");

    /** What has been seen of the mapping. */
    static final class Seen implements StreamListener, StreamCounts {
        final List<List<String>> batches = Collections.synchronizedList(new ArrayList<>());
        final List<Step.HandOver> givenUp = Collections.synchronizedList(new ArrayList<>());
        final List<String> results = Collections.synchronizedList(new ArrayList<>());
        final CompletableFuture<String> broken = new CompletableFuture<>();
        final AtomicInteger reading = new AtomicInteger();
        final AtomicInteger filtered = new AtomicInteger();
        final AtomicInteger repeated = new AtomicInteger();
        final AtomicInteger settled = new AtomicInteger();

        /** Thrown on a worker, where nobody expects anything to be. */
        volatile @Nullable RuntimeException defect;

        List<String> values() {
            synchronized (batches) {
                return batches.stream().flatMap(List::stream).toList();
            }
        }

        @Override
        public void reading() {
            reading.incrementAndGet();
        }

        @Override
        public void broken(String reason) {
            broken.complete(reason);
        }

        @Override
        public void result(String lastProcessingResult) {
            results.add(lastProcessingResult);
        }

        @Override
        public void polled(TopicPartition shard, int records) {}

        @Override
        public void filteredOut(TopicPartition shard, int records) {
            filtered.addAndGet(records);
        }

        @Override
        public void invoked(TopicPartition shard, int records) {
            if (defect != null) {
                throw defect;
            }
        }

        @Override
        public void failed(TopicPartition shard, int records) {}

        @Override
        public void givenUp(TopicPartition shard, int records, Cause cause) {}

        @Override
        public void committed(TopicPartition shard, long records) {
            settled.addAndGet((int) records);
        }

        @Override
        public void repeated(TopicPartition shard, int records) {
            repeated.addAndGet(records);
        }

        @Override
        public void rebalanced() {}

        @Override
        public void pollFailed() {}

        @Override
        public void commitFailed() {}

        @Override
        public void behind(TopicPartition shard, long records, long ageMillis) {}

        @Override
        public void gone(TopicPartition shard) {}
    }

    Orders(int partitions) throws InterruptedException {
        this(KafkaInThisJvm.kafka(), partitions);
    }

    Orders(KafkaSettings kafka, int partitions) throws InterruptedException {
        this.kafka = kafka;
        topic = kafka.topicPrefix() + "-orders";
        var platform = List.of(Topic.MAPPINGS_CHECKPOINTS, Topic.MAPPINGS_COMMANDS).stream()
                .map(one -> new Topics.Wanted(one.name(kafka.topicPrefix()), one.partitions(), one.configuration()));
        Topics.ensure(
                kafka,
                java.util.stream.Stream.concat(
                                platform, java.util.stream.Stream.of(new Topics.Wanted(topic, partitions, Map.of())))
                        .toList());
        producer = new KafkaProducer<>(
                kafka.durableProducerProperties(), new ByteArraySerializer(), new ByteArraySerializer());
        checkpoints = new Checkpoints(kafka);
        skips = new Skips(kafka);
        checkpoints.caughtUp().join();
        skips.caughtUp().join();
    }

    static CompletableFuture<InvokeOutcome> answered(String response) {
        return CompletableFuture.completedFuture(new InvokeOutcome.Answered("$LATEST", response.getBytes(UTF_8)));
    }

    static CompletableFuture<InvokeOutcome> failed() {
        return CompletableFuture.completedFuture(new InvokeOutcome.FunctionFailed("$LATEST", "Error", "poisonous"));
    }

    static CompletableFuture<InvokeOutcome> throttled() {
        return CompletableFuture.completedFuture(
                new InvokeOutcome.NotRun(InvokeOutcome.Why.THROTTLED, "Rate Exceeded."));
    }

    void produce(int partition, String key, String... values) {
        for (var value : values) {
            var _ = producer.send(new ProducerRecord<>(topic, partition, key.getBytes(UTF_8), value.getBytes(UTF_8)));
        }
        producer.flush();
    }

    /** @param timestamp of the record, in epoch milliseconds */
    void produceAt(long timestamp, String value) {
        var _ = producer.send(new ProducerRecord<>(topic, 0, timestamp, "k".getBytes(UTF_8), value.getBytes(UTF_8)));
        producer.flush();
    }

    ShardRules rules() {
        return new ShardRules(
                10,
                Duration.ZERO,
                1,
                ShardRules.UNLIMITED,
                Duration.ZERO,
                false,
                false,
                Duration.ZERO,
                Duration.ofMinutes(2),
                new Backoff(Duration.ofMillis(20), Duration.ofMillis(100)),
                new Backoff(Duration.ofMillis(20), Duration.ofMillis(100)),
                1_000_000);
    }

    StreamMapping mapping(ShardRules rules, StartingPosition from) {
        return mapping(
                rules, from, new EventSource.SelfManagedKafka(List.of(kafka.bootstrapServers()), List.of(topic)));
    }

    StreamMapping mapping(ShardRules rules, StartingPosition from, EventSource source) {
        var options = new Options(
                rules.batchSize(),
                0,
                from,
                null,
                1,
                List.of(),
                -1,
                -1,
                rules.bisect(),
                (int) rules.tumblingWindow().toSeconds(),
                true,
                null,
                null,
                null,
                null,
                null);
        var record = new EventSourceMappingRecord(
                id,
                1,
                InvocationTarget.parse("arn:aws:lambda:us-east-1:000000000000:function:ship"),
                source,
                List.of(),
                id.uuid(),
                true,
                State.Creating,
                "User action",
                Instant.EPOCH,
                null,
                options,
                Map.of());
        RecordFilter filter = found -> !new String(found.value(), UTF_8).startsWith("skip");
        return new StreamMapping(
                record,
                kafka::clientProperties,
                rules,
                EventForms.of(record, List.of(kafka.bootstrapServers()), ""),
                filter,
                100);
    }

    StreamPoller start(ShardRules rules) {
        return start(rules, StartingPosition.TRIM_HORIZON);
    }

    StreamPoller start(ShardRules rules, StartingPosition from) {
        return start(mapping(rules, from), (_, event, _) -> {
            var values = values(event);
            seen.batches.add(values);
            return function.apply(values);
        });
    }

    StreamPoller start(StreamMapping mapping, Invoker invoker) {
        return new StreamPoller(
                mapping,
                new StreamSettings(
                        StreamSettings.Protocol.AUTO,
                        java.util.Optional.empty(),
                        Duration.ofSeconds(5),
                        new Backoff(Duration.ofMillis(50), Duration.ofMillis(500))),
                checkpoints,
                skips,
                invoker,
                (_, givenUp) -> seen.givenUp.add(givenUp),
                seen,
                seen,
                workers,
                Clock.systemUTC());
    }

    private static List<String> values(byte[] event) {
        try {
            var values = new ArrayList<String>();
            new com.fasterxml.jackson.databind.ObjectMapper()
                    .readTree(event)
                    .get("records")
                    .forEach(shard -> shard.forEach(record -> values.add(new String(
                            java.util.Base64.getDecoder()
                                    .decode(record.get("value").asText()),
                            UTF_8))));
            return values;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    String uuid() {
        return id.uuid();
    }

    /** Waits until something is so, within a generous time. */
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE + ": " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
        producer.close();
        checkpoints.close();
        skips.close();
    }
}
