package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationEnded;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.platform.OneService.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing that was accepted is lost, and everything ends exactly once, while the processes of the platform are killed one after another. What
 * happened is told by the topics, and by what the functions noted of their runs.
 *
 * <p>{@code CONTRIBUTING.md} has the command for the long form.
 */
class AcceptedEventsSurviveIT {
    private static final Set<Part> PARTS =
            EnumSet.of(Part.BROKER, Part.ROUTER, Part.WORKER, Part.ASYNC_QUEUE, Part.DEAD_LETTERS);
    private static final int EVENTS = Integer.getInteger("kappa.faults.events", 2_000);
    private static final int KILLS = Integer.getInteger("kappa.faults.kills", 8);
    private static final long SEED = Long.getLong("kappa.faults.seed", 1);

    /** Attempts of one shard at once, small enough to make the bound on runs that are too many mean something. */
    private static final int PLACES = 8;

    private static final int SHARDS = Topic.INVOCATIONS_QUEUED.partitions();
    private static final long MOST_SURPLUS = 1L * KILLS * PLACES * SHARDS;
    private static final int ATTEMPTS_OF_A_FAILING_EVENT = 3;
    private static final List<Topic> ACCEPTING = List.of(Topic.INVOCATIONS_QUEUED, Topic.INVOCATIONS_FORWARDED);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String PREFIX = "kappa";

    private static final String SUCCEEDS = "return 'done'\n";
    private static final String FAILS = "raise ValueError('never')\n";
    private static final String FAILS_ONCE = """
            try:
                os.close(os.open(os.environ['SEEN'] + '/' + context.aws_request_id, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return 'done'
            raise ValueError('not yet')
            """;

    private static final RecordCodec<InvocationEnded> LEDGER = RecordCodec.of(InvocationEnded.class);
    private static final RecordCodec<DeadLetter> DEAD_LETTERS = RecordCodec.of(DeadLetter.class);

    private final Random random = new Random(SEED);
    private final Kills kills = new Kills(PARTS, KILLS, random);

    /** What the functions are called. */
    private record Called(String succeeding, String failing, String flaky) {
        List<String> all() {
            return List.of(succeeding, failing, flaky);
        }
    }

    private record Place(String topic, int partition, long offset) {}

    /** What the topics hold when everything has ended. */
    private record Books(
            Map<Place, ConsumerRecord<String, byte[]>> accepted,
            List<InvocationEnded> ledger,
            List<ConsumerRecord<String, byte[]>> deadLetters) {

        Map<String, InvocationEnded> byRequest() {
            return ledger.stream()
                    .collect(Collectors.toMap(line -> line.requestId().toString(), Function.identity()));
        }
    }

    @Test
    @Timeout(value = 90, unit = TimeUnit.MINUTES)
    void everyAcceptedEventEndsExactlyOnceHoweverProcessesDie(@TempDir Path data) throws Exception {
        var runs = new CountedRuns(Files.createDirectory(data.resolve("runs")));
        try (var platform = SeparateProcesses.start(
                        Files.createDirectory(data.resolve("platform")),
                        PARTS,
                        CountedRuns.SETTING,
                        "async-queue.retry-delays=1s,2s",
                        "async-queue.backoff.least=100ms",
                        "async-queue.backoff.most=2s",
                        "async-queue.attempts-per-shard=" + PLACES);
                var sender = new EventSender(platform.endpoint())) {
            try {
                var called = functions(platform, runs);
                sendAndKill(platform, sender, called);
                var books = awaitAllEnded(platform);

                assertThat(platform.notAlive()).isEmpty();
                everyAcceptedEventHasOneLine(sender, books);
                everyRecordHasOneLine(books);
                endingsAreAsTheFunctionsAre(called, books);
                everyFailedEventIsADeadLetter(called, books);
                theDeadLetterServiceKnowsThemAll(platform, books);
                tell(platform, sender, books, surplusRuns(runs, called, books));
            } catch (Exception | Error e) {
                System.err.println(platform.output());
                throw e;
            }
        }
    }

