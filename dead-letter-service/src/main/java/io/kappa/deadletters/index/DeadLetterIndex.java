package io.kappa.deadletters.index;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.deadletter.RedriveOutcome;
import io.kappa.contracts.topic.Topic;
import io.kappa.deadletters.payload.Payload;
import io.kappa.deadletters.payload.PayloadReader;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.streams.Table.Order;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.jspecify.annotations.Nullable;

/**
 * The index of dead letters in Kafka. Each process of the service runs one of these; together they own the partitions.
 *
 * <p>Reads are of the partitions that this process owns. There is one partition unless somebody made the topics with more, so one process
 * knows everything and a second one stands by. With several partitions in several processes, each answers for its own. Commands go to all
 * partitions, wherever they are. What is read may be a tenth of a second ahead of what is committed.
 */
public final class DeadLetterIndex {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** How long a redrive waits for one payload before it leaves it to the next tick. */
    private static final Duration PATIENCE_OF_REDRIVES = Duration.ofSeconds(3);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    /** Letters that one request looks at, in each partition, before it answers with what it has. */
    private static final int MOST_LOOKED_AT = 20_000;

    private final IndexStream stream;
    private final Producer<String, byte[]> producer;
    private final PayloadReader payloads;
    private final String commands;
    private final int partitions;
    private final Clock clock;

    /**
     * Makes the topics that are missing, and starts owning. Returns before it has come far: see {@link #unready()}.
     *
     * @param stateDirectory where this process, and no other, keeps its part of the index
     * @param id names this process among all of the service, and again when it comes back
     * @param lifecycle closes the index
     */
    public static DeadLetterIndex start(
            KafkaSettings kafka,
            Path stateDirectory,
            String id,
            Duration retention,
            Duration redriveRetention,
            MeterRegistry metrics,
            Clock clock,
            Lifecycle lifecycle)
            throws InterruptedException {
        PlatformTopics.ensure(
                kafka,
                Topic.DEAD_LETTERS_RECORDS,
                Topic.DEAD_LETTERS_COMMANDS,
                Topic.DEAD_LETTERS_LEDGER,
                Topic.INVOCATIONS_FORWARDED);
        var producer = lifecycle.own(producer(kafka));
        var payloads = lifecycle.own(newReader(kafka, PATIENCE));
        int partitions = partitions(producer, kafka);
        Topics.ensure(kafka, List.of(IndexStream.changelog(kafka, partitions)));
        var counters = new IndexCounters(metrics);
        var stream = lifecycle.own(new IndexStream(
                kafka,
                stateDirectory,
                id,
                () -> new IndexProcessor(
                        kafka.topicPrefix(),
                        () -> newReader(kafka, PATIENCE_OF_REDRIVES),
                        retention,
                        redriveRetention,
                        counters,
                        clock)));
        var index = new DeadLetterIndex(
                stream, producer, payloads, Topic.DEAD_LETTERS_COMMANDS.name(kafka.topicPrefix()), partitions, clock);
        lifecycle.own(new IndexGauges(index, metrics, clock));
        return index;
    }

    private DeadLetterIndex(
            IndexStream stream,
            Producer<String, byte[]> producer,
            PayloadReader payloads,
            String commands,
            int partitions,
            Clock clock) {
        this.stream = stream;
        this.producer = producer;
        this.payloads = payloads;
        this.commands = commands;
        this.partitions = partitions;
        this.clock = clock;
    }

