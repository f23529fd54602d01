package io.kappa.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import io.kappa.contracts.eventsource.MappingId;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.EventSourceMappingRecord.Options;
import io.kappa.mapper.event.EventForm.ReceiveCounts;
import io.kappa.mapper.event.EventForms;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Event source mappings: how fast one delivers a topic beside a consumer that does nothing with it and beside callers who invoke the function
 * with the same events, how soon it works with all it has, and what one poisonous key costs the others.
 *
 * <p>Functions write down what they see in a file, which they share with this process because their sandboxes isolate nothing.
 */
final class MappingBenchmarks {
    private static final String TOPIC = "bench-records";
    private static final int PARTITIONS = 4;
    private static final int RECORD_BYTES = 1024;
    private static final List<Integer> BATCHES = List.of(1, 100, 1000);

    private static final int BLOCKED_MILLIS = 300;
    private static final int SPIKE_BATCH = 10;
    private static final int SPIKE_PARTITIONS = 8;
    private static final int LANES = 10;
    private static final int BATCHES_OF_EACH = 4;

    private static final int KEYS = 100;
    private static final int RECORDS_OF_A_KEY = 4;
    private static final Duration BETWEEN_RECORDS = Duration.ofMillis(4);

    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration GETTING_GOING = Duration.ofSeconds(1);
    /** A reading is a page of all metrics, which takes the platform some milliseconds. */
    private static final Duration BETWEEN_READINGS = Duration.ofMillis(500);

    private static final Duration QUIET = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path repository;
    private final Path scratch;
    private final Duration stretch;
    private final int rounds;
    private final int records;
    private final PrintStream out;

    /** @param records that are in the topic whose delivery is measured */
    MappingBenchmarks(Path repository, Path scratch, Duration stretch, int rounds, int records, PrintStream out) {
        this.repository = repository;
        this.scratch = scratch;
        this.stretch = stretch;
        this.rounds = rounds;
        this.records = records;
        this.out = out;
    }