    private static Called functions(SeparateProcesses platform, CountedRuns runs) throws IOException {
        var seen = Files.createDirectory(runs.directory().resolve("seen"));
        try (var lambda = platform.lambda()) {
            var functions = new Functions(lambda);
            var sources = Stream.of(SUCCEEDS, FAILS, FAILS_ONCE).map(CountedRuns::source);
            var made = new ArrayList<String>();
            sources.forEach(source -> {
                var environment = new HashMap<>(runs.environment(Integer.toString(made.size())));
                environment.put("SEEN", seen.toString());
                made.add(functions.python(
                        source,
                        request -> request.environment(e -> e.variables(environment))
                                .timeout(30)));
            });
            return new Called(made.get(0), made.get(1), made.get(2));
        }
    }

    /** One share of the events for each kill, which comes while that share is being sent and run. */
    private void sendAndKill(SeparateProcesses platform, EventSender sender, Called called) throws IOException {
        int sent = 0;
        for (int kill = 0; kill <= KILLS; kill++) {
            int upTo = (int) ((long) EVENTS * (kill + 1) / (KILLS + 1));
            for (; sent < upTo; sent++) {
                var function = called.all().get(random.nextInt(called.all().size()));
                sender.send(
                        function, "{\"n\": %d,  \"text\": \"%s\"}".formatted(sent, "x".repeat(random.nextInt(400))));
            }
            int share = upTo - (int) ((long) EVENTS * kill / (KILLS + 1));
            int enough = upTo - random.nextInt(Math.max(1, share));
            Waiting.until(PATIENCE, () -> sender.accepted().size() >= enough);
            if (kill < KILLS) {
                kills.next(platform);
            }
        }
        platform.awaitAllReady();
        Waiting.until(PATIENCE, () -> sender.accepted().size() == EVENTS);
    }

    private Books awaitAllEnded(SeparateProcesses platform) {
        var topics = new TopicContents(platform.kafkaBootstrapServers());
        // What a router had not been able to write may still come, and counts like everything else.
        Waiting.until(PATIENCE, () -> {
            long accepted = ACCEPTING.stream()
                    .mapToLong(topic -> topics.of(topic.name(PREFIX)).size())
                    .sum();
            var summary = platform.management(Part.ASYNC_QUEUE, "/v1/async-queue/summary");
            return summary.path("accepted").asLong() == accepted
                    && summary.path("ended").asLong() == accepted
                    && summary.path("pending").asLong(-1) == 0
                    && summary.path("running").asLong(-1) == 0;
        });
        return new Books(
                ACCEPTING.stream()
                        .flatMap(topic -> topics.of(topic.name(PREFIX)).stream())
                        .collect(Collectors.toMap(
                                record -> new Place(
                                        record.topic().substring(PREFIX.length() + 1),
                                        record.partition(),
                                        record.offset()),
                                Function.identity())),
                topics.of(Topic.INVOCATIONS_ENDED.name(PREFIX)).stream()
                        .map(record -> LEDGER.decode(record.value()))
                        .toList(),
                topics.of(Topic.DEAD_LETTERS_RECORDS.name(PREFIX)));
    }

    private static void everyAcceptedEventHasOneLine(EventSender sender, Books books) {
        var lines = books.ledger().stream()
                .collect(Collectors.groupingBy(line -> line.requestId().toString(), Collectors.counting()));
        assertThat(sender.accepted()).hasSize(EVENTS);
        assertThat(sender.accepted().keySet())
                .allSatisfy(id -> assertThat(lines).as(id).containsEntry(id, 1L));
    }

    private static void everyRecordHasOneLine(Books books) {
        var places = books.ledger().stream()
                .map(line -> new Place(line.topic(), line.partition(), line.offset()))
                .toList();
        assertThat(places)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(books.accepted().keySet());
    }

