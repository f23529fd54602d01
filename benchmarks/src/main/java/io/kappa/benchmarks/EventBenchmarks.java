package io.kappa.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.RecordHeaders;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Accepted events: how many are accepted beside what a producer alone can write of the same records to the same broker in the same run, how
 * soon they start, and what a large backlog costs.
 */
final class EventBenchmarks {
    private static final String PAYLOAD = "{\"message\":\"hello\",\"numbers\":[1,2,3]}";
    private static final String FUNCTION = "bench-events";
    private static final String ARN = "arn:aws:lambda:us-east-1:000000000000:function:" + FUNCTION;
    private static final InvocationTarget TARGET = new InvocationTarget(FunctionArn.parse(ARN), null);
    private static final String RAW = "bench-raw";
    private static final String PREFIX = "kappa";
    private static final int CALLERS = 64;
    private static final int STARTS = 300;
    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Path repository;
    private final Path scratch;
    private final Duration stretch;
    private final int rounds;
    private final int backlog;
    private final PrintStream out;
    private final ObjectMapper json = new ObjectMapper();

    /** @param backlog how many events wait in the last part */
    EventBenchmarks(Path repository, Path scratch, Duration stretch, int rounds, int backlog, PrintStream out) {
        this.repository = repository;
        this.scratch = scratch;
        this.stretch = stretch;
        this.rounds = rounds;
        this.backlog = backlog;
        this.out = out;
    }

    void run() throws IOException, InterruptedException, ExecutionException {
        try (var platform = platform(scratch.resolve("events"))) {
            platform.create(FUNCTION, Sample.python(), 128);
            starts(platform);
            hold(platform);
            accept(platform);
        }
        backlog();
    }

    private Platform platform(Path data) throws IOException, InterruptedException {
        return new Platform(repository, data, List.of("worker.sandbox.kind=process"));
    }

    private static void hold(Platform platform) throws IOException, InterruptedException {
        platform.act(Map.of("kind", "HOLD", "function", ARN));
    }

    // From acceptance to the attempt.

    private void starts(Platform platform) throws IOException, InterruptedException {
        var load = new Load(platform.port(), FUNCTION, PAYLOAD, "Event", 202);
        for (int i = 0; i < STARTS; i++) {
            load.once();
            Thread.sleep(BETWEEN_LOOKS); // One at a time, and the platform idle in between.
        }
        awaitPending(platform, 0);
        var accepted = new HashMap<String, Instant>();
        records(platform, Topic.INVOCATIONS_ENDED, record -> {
            var line = json.readTree(record.value());
            accepted.put(
                    line.path("requestId").asText(),
                    Instant.parse(line.path("accepted").asText()));
        });
        var waited = new ArrayList<Double>();
        records(platform, Topic.INVOCATIONS_OUTCOMES, record -> {
            var report =
                    json.readTree(record.headers().lastHeader("kappa-report").value());
            var when = accepted.get(report.path("requestId").asText());
            if (when != null) {
                waited.add((double) report.path("started").asLong() - when.toEpochMilli());
            }
        });
        var last = waited.subList(waited.size() / 3, waited.size()).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        out.println("""
                ### From acceptance to the attempt, idle

                | percentile | ms |
                |---|---|""");
        out.printf("| 50 | %.0f |%n", last[last.length / 2]);
        out.printf("| 99 | %.0f |%n%n", last[(int) (last.length * 0.99)]);
    }

