package io.kappa.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.eventsource.MappingReport;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.platform.OneService.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.lambda.model.EndPointType;
import software.amazon.awssdk.services.lambda.model.EventSourcePosition;

/**
 * Every record of a mapped topic is delivered or a dead letter, in the order of its key, while the processes of the platform are killed one
 * after another, two mappers among them that share the topic. What happened is told by the topics, and by what the function noted of what it
 * was given.
 *
 * <p>{@code CONTRIBUTING.md} has the command for the long form.
 */
class MappedRecordsSurviveIT {
    private static final Set<Part> PARTS =
            EnumSet.of(Part.BROKER, Part.ROUTER, Part.WORKER, Part.MAPPER, Part.SECOND_MAPPER);

    /** What dies in each round: mappers most, because they are what this is about. */
    private static final List<Part> ROUND = List.of(
            Part.MAPPER, Part.SECOND_MAPPER, Part.MAPPER, Part.SECOND_MAPPER, Part.ROUTER, Part.WORKER, Part.BROKER);

    private static final int RECORDS = Integer.getInteger("kappa.faults.records", 2_000);
    private static final int KILLS = Integer.getInteger("kappa.faults.kills", 8);
    private static final long SEED = Long.getLong("kappa.faults.seed", 1);
    private static final int PARTITIONS = 6;
    private static final int LANES = 4;
    private static final int BATCH_SIZE = 10;
    private static final int RETRIES = 1;
    private static final int KEYS = 60;
    private static final int ONE_IS_POISONOUS_OF = 100;

    /** How many batches are looked at, at most, before the next process dies. */
    private static final int BATCHES_BETWEEN_KILLS = 12;

    private static final long MOST_SURPLUS = 1L * KILLS * PARTITIONS * LANES * BATCH_SIZE;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String TOPIC = "orders";
    private static final String PREFIX = "kappa";
    private static final String POISON = "poison";

    /** Notes each batch as one line, of which the records' places are the words, and fails where one of them is poisonous. */
    private static final String SOURCE = """
            import base64, os

            def handler(event, context):
                records = [record for shard in event['records'].values() for record in shard]
                line = ' '.join('%d/%d' % (record['partition'], record['offset']) for record in records) + '\\n'
                out = os.open(os.environ['SEEN'], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
                try:
                    os.write(out, line.encode())
                finally:
                    os.close(out)
                if any(base64.b64decode(record['value']).endswith(b'poison') for record in records):
                    raise ValueError('poisonous')
            """;

    private static final RecordCodec<DeadLetter> DEAD_LETTERS = RecordCodec.of(DeadLetter.class);
    private static final RecordCodec<MappingReport> REPORTS = RecordCodec.of(MappingReport.class);

    private final long started = System.nanoTime();
    private final Random random = new Random(SEED);
    private final Kills kills = new Kills(ROUND, KILLS, random);

    private record Place(int partition, long offset) {
        static Place parse(String word) {
            var parts = word.split("/", -1);
            return new Place(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
        }
    }