    private static void endingsAreAsTheFunctionsAre(Called called, Books books) {
        assertThat(books.ledger()).allSatisfy(line -> {
            var name = name(line);
            if (name.equals(called.failing())) {
                assertThat(line.ending()).isEqualTo(Ending.RETRIES_EXHAUSTED);
                assertThat(line.attempts()).isEqualTo(ATTEMPTS_OF_A_FAILING_EVENT);
            } else {
                assertThat(line.ending()).isEqualTo(Ending.SUCCEEDED);
                assertThat(line.attempts()).isBetween(1, name.equals(called.flaky()) ? 2 : 1);
            }
        });
    }

    private static String name(InvocationEnded line) {
        var target = Objects.requireNonNull(line.target());
        return target.substring(target.lastIndexOf(':') + 1);
    }

    private static void everyFailedEventIsADeadLetter(Called called, Books books) {
        var deadLetters = books.deadLetters().stream()
                .collect(Collectors.groupingBy(AcceptedEventsSurviveIT::deadLetterOf, Collectors.toList()));
        var failed = books.ledger().stream()
                .filter(line -> name(line).equals(called.failing()))
                .map(line -> new Place(line.topic(), line.partition(), line.offset()))
                .toList();
        assertThat(deadLetters.keySet()).containsExactlyInAnyOrderElementsOf(failed);
        assertThat(deadLetters).allSatisfy((place, records) -> {
            assertThat(records).hasSize(1);
            assertThat(records.getFirst().value())
                    .isEqualTo(
                            Objects.requireNonNull(books.accepted().get(place)).value());
        });
        assertThat(books.deadLetters().stream().map(record -> deadLetter(record).id()))
                .doesNotHaveDuplicates();
    }

    private static void theDeadLetterServiceKnowsThemAll(SeparateProcesses platform, Books books) {
        Waiting.until(PATIENCE, () -> {
            var counts = platform.management(Part.DEAD_LETTERS, "/v1/dead-letters/counts");
            return counts.path("counts").path("total").asLong(-1)
                    == books.deadLetters().size();
        });
    }

    private static DeadLetter deadLetter(ConsumerRecord<String, byte[]> record) {
        return DEAD_LETTERS.decode(
                record.headers().lastHeader(DeadLetter.HEADER).value());
    }

    private static Place deadLetterOf(ConsumerRecord<String, byte[]> record) {
        var letter = deadLetter(record);
        return new Place(letter.topic().substring(PREFIX.length() + 1), letter.partition(), letter.offset());
    }

    /** Attempts whose outcome was lost with a process are made again. There are at most as many as were under way at each kill. */
    private static long surplusRuns(CountedRuns runs, Called called, Books books) {
        var ledger = books.byRequest();
        long surplus = 0;
        for (int i = 0; i < called.all().size(); i++) {
            var name = called.all().get(i);
            var counted = runs.countedById(Integer.toString(i));
            var attempts = ledger.values().stream()
                    .filter(line -> name(line).equals(name))
                    .collect(Collectors.toMap(
                            line -> line.requestId().toString(),
                            line -> (long) line.attempts(),
                            (a, _) -> a,
                            TreeMap::new));
            assertThat(attempts)
                    .allSatisfy((id, made) -> assertThat(counted.getOrDefault(id, 0L))
                            .as("runs of %s", id)
                            .isGreaterThanOrEqualTo(made));
            assertThat(attempts.keySet()).containsAll(counted.keySet());
            surplus += counted.values().stream().mapToLong(n -> n).sum()
                    - attempts.values().stream().mapToLong(n -> n).sum();
        }
        return surplus;
    }

    private void tell(SeparateProcesses platform, EventSender sender, Books books, long surplus) {
        int unanswered = books.accepted().size() - sender.accepted().size();
        System.out.printf(
                "accepted %d, and %d more whose answer got lost; refused and sent again %d, broken off and sent again %d; "
                        + "kills %s, starts in vain %d; surplus runs %d of at most %d; seed %d%n",
                sender.accepted().size(),
                unanswered,
                sender.refused(),
                sender.broken(),
                kills,
                platform.startsInVain(),
                surplus,
                MOST_SURPLUS,
                SEED);
        assertThat(unanswered).isLessThanOrEqualTo(sender.refused() + sender.broken());
        assertThat(surplus).isLessThanOrEqualTo(MOST_SURPLUS);
    }
}