    void run() throws IOException, InterruptedException, ExecutionException {
        try (var platform =
                        new Platform(repository, scratch.resolve("mappings"), List.of("worker.sandbox.kind=process"));
                var producer = producer(platform)) {
            delivery(platform, producer);
            spikes(platform, producer);
            poison(platform, producer);
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(Platform platform) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", platform.bootstrapServers(), "linger.ms", "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static void createTopic(Platform platform, String topic, int partitions)
            throws InterruptedException, ExecutionException {
        try (var admin = Admin.create(Map.of("bootstrap.servers", platform.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    // Delivery.

    /** @param cpuMicrosEach of the platform, for each record */
    private record Rate(double perSecond, double cpuMicrosEach) {}

    /** What has been settled by a moment, and what the platform has used of the processor by then. */
    private record Reading(long nanos, long settled, Duration cpu) {
        Rate until(Reading later) {
            double count = later.settled - settled;
            return new Rate(
                    count / ((later.nanos - nanos) / 1e9), later.cpu.minus(cpu).toNanos() / 1000.0 / count);
        }
    }

    /** A mapping, and callers who do the same by hand. */
    private record Pair(int batch, Load load, List<Rate> mapped, List<Rate> called) {}

    private void delivery(Platform platform, Producer<byte[], byte[]> producer)
            throws IOException, InterruptedException, ExecutionException {
        var function = "bench-delivery";
        platform.create(function, Sample.python("def handler(event, context):\n    return None\n"), 128);
        createTopic(platform, TOPIC, PARTITIONS);
        fill(producer);
        var pairs = new ArrayList<Pair>();
        for (int batch : BATCHES) {
            var load = new Load(platform.port(), function, event(platform, function, batch));
            load.run(PARTITIONS, WARM_UP); // Starts the environments, and gives the compiler its time.
            pairs.add(new Pair(batch, load, new ArrayList<>(), new ArrayList<>()));
        }
        for (var pair : pairs) {
            delivered(platform, function, pair.batch()); // Likewise.
        }
        var raw = new ArrayList<Rate>();
        var one = new ArrayList<Rate>();
        for (int round = 0; round < rounds; round++) {
            raw.add(polled(platform));
            one.add(called(
                    platform, pairs.getFirst().load(), 1, pairs.getFirst().batch()));
            for (var pair : pairs) {
                pair.called().add(called(platform, pair.load(), PARTITIONS, pair.batch()));
                pair.mapped().add(delivered(platform, function, pair.batch()));
            }
        }
        out.printf("""
                ### Records of a topic, %d partitions, 1 KB each

                | what | batch | records per second | platform's CPU for each record, broker included (µs) |
                |---|---|---|---|
                """, PARTITIONS);
        row("a consumer alone, which only polls", "", raw);
        row("one caller who invokes", BATCHES.getFirst().toString(), one);
        for (var pair : pairs) {
            var batch = "%,d".formatted(pair.batch());
            row(PARTITIONS + " callers who invoke with the same events", batch, pair.called());
            row("a mapping", batch, pair.mapped());
        }
        out.println();
        for (var pair : pairs) {
            out.printf(
                    "In batches of %,d, a mapping delivers %.0f %% of what as many callers do.%n",
                    pair.batch(), 100 * rate(pair.mapped()) / rate(pair.called()));
        }
        out.println();
    }

    private void row(String what, String batch, List<Rate> rates) {
        out.printf(
                "| %s | %s | %.0f | %.1f |%n",
                what,
                batch,
                rate(rates),
                Benchmarks.median(
                        rates.stream().mapToDouble(Rate::cpuMicrosEach).toArray()));
    }

    private static double rate(List<Rate> rates) {
        return Benchmarks.median(rates.stream().mapToDouble(Rate::perSecond).toArray());
    }

    private void fill(Producer<byte[], byte[]> producer) {
        var random = new Random(1);
        var value = new byte[RECORD_BYTES];
        for (int i = 0; i < records; i++) {
            random.nextBytes(value);
            var _ = producer.send(new ProducerRecord<>(TOPIC, i % PARTITIONS, key(i), value.clone()));
        }
        producer.flush();
    }

    private static byte[] key(int number) {
        return ("key-" + number).getBytes(UTF_8);
    }

    private KafkaConsumer<byte[], byte[]> consumer(Platform platform, int partitions) {
        var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", platform.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.assign(IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(TOPIC, partition))
                .toList());
        consumer.seekToBeginning(consumer.assignment());
        return consumer;
    }

    /** What a mapping would call the function with, at the beginning of the topic. */
    private String event(Platform platform, String function, int batch) {
        var uuid = UUID.randomUUID().toString();
        var mapping = new EventSourceMappingRecord(
                new MappingId("us-east-1", "000000000000", uuid),
                1,
                new InvocationTarget(
                        FunctionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:" + function), null),
                new SelfManagedKafka(List.of(platform.bootstrapServers()), List.of(TOPIC)),
                List.of(),
                uuid,
                true,
                EventSourceMappingRecord.State.Enabled,
                "",
                Instant.EPOCH,
                null,
                new Options(
                        batch,
                        0,
                        EventSourceMappingRecord.StartingPosition.TRIM_HORIZON,
                        null,
                        1,
                        List.of(),
                        Options.UNLIMITED,
                        Options.UNLIMITED,
                        false,
                        0,
                        false,
                        null,
                        null,
                        null,
                        null,
                        null),
                Map.of());
        var first = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = consumer(platform, 1)) {
            while (first.size() < batch) {
                consumer.poll(Duration.ofMillis(200)).forEach(first::add);
            }
        }
        return new String(
                EventForms.of(mapping, List.of(), "").event(first.subList(0, batch), ReceiveCounts.FIRST, null), UTF_8);
    }

    private Rate polled(Platform platform) throws IOException {
        try (var consumer = consumer(platform, PARTITIONS)) {
            long count = 0;
            long inPass = 0;
            var before = ProcessFigures.cpu(platform.pid());
            long start = System.nanoTime();
            while (System.nanoTime() - start < stretch.toNanos()) {
                int some = consumer.poll(Duration.ofMillis(100)).count();
                count += some;
                inPass += some;
                if (inPass >= records) {
                    consumer.seekToBeginning(consumer.assignment());
                    inPass = 0;
                }
            }
            return new Reading(start, 0, before)
                    .until(new Reading(System.nanoTime(), count, ProcessFigures.cpu(platform.pid())));
        }
    }

    private Rate called(Platform platform, Load load, int callers, int batch) throws IOException, InterruptedException {
        var before = ProcessFigures.cpu(platform.pid());
        var result = load.run(callers, stretch);
        return new Reading(0, 0, before)
                .until(new Reading(
                        result.took().toNanos(),
                        batch * result.latencies().getTotalCount(),
                        ProcessFigures.cpu(platform.pid())));
    }

    /** In the midst of the topic: neither the mapping's beginning nor its end counts. */
    private Rate delivered(Platform platform, String function, int batch) throws IOException, InterruptedException {
        var mapping = platform.map(function, TOPIC, Map.of("BatchSize", batch));
        try {
            awaitSettled(platform, mapping, 1);
            Thread.sleep(GETTING_GOING);
            var first = reading(platform, mapping);
            var last = first;
            while (last.nanos - first.nanos < stretch.toNanos()) {
                Thread.sleep(BETWEEN_READINGS);
                var next = reading(platform, mapping);
                if (next.settled >= records) {
                    break;
                }
                last = next;
            }
            if (last.settled == first.settled) {
                throw new IOException("the topic was delivered before that could be measured; ask for more --records");
            }
            return first.until(last);
        } finally {
            platform.unmap(mapping);
        }
    }

    private static Reading reading(Platform platform, String mapping) throws IOException, InterruptedException {
        long settled = platform.settled(mapping);
        return new Reading(System.nanoTime(), settled, ProcessFigures.cpu(platform.pid()));
    }

    private static void awaitSettled(Platform platform, String mapping, long count)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (platform.settled(mapping) < count) {
            if (System.nanoTime() > deadline) {
                throw new IOException("fewer than " + count + " records settled after " + PATIENCE);
            }
            Thread.sleep(BETWEEN_READINGS);
        }
    }

    // A spike.

    private void spikes(Platform platform, Producer<byte[], byte[]> producer)
            throws IOException, InterruptedException, ExecutionException {
        out.printf("""
                ### From the first record of a spike until all calls that there can be run at once, each of %d ms

                | partitions | factor | calls at once | first spike, no execution environment yet (ms) | later spikes (ms) |
                |---|---|---|---|---|
                """, BLOCKED_MILLIS);
        spikes(platform, producer, "bench-spike-partitions", SPIKE_PARTITIONS, 1);
        spikes(platform, producer, "bench-spike-keys", 1, LANES);
        out.println();
    }

    private void spikes(Platform platform, Producer<byte[], byte[]> producer, String name, int partitions, int factor)
            throws IOException, InterruptedException, ExecutionException {
        var seen = Files.createFile(scratch.resolve(name + ".seen"));
        platform.create(name, Sample.python("""
                import time

                def handler(event, context):
                    begin = time.time()
                    time.sleep(%s)
                    with open("%s", "a") as seen:
                        seen.write(f"{begin} {time.time()}\\n")
                """.formatted(BLOCKED_MILLIS / 1000.0, seen)), 128);
        createTopic(platform, name, partitions);
        var mapping = platform.map(name, name, Map.of("BatchSize", SPIKE_BATCH, "ParallelizationFactor", factor));
        int wanted = partitions * factor;
        var first = spike(platform, producer, mapping, name, partitions, seen, wanted, 1);
        var later = new ArrayList<OptionalDouble>();
        for (int round = 0; round < rounds; round++) {
            later.add(spike(platform, producer, mapping, name, partitions, seen, wanted, round + 2));
        }
        platform.unmap(mapping);
        out.printf("| %d | %d | %d | %s | %s |%n", partitions, factor, wanted, shown(List.of(first)), shown(later));
    }

    private static String shown(List<OptionalDouble> millis) {
        if (millis.stream().anyMatch(OptionalDouble::isEmpty)) {
            return "never";
        }
        return "%.0f"
                .formatted(Benchmarks.median(
                        millis.stream().mapToDouble(OptionalDouble::orElseThrow).toArray()));
    }

    /**
     * Milliseconds from the first record until as many calls were under way as there can be; empty where there never were.
     *
     * @param wanted how many that is
     * @param number of the spike, from 1
     */
    private static OptionalDouble spike(
            Platform platform,
            Producer<byte[], byte[]> producer,
            String mapping,
            String topic,
            int partitions,
            Path seen,
            int wanted,
            int number)
            throws IOException, InterruptedException {
        int size = wanted * SPIKE_BATCH * BATCHES_OF_EACH;
        Thread.sleep(QUIET);
        Files.writeString(seen, "");
        var start = Instant.now();
        for (int i = 0; i < size; i++) {
            var _ = producer.send(new ProducerRecord<>(topic, i % partitions, key(i % KEYS), new byte[RECORD_BYTES]));
        }
        producer.flush();
        awaitSettled(platform, mapping, (long) size * number);
        return whenAll(seen, wanted).stream()
                .map(seconds -> (seconds - start.toEpochMilli() / 1000.0) * 1000)
                .findFirst();
    }

    /** A call's begin or end. */
    private record Moment(double seconds, int change) {}

    /** When so many calls were under way for the first time, in seconds of the epoch. */
    private static OptionalDouble whenAll(Path seen, int wanted) throws IOException {
        var moments = new ArrayList<Moment>();
        for (var line : Files.readAllLines(seen)) {
            var times = line.split(" ", -1);
            moments.add(new Moment(Double.parseDouble(times[0]), 1));
            moments.add(new Moment(Double.parseDouble(times[1]), -1));
        }
        moments.sort(Comparator.comparingDouble(Moment::seconds).thenComparingInt(Moment::change));
        int running = 0;
        for (var moment : moments) {
            running += moment.change;
            if (running == wanted) {
                return OptionalDouble.of(moment.seconds);
            }
        }
        return OptionalDouble.empty();
    }

    // A poisonous key.

    /** How long records waited, in milliseconds from when they were produced until the function had done with them. */
    private record Waits(double median, double ninetieth, double longest) {
        static Waits of(double[] unsorted) {
            var sorted = unsorted.clone();
            Arrays.sort(sorted);
            return new Waits(Benchmarks.median(sorted), sorted[(int) (0.9 * sorted.length)], sorted[sorted.length - 1]);
        }
    }

    private void poison(Platform platform, Producer<byte[], byte[]> producer)
            throws IOException, InterruptedException, ExecutionException {
        var seen = Files.createFile(scratch.resolve("poison.seen"));
        var function = "bench-poison";
        platform.create(function, Sample.python("""
                import base64, time

                def handler(event, context):
                    records = [record for shard in event["records"].values() for record in shard]
                    if any(base64.b64decode(record["value"]) == b"poison" for record in records):
                        raise ValueError("poison")
                    now = time.time() * 1000
                    with open("%s", "a") as seen:
                        for record in records:
                            seen.write(f"{base64.b64decode(record['key']).decode()} {now - record['timestamp']}\\n")
                """.formatted(seen)), 128);
        trickle(platform, producer, function, "warm-up", seen, "fine");
        var without = new ArrayList<Waits>();
        var with = new ArrayList<Waits>();
        for (int round = 0; round < rounds; round++) {
            without.add(trickle(platform, producer, function, "fine-" + round, seen, "fine"));
            with.add(trickle(platform, producer, function, "poison-" + round, seen, "poison"));
        }
        out.printf("""
                ### What one poisonous key costs the records of %d others

                | run | median wait (ms) | 90th percentile (ms) | longest wait (ms) |
                |---|---|---|---|
                """, KEYS - 1);
        row("no key is poisonous", without);
        row("one key always fails", with);
        out.println();
    }

    private void row(String run, List<Waits> waits) {
        out.printf(
                "| %s | %.0f | %.0f | %.0f |%n",
                run,
                Benchmarks.median(waits.stream().mapToDouble(Waits::median).toArray()),
                Benchmarks.median(waits.stream().mapToDouble(Waits::ninetieth).toArray()),
                Benchmarks.median(waits.stream().mapToDouble(Waits::longest).toArray()));
    }

    /**
     * Produces to a topic of its own at an even pace, each key in its turn, until everything is settled.
     *
     * @param value of the records of the first key, whose waits do not count
     */
    private static Waits trickle(
            Platform platform, Producer<byte[], byte[]> producer, String function, String name, Path seen, String value)
            throws IOException, InterruptedException, ExecutionException {
        var topic = "bench-keys-" + name;
        createTopic(platform, topic, 1);
        var mapping = platform.map(
                function,
                topic,
                Map.of(
                        "BatchSize",
                        SPIKE_BATCH,
                        "ParallelizationFactor",
                        LANES,
                        "BisectBatchOnFunctionError",
                        true,
                        "MaximumRetryAttempts",
                        1));
        Files.writeString(seen, "");
        int count = KEYS * RECORDS_OF_A_KEY;
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            LockSupport.parkNanos(start + i * BETWEEN_RECORDS.toNanos() - System.nanoTime());
            var text = i % KEYS == 0 ? value : "fine";
            var _ = producer.send(new ProducerRecord<>(topic, 0, key(i % KEYS), text.getBytes(UTF_8)));
        }
        producer.flush();
        awaitSettled(platform, mapping, count);
        platform.unmap(mapping);
        return Waits.of(Files.readAllLines(seen).stream()
                .map(line -> line.split(" ", -1))
                .filter(words -> !words[0].equals("key-0"))
                .mapToDouble(words -> Double.parseDouble(words[1]))
                .toArray());
    }
}