    /** The file in which the function notes what it is given. */
    private record Seen(Path file) {
        List<List<Place>> batches() {
            try {
                return Files.exists(file)
                        ? Files.readAllLines(file).stream()
                                .map(line -> Stream.of(line.split(" "))
                                        .map(Place::parse)
                                        .toList())
                                .toList()
                        : List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Each record once, in the order in which they were first seen. */
        static Set<Place> first(List<List<Place>> batches) {
            return batches.stream().flatMap(List::stream).collect(Collectors.toCollection(LinkedHashSet::new));
        }
    }

    /** What there is when everything has ended. */
    private record Books(
            Map<Place, ConsumerRecord<String, byte[]>> records,
            List<List<Place>> batches,
            List<DeadLetter> deadLetters) {

        boolean poisonous(Place place) {
            return new String(Objects.requireNonNull(records.get(place)).value(), UTF_8).endsWith(POISON);
        }

        Set<Place> poisonous() {
            return records.keySet().stream().filter(this::poisonous).collect(Collectors.toSet());
        }
    }

    @Test
    @Timeout(value = 90, unit = TimeUnit.MINUTES)
    void everyRecordIsDeliveredInTheOrderOfItsKeyOrIsADeadLetterHoweverProcessesDie(@TempDir Path data)
            throws Exception {
        var seen = new Seen(Files.createDirectory(data.resolve("runs")).resolve("seen"));
        try (var platform = SeparateProcesses.start(
                        Files.createDirectory(data.resolve("platform")),
                        PARTS,
                        CountedRuns.SETTING,
                        "mapper.retry.first-wait=50ms",
                        "mapper.throttle.first-wait=50ms",
                        "mapper.throttle.longest-wait=1s");
                var admin = Admin.create(Map.of("bootstrap.servers", platform.kafkaBootstrapServers()))) {
            try {
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                        .all()
                        .get();
                var mapping = mapping(platform, seen);
                var sent = produceAndKill(platform, seen);
                Waiting.until(PATIENCE, () -> committed(admin, mapping).equals(ends(admin)));
                var books = books(platform, seen);

                assertThat(platform.notAlive()).isEmpty();
                everythingThatWasSentIsThere(sent, books);
                everyRecordIsDelivered(books);
                everyPoisonousRecordIsADeadLetterAndNoOther(books);
                keysKeepTheirOrder(books);
                theMappingWasNeverGivenUp(platform, mapping);
                assertThat(committed(admin, mapping)).isEqualTo(ends(admin));
                tell(platform, books);
            } catch (Exception | Error e) {
                System.err.println(platform.output());
                throw e;
            }
        }
    }

    /** Returns its UUID, which is the name of its group too. */
    private static String mapping(SeparateProcesses platform, Seen seen) {
        try (var lambda = platform.lambda()) {
            var function = new Functions(lambda)
                    .python(
                            SOURCE,
                            request -> request.environment(e -> e.variables(
                                            Map.of("SEEN", seen.file().toString())))
                                    .timeout(30));
            var uuid = lambda.createEventSourceMapping(request -> request.functionName(function)
                            .topics(TOPIC)
                            .startingPosition(EventSourcePosition.TRIM_HORIZON)
                            .selfManagedEventSource(source -> source.endpoints(Map.of(
                                    EndPointType.KAFKA_BOOTSTRAP_SERVERS, List.of(platform.kafkaBootstrapServers()))))
                            .sourceAccessConfigurations(List.of())
                            .batchSize(BATCH_SIZE)
                            .parallelizationFactor(LANES)
                            .bisectBatchOnFunctionError(true)
                            .maximumRetryAttempts(RETRIES))
                    .uuid();
            Waiting.until(PATIENCE, () -> state(platform, uuid).equals("Enabled"));
            return uuid;
        }
    }

    private static String state(SeparateProcesses platform, String uuid) {
        try (var lambda = platform.lambda()) {
            return lambda.getEventSourceMapping(request -> request.uuid(uuid)).state();
        }
    }

    /** One share of the records for each kill, which comes while that share is being delivered. */
    private List<Future<RecordMetadata>> produceAndKill(SeparateProcesses platform, Seen seen) throws IOException {
        var sent = new ArrayList<Future<RecordMetadata>>();
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", platform.kafkaBootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            for (int kill = 0; kill <= KILLS; kill++) {
                int upTo = (int) ((long) RECORDS * (kill + 1) / (KILLS + 1));
                while (sent.size() < upTo) {
                    var value = sent.size() + ":" + (random.nextInt(ONE_IS_POISONOUS_OF) == 0 ? POISON : "fine");
                    sent.add(producer.send(new ProducerRecord<>(TOPIC, "k" + random.nextInt(KEYS), value)));
                }
                if (kill < KILLS) {
                    int enough = seen.batches().size() + 1 + random.nextInt(BATCHES_BETWEEN_KILLS);
                    Waiting.until(PATIENCE, () -> {
                        var batches = seen.batches();
                        return batches.size() >= enough || Seen.first(batches).size() == upTo;
                    });
                    kills.next(platform);
                }
            }
        }
        platform.awaitAllReady();
        return sent;
    }

    private static Map<TopicPartition, Long> committed(Admin admin, String group) {
        var offsets = new HashMap<TopicPartition, Long>();
        got(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((shard, committed) -> offsets.put(
                        shard,
                        Optional.ofNullable(committed).map(one -> one.offset()).orElse(-1L)));
        return offsets;
    }

    private static Map<TopicPartition, Long> ends(Admin admin) {
        var asked = new HashMap<TopicPartition, OffsetSpec>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            asked.put(new TopicPartition(TOPIC, partition), OffsetSpec.latest());
        }
        var ends = new HashMap<TopicPartition, Long>();
        got(admin.listOffsets(asked).all()).forEach((shard, end) -> ends.put(shard, end.offset()));
        return ends;
    }

