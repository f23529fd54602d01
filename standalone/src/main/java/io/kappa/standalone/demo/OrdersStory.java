package io.kappa.standalone.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.standalone.operator.ManagementClient;
import io.kappa.standalone.table.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Orders in a topic that know nothing of functions, and an event source mapping that takes them to one: most are delivered in batches, some are
 * filtered out, and one that no attempt can save is put aside so that the others go on.
 *
 * <p>The mapping of an earlier run is replaced, for the broker may be elsewhere now. The new one goes on where that one was, because it reads
 * for the same consumer group.
 */
final class OrdersStory {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    private static final String FUNCTION = Example.BOOKKEEPER.function();

    // A name that no topic has on a cluster that others use too.
    private static final String TOPIC = "kappa-demo-orders";
    private static final int PARTITIONS = 2;
    private static final int ORDERS = 20;
    private static final int UNPAID_EVERY = 5;
    private static final int POISONOUS = 13;
    private static final int BATCH = 8;
    private static final String PAID = "{\"value\": {\"paid\": [true]}}";

    private final LambdaClient lambda;
    private final ManagementClient management;
    private final KafkaSettings kafka;
    private final PrintStream out;

    /** Where a record is in Kafka. */
    private record Place(int partition, long offset) {
        static Place of(RecordMetadata metadata) {
            return new Place(metadata.partition(), metadata.offset());
        }
    }

    /** What is awaited: empty for as long as it is not there. */
    @FunctionalInterface
    private interface Look<T> {
        Optional<T> look() throws IOException, InterruptedException;
    }

    OrdersStory(LambdaClient lambda, URI management, KafkaSettings kafka, PrintStream out) {
        this.lambda = lambda;
        this.management = new ManagementClient(management);
        this.kafka = kafka;
        this.out = out;
    }