    private static Producer<String, byte[]> producer(KafkaSettings kafka) {
        var properties = kafka.durableProducerProperties();
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0"); // Somebody waits for each command.
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(4 * 1024 * 1024));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(PATIENCE.toMillis()));
        return new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    }

    private static PayloadReader newReader(KafkaSettings kafka, Duration patience) {
        return new PayloadReader(kafka, Topic.DEAD_LETTERS_RECORDS.name(kafka.topicPrefix()), patience);
    }

    /** The owner of a partition has it of both topics, which works only where they have equally many. */
    private static int partitions(Producer<String, byte[]> producer, KafkaSettings kafka) {
        int ofCommands = producer.partitionsFor(Topic.DEAD_LETTERS_COMMANDS.name(kafka.topicPrefix()))
                .size();
        int ofRecords = producer.partitionsFor(Topic.DEAD_LETTERS_RECORDS.name(kafka.topicPrefix()))
                .size();
        if (ofCommands != ofRecords) {
            throw new IllegalStateException(Topic.DEAD_LETTERS_RECORDS.name(kafka.topicPrefix()) + " has " + ofRecords
                    + " partitions and " + Topic.DEAD_LETTERS_COMMANDS.name(kafka.topicPrefix()) + " has " + ofCommands
                    + "; they must have equally many");
        }
        return ofCommands;
    }

    /** Why this process cannot answer for the index yet, or any more. */
    public Optional<String> unready() {
        return stream.problem();
    }

    /** Why only a new process can answer for the index again. */
    public Optional<String> dead() {
        return stream.failed() ? Optional.of("keeping dead letters has ended") : Optional.empty();
    }

    /** @throws IndexUnavailableException where the partitions of this process cannot be read now */
    private <T> T read(Function<List<IndexView>, T> question) {
        try {
            var mine = stream.partitions();
            if (mine.isEmpty()) {
                throw new IndexUnavailableException("this process holds no part of the index at the moment");
            }
            return question.apply(mine);
        } catch (InvalidStateStoreException | IllegalStateException e) {
            throw new IndexUnavailableException("the index is being restored, or is moving to another process");
        }
    }

    public Optional<Letter> letter(String id) {
        return read(mine -> mine.stream()
                .flatMap(partition -> partition.letter(id).stream())
                .findFirst());
    }

    /** The bytes of a dead letter; empty where they have gone from the topic. */
    public Optional<Payload> payload(Letter letter) {
        return payloads.read(letter.partition(), letter.offset());
    }

    /**
     * Dead letters that a filter means, newest first.
     *
     * @param behind as an earlier page said, or null for the first
     */
    public LetterPage list(Filter filter, @Nullable String behind, int limit) {
        return read(mine -> {
            var found = new ArrayList<Letter>();
            @Nullable String horizon = null; // Beyond it, some partition has not been looked through.
            for (var partition : mine) {
                int before = found.size();
                var walk = partition.walk(filter, behind, Order.BACKWARDS, MOST_LOOKED_AT, letter -> {
                    found.add(letter);
                    return found.size() - before <= limit;
                });
                var reached = walk.reached();
                if (walk.more() && reached != null && (horizon == null || reached.compareTo(horizon) > 0)) {
                    horizon = reached;
                }
            }
            return page(found, horizon, limit);
        });
    }

    private static LetterPage page(List<Letter> found, @Nullable String horizon, int limit) {
        var certain = found.stream()
                .filter(letter -> horizon == null || letter.position().compareTo(horizon) >= 0)
                .sorted(Comparator.comparing(Letter::position).reversed())
                .toList();
        return certain.size() > limit
                ? new LetterPage(
                        certain.subList(0, limit), certain.get(limit - 1).position())
                : new LetterPage(certain, horizon);
    }

    /** Whether a text can be what a page called {@code behind}. */
    public static boolean isPosition(String text) {
        return Position.looksLikeOne(text);
    }

    /** How many dead letters there are, by function and cause. */
    public SortedMap<FunctionCause, Counts> counts() {
        return read(mine -> {
            var sum = new TreeMap<FunctionCause, Counts>();
            mine.forEach(partition -> partition.counts((of, counts) -> sum.merge(of, counts, Counts::plus)));
            return sum;
        });
    }

    /** When the dead letter failed that has been open for longest. */
    public Optional<Instant> oldestOpen() {
        return read(mine -> mine.stream()
                .flatMap(partition -> partition.oldestOpen().stream())
                .map(letter -> letter.deadLetter().failed())
                .min(Comparator.naturalOrder()));
    }

    /** The filter with the function's ARN instead of its name, where just one function has the name; that is quicker to look for. */
    public Filter resolved(Filter filter) {
        var function = filter.function();
        if (function == null || function.indexOf(':') >= 0) {
            return filter;
        }
        var named = counts().keySet().stream()
                .map(FunctionCause::function)
                .distinct()
                .filter(known -> Filter.names(function, known))
                .toList();
        return named.size() == 1 ? filter.withFunction(named.getFirst()) : filter;
    }

    public Optional<Redrive> redrive(String id) {
        return read(mine -> mine.stream()
                .flatMap(partition -> partition.redrive(id).stream())
                .reduce(Redrive::plus));
    }

    /** All that are remembered, newest first. */
    public List<Redrive> redrives() {
        return read(mine -> {
            var byId = new TreeMap<String, Redrive>();
            mine.forEach(partition ->
                    partition.redrives().forEach(redrive -> byId.merge(redrive.id(), redrive, Redrive::plus)));
            return byId.values().stream()
                    .sorted(Comparator.comparing(
                                    (Redrive redrive) -> redrive.order().created())
                            .reversed()
                            .thenComparing(Redrive::id))
                    .toList();
        });
    }

    /** Result rows of a redrive in order of the dead letters' ids, from behind one of them. */
    public List<ResultRow> results(String redrive, String behind, int most) {
        return read(mine -> mine.stream()
                .flatMap(partition -> partition.rows(redrive, behind, most).stream())
                .sorted(Comparator.comparing(ResultRow::deadLetter))
                .limit(most)
                .toList());
    }

    /** Starts a redrive, and returns it once the partitions of this process have taken it up. */
    public Redrive redrive(RedriveOrder order) {
        var id = UUID.randomUUID().toString();
        submit(new Command.CreateRedrive(1, id, order));
        return await(() -> read(mine -> mine.stream()
                .map(partition -> partition.redrive(id))
                .reduce((a, b) ->
                        a.isPresent() && b.isPresent() ? Optional.of(a.get().plus(b.get())) : Optional.empty())
                .orElse(Optional.empty())));
    }

    /** Has a redrive send nothing more, and returns it once the partitions of this process have stopped. */
    public Redrive cancel(String redrive, @Nullable String by) {
        submit(new Command.CancelRedrive(1, UUID.randomUUID().toString(), redrive, clock.instant(), by));
        return await(() -> redrive(redrive).filter(found -> !found.running()));
    }

    /** What a deletion came to: it may go on for a while where there was much to delete. */
    public record Deleted(String action, long deleted, boolean complete) {}

    /** Takes dead letters out of the index. Returns once the partitions of this process are done, or after ten seconds. */
    public Deleted delete(Filter filter, @Nullable String by) {
        var action = UUID.randomUUID().toString();
        submit(new Command.Delete(1, action, filter, clock.instant(), by));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var parts = read(mine ->
                    mine.stream().map(partition -> partition.deletion(action)).toList());
            boolean complete = parts.stream()
                    .allMatch(
                            part -> part.filter(deletion -> !deletion.running()).isPresent());
            if (complete || System.nanoTime() - deadline > 0) {
                long deleted = parts.stream()
                        .flatMap(Optional::stream)
                        .mapToLong(Deletion::deleted)
                        .sum();
                return new Deleted(action, deleted, complete);
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
    }

    private void submit(Command command) {
        try {
            for (int partition = 0; partition < partitions; partition++) {
                var record = new ProducerRecord<>(commands, partition, command.action(), command.encoded());
                record.headers().add(RedriveOutcome.KIND_HEADER, command.kind().getBytes(UTF_8));
                producer.send(record).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IndexUnavailableException("the service is stopping");
        } catch (ExecutionException | TimeoutException e) {
            throw new IndexUnavailableException("Kafka did not take the command in time; it may or may not be done");
        }
    }

    private static <T> T await(Supplier<Optional<T>> question) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var answer = question.get();
        while (answer.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IndexUnavailableException("the command is recorded, and not done yet");
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
            answer = question.get();
        }
        return answer.get();
    }
}