    private static <T> T got(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Books books(SeparateProcesses platform, Seen seen) {
        var topics = new TopicContents(platform.kafkaBootstrapServers());
        return new Books(
                topics.of(TOPIC).stream()
                        .collect(Collectors.toMap(
                                record -> new Place(record.partition(), record.offset()), Function.identity())),
                seen.batches(),
                topics.of(Topic.DEAD_LETTERS_RECORDS.name(PREFIX)).stream()
                        .map(record -> DEAD_LETTERS.decode(
                                record.headers().lastHeader(DeadLetter.HEADER).value()))
                        .toList());
    }

    private static void everythingThatWasSentIsThere(Collection<Future<RecordMetadata>> sent, Books books) {
        var places = sent.stream()
                .map(MappedRecordsSurviveIT::got)
                .map(written -> new Place(written.partition(), written.offset()))
                .toList();
        assertThat(places).hasSize(RECORDS).doesNotHaveDuplicates();
        assertThat(books.records().keySet()).containsExactlyInAnyOrderElementsOf(places);
    }

    private static void everyRecordIsDelivered(Books books) {
        assertThat(Seen.first(books.batches()))
                .containsExactlyInAnyOrderElementsOf(books.records().keySet());
    }

    /** A dead letter may be written twice, after a crash in between, and is the same one then. */
    private static void everyPoisonousRecordIsADeadLetterAndNoOther(Books books) {
        var byPlace = books.deadLetters().stream()
                .collect(Collectors.groupingBy(letter -> new Place(letter.partition(), letter.offset())));
        assertThat(byPlace.keySet()).containsExactlyInAnyOrderElementsOf(books.poisonous());
        assertThat(byPlace).allSatisfy((place, letters) -> {
            assertThat(letters.stream().map(DeadLetter::id).distinct()).hasSize(1);
            assertThat(letters).allSatisfy(letter -> {
                assertThat(letter.topic()).isEqualTo(TOPIC);
                assertThat(letter.origin()).isEqualTo(DeadLetter.Origin.EVENT_SOURCE);
                assertThat(letter.cause()).isEqualTo("RETRIES_EXHAUSTED");
                assertThat(letter.attempts()).isEqualTo(RETRIES + 1);
            });
        });
        assertThat(books.deadLetters().stream().map(DeadLetter::id).distinct()).hasSize(byPlace.size());
    }

    /** Only what is seen for the first time counts: whatever is tried again comes again. */
    private static void keysKeepTheirOrder(Books books) {
        var last = new HashMap<String, Long>();
        for (var place : Seen.first(books.batches())) {
            var key = Objects.requireNonNull(books.records().get(place)).key();
            var before = last.put(key, place.offset());
            assertThat(before == null || before < place.offset())
                    .as("key %s: %s after offset %s", key, place, before)
                    .isTrue();
        }
    }

    private static void theMappingWasNeverGivenUp(SeparateProcesses platform, String uuid) {
        assertThat(state(platform, uuid)).isEqualTo("Enabled");
        var reports = new TopicContents(platform.kafkaBootstrapServers())
                .of(Topic.MAPPINGS_REPORTS.name(PREFIX)).stream()
                        .map(record -> REPORTS.decode(record.value()))
                        .toList();
        assertThat(reports).extracting(MappingReport::reached).doesNotContain(MappingReport.Reached.BROKEN);
    }

    /** How often healthy records were delivered again, other than because of a poisonous one beside them. */
    private static int surplus(Books books) {
        var known = new HashSet<Place>();
        int surplus = 0;
        for (var batch : books.batches()) {
            if (batch.stream().noneMatch(books::poisonous)) {
                for (var place : batch) {
                    surplus += known.add(place) ? 0 : 1;
                }
            }
        }
        return surplus;
    }

    private void tell(SeparateProcesses platform, Books books) {
        int surplus = surplus(books);
        System.out.printf(
                "records %d, batches %d; poisonous %d, dead letters written %d; kills %s, starts in vain %d; "
                        + "healthy records delivered again %d of at most %d; seed %d; %d s%n",
                books.records().size(),
                books.batches().size(),
                books.poisonous().size(),
                books.deadLetters().size(),
                kills,
                platform.startsInVain(),
                surplus,
                MOST_SURPLUS,
                SEED,
                (System.nanoTime() - started) / 1_000_000_000);
        assertThat(surplus).isLessThanOrEqualTo((int) MOST_SURPLUS);
    }
}