    /** Takes in one record. */
    private interface Reader {
        void read(org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]> record) throws IOException;
    }

    private static void records(Platform platform, Topic topic, Reader reader) throws IOException {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", platform.bootstrapServers());
        properties.put("isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(topic.name(PREFIX)).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(one -> consumer.position(one) < ends.getOrDefault(one, 0L))) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    reader.read(record);
                }
            }
        }
    }

    // Acceptance.

    private record Rate(double perSecond, double cpuMicrosEach) {}

    private void accept(Platform platform) throws IOException, InterruptedException, ExecutionException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", platform.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(RAW, Topic.INVOCATIONS_QUEUED.partitions(), (short) 1)))
                    .all()
                    .get();
        }
        var events = new Load(platform.port(), FUNCTION, PAYLOAD, "Event", 202);
        var checks = new Load(platform.port(), FUNCTION, PAYLOAD, "DryRun", 204);
        var waiting = new ArrayList<Rate>();
        var free = new ArrayList<Rate>();
        var http = new ArrayList<Rate>();
        var accepted = new ArrayList<Rate>();
        try (var producer = producer(platform)) {
            rawCallers(producer, WARM_UP);
            events.run(CALLERS, WARM_UP);
            checks.run(CALLERS, WARM_UP);
            for (int round = 0; round < rounds; round++) {
                waiting.add(measured(platform, () -> rawCallers(producer, stretch)));
                free.add(measured(platform, () -> rawFree(producer, stretch)));
                http.add(measured(
                        platform, () -> checks.run(CALLERS, stretch).latencies().getTotalCount()));
                accepted.add(measured(
                        platform, () -> events.run(CALLERS, stretch).latencies().getTotalCount()));
            }
        }
        out.println("""
                ### Accepting events, 64 callers

                | what | per second | platform's CPU each, broker included (µs) |
                |---|---|---|""");
        row("a producer alone (idempotent, acks=all), 64 callers that wait for each acknowledgement", waiting);
        row("a producer alone, nobody waiting", free);
        row("HTTP and all checks without Kafka (DryRun)", http);
        row("events through HTTP (202)", accepted);
        out.printf(
                "%nEvents through HTTP are %.0f %% of what 64 callers write by the producer alone.%n%n",
                100 * rate(accepted) / rate(waiting));
    }

    private void row(String what, List<Rate> rates) {
        out.printf(
                "| %s | %.0f | %.0f |%n",
                what,
                rate(rates),
                Benchmarks.median(
                        rates.stream().mapToDouble(Rate::cpuMicrosEach).toArray()));
    }

    private static double rate(List<Rate> rates) {
        return Benchmarks.median(rates.stream().mapToDouble(Rate::perSecond).toArray());
    }

    /** Work that says how many it did. */
    private interface Counted {
        long run() throws InterruptedException;
    }

    private static Rate measured(Platform platform, Counted work) throws IOException, InterruptedException {
        var before = ProcessFigures.cpu(platform.pid());
        long start = System.nanoTime();
        long count = work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        var used = ProcessFigures.cpu(platform.pid()).minus(before);
        return new Rate(count / seconds, used.toNanos() / 1000.0 / count);
    }

    private static KafkaProducer<byte[], byte[]> producer(Platform platform) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        platform.bootstrapServers(),
                        "acks",
                        "all",
                        "enable.idempotence",
                        "true",
                        "linger.ms",
                        "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** The record that the router writes for the same event. */
    private static ProducerRecord<byte[], byte[]> record(String topic) {
        return new ProducerRecord<>(
                topic,
                null,
                UUID.randomUUID().toString().getBytes(UTF_8),
                PAYLOAD.getBytes(UTF_8),
                RecordHeaders.of(new QueuedEvent(
                                TARGET,
                                "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;"
                                        + "Lineage=1:0c716c89:0",
                                null,
                                null)
                        .headers()));
    }

    private static long rawCallers(Producer<byte[], byte[]> producer, Duration time) throws InterruptedException {
        var count = new AtomicLong();
        var failure = new AtomicReference<Exception>();
        long end = System.nanoTime() + time.toNanos();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < CALLERS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    while (System.nanoTime() < end) {
                        producer.send(record(RAW)).get();
                        count.incrementAndGet();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (ExecutionException e) {
                    failure.set(e);
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
        return count.get();
    }

    private static long rawFree(Producer<byte[], byte[]> producer, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        long count = 0;
        while (System.nanoTime() < end) {
            var _ = producer.send(record(RAW));
            count++;
        }
        producer.flush();
        return count;
    }

    // A backlog.

    private void backlog() throws IOException, InterruptedException {
        var data = scratch.resolve("backlog");
        long heapAtStart;
        long heap;
        long resident;
        double taken;
        try (var platform = platform(data)) {
            platform.create(FUNCTION, Sample.python(), 128);
            hold(platform);
            heapAtStart = ProcessFigures.liveHeapMegabytes(platform.pid());
            long start = System.nanoTime();
            try (var producer = producer(platform)) {
                for (int i = 0; i < backlog; i++) {
                    var _ = producer.send(record(Topic.INVOCATIONS_QUEUED.name(PREFIX)));
                }
                producer.flush();
            }
            awaitPending(platform, backlog);
            taken = (System.nanoTime() - start) / 1e9;
            heap = ProcessFigures.liveHeapMegabytes(platform.pid());
            resident = ProcessFigures.residentMegabytes(platform.pid());
        }
        double afterStop = restart(data, false);
        restart(data, true);
        double afterKill = restart(data, false);
        out.printf("""
                ### %,d events waiting

                | what | measured |
                |---|---|
                | written to the topic and taken in | %.1f s, %.0f a second |
                | live heap before / with them (MB) | %d / %d |
                | resident memory with them, broker included (MB) | %d |
                | restart until all are known again, after a stop | %.1f s |
                | restart until all are known again, after kill -9 | %.1f s |

                """, backlog, taken, backlog / taken, heapAtStart, heap, resident, afterStop, afterKill);
    }

    /** Starts the platform on the directory, and returns after how many seconds it knew of the whole backlog. */
    private double restart(Path data, boolean killed) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (var platform = platform(data)) {
            awaitPending(platform, backlog);
            double seconds = (System.nanoTime() - start) / 1e9;
            if (killed) {
                platform.kill();
            }
            return seconds;
        }
    }

    private static void awaitPending(Platform platform, long expected) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var summary = platform.managed("/v1/async-queue/summary");
            if (summary.path("pending").asLong(-1) == expected
                    && summary.path("accepted").asLong() > 0) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("not " + expected + " events waiting after " + PATIENCE + ": " + summary);
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
    }
}