    void tell() throws IOException, InterruptedException {
        out.println("Orders in a Kafka topic, taken to a function by an event source mapping");
        out.println();
        deleteEarlierMappings();
        createTopic();
        var poisonous = produceOrders();
        long start = System.nanoTime();
        var uuid = lambda.createMapping(mapping()).path("UUID").asText();
        var state = awaited("mapping " + uuid + " to be enabled", () -> enabled(uuid));
        var counts = awaited("all orders to be settled", () -> settled(uuid));
        var took = Duration.ofNanos(System.nanoTime() - start);
        var letter = awaited("a dead letter of the poisonous order", () -> letter(poisonous));
        out.println(Table.ofDetails()
                .row("mapping", uuid + ", " + state)
                .row("source", ORDERS + " orders that a plain producer has written to " + TOPIC)
                .row(
                        "batches",
                        "at most " + BATCH + " orders; one that fails is split in two, and a single order tried twice")
                .row("filter", PAID)
                .row("filtered out", Long.toString(counts.filtered()))
                .row(
                        "delivered",
                        counts.delivered() + ", all orders settled "
                                + String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0)
                                + " after the mapping was asked for")
                .row(
                        "dead letters",
                        counts.givenUp() + ": " + letter.path("id").asText() + ", "
                                + letter.path("cause").asText() + " after "
                                + letter.path("attempts").asText() + " attempts")
                .row(
                        "its source",
                        TOPIC + ", partition " + poisonous.partition() + ", offset " + poisonous.offset()
                                + "; those behind it went on without it")
                .row(
                        "error",
                        letter.path("errorType").asText() + ": "
                                + letter.path("errorMessage").asText())
                .row(
                        "one more order",
                        "echo '" + order("Z-1", "9.50", true) + "' | kcat -b " + kafka.bootstrapServers() + " -P -t "
                                + TOPIC)
                .text());
    }

    /** Waits for those only that read from this broker: elsewhere nothing may answer any more, and saying goodbye takes its time. */
    private void deleteEarlierMappings() throws IOException, InterruptedException {
        for (var earlier : lambda.mappings(FUNCTION)) {
            var uuid = earlier.path("UUID").asText();
            if (isHere(earlier)) {
                awaited("mapping " + uuid + " to be gone", () -> gone(uuid));
            } else {
                var _ = gone(uuid);
            }
        }
    }

    private boolean isHere(JsonNode mapping) {
        for (var server : mapping.at("/SelfManagedEventSource/Endpoints/KAFKA_BOOTSTRAP_SERVERS")) {
            if (servers().contains(server.asText())) {
                return true;
            }
        }
        return false;
    }

    private List<String> servers() {
        return List.of(kafka.bootstrapServers().split(",", -1));
    }

    /** Asks for a deletion until it is done: while a mapping is changing, it cannot be deleted. */
    private Optional<Boolean> gone(String uuid) throws IOException, InterruptedException {
        var mapping = lambda.mapping(uuid);
        if (mapping.isPresent() && !mapping.get().path("State").asText().endsWith("ing")) {
            lambda.deleteMapping(uuid);
        }
        return mapping.isEmpty() ? Optional.of(true) : Optional.empty();
    }

    private void createTopic() throws IOException, InterruptedException {
        try (var admin = Admin.create(kafka.clientProperties())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Optional.of(PARTITIONS), Optional.empty())))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IOException(TOPIC + " could not be created", e.getCause());
            }
        }
    }

    /** Where the poisonous one is. */
    private Place produceOrders() throws IOException, InterruptedException {
        var written = new ArrayList<Future<RecordMetadata>>();
        try (var producer =
                new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int number = 1; number <= ORDERS; number++) {
                var id = "B-" + number;
                var total = number == POISONOUS ? "a dozen" : number + ".50";
                var order = order(id, total, number % UNPAID_EVERY != 0);
                written.add(producer.send(new ProducerRecord<>(
                        TOPIC, id.getBytes(UTF_8), order.toString().getBytes(UTF_8))));
            }
            for (var record : written) {
                record.get();
            }
            return Place.of(written.get(POISONOUS - 1).get());
        } catch (ExecutionException e) {
            throw new IOException("the orders could not be written", e.getCause());
        }
    }

    private ObjectNode order(String id, String total, boolean paid) {
        return lambda.object().put("id", id).put("total", total).put("paid", paid);
    }

    private ObjectNode mapping() {
        var mapping = lambda.object()
                .put("FunctionName", FUNCTION)
                .put("StartingPosition", "TRIM_HORIZON")
                .put("BatchSize", BATCH)
                .put("MaximumBatchingWindowInSeconds", 0)
                .put("BisectBatchOnFunctionError", true)
                .put("MaximumRetryAttempts", 1);
        mapping.putArray("Topics").add(TOPIC);
        mapping.putArray("SourceAccessConfigurations");
        mapping.putObject("SelfManagedKafkaEventSourceConfig").put("ConsumerGroupId", TOPIC);
        mapping.putObject("FilterCriteria").putArray("Filters").addObject().put("Pattern", PAID);
        var servers = mapping.putObject("SelfManagedEventSource")
                .putObject("Endpoints")
                .putArray("KAFKA_BOOTSTRAP_SERVERS");
        servers().forEach(servers::add);
        return mapping;
    }

    private Optional<String> enabled(String uuid) throws IOException, InterruptedException {
        return lambda.mapping(uuid)
                .map(mapping -> mapping.path("State").asText())
                .filter("Enabled"::equals);
    }

    private Optional<MappingCounts> settled(String uuid) {
        return Optional.of(MappingCounts.of(management, uuid)).filter(counts -> counts.settled() >= ORDERS);
    }

    private Optional<JsonNode> letter(Place place) {
        for (var letter :
                management.get("/v1/dead-letters", Map.of("function", FUNCTION)).path("deadLetters")) {
            var source = letter.path("source");
            if (source.path("topic").asText().equals(TOPIC)
                    && source.path("partition").asInt() == place.partition()
                    && source.path("offset").asLong() == place.offset()) {
                return Optional.of(letter);
            }
        }
        return Optional.empty();
    }

    private static <T> T awaited(String what, Look<T> look) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - deadline < 0) {
            var found = look.look();
            if (found.isPresent()) {
                return found.get();
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        throw new IOException("waited in vain for " + PATIENCE.toSeconds() + " s for " + what);
    }
}
