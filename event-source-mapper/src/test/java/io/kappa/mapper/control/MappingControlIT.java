package io.kappa.mapper.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.eventsource.EventSource;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.contracts.registry.RegistryRecord;
import io.kappa.contracts.registry.RegistryView;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.kit.lifecycle.Lifecycle;
import io.kappa.kit.lifecycle.ServiceContext;
import io.kappa.kit.management.Health;
import io.kappa.kit.management.ManagementServer;
import io.kappa.kit.management.ManagementSettings;
import io.kappa.kit.management.ProcessMetrics;
import io.kappa.mapper.mapping.Mappings;
import io.kappa.mapper.mapping.Poller;
import io.kappa.mapper.queue.QueueSnapshot;
import io.kappa.mapper.shard.ShardView;
import io.kappa.mapper.shard.Step;
import io.kappa.mapper.skip.Skips;
import io.kappa.testkit.KafkaInThisJvm;
import io.kappa.testkit.TurnedClock;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The API over HTTP, with what is configured and commanded on a real broker; only the pollers are played. */
@SuppressWarnings("NullAway.Init") // Everything is set before each test.
class MappingControlIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String ELSEWHERE = "7f3a0c5e-0000-4000-8000-000000000002";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final Lifecycle lifecycle = new Lifecycle();
    private final HttpClient http = HttpClient.newHttpClient();
    private final RegistryView view = new RegistryView();
    private final Map<String, ShardView> shards = new ConcurrentHashMap<>();
    private volatile @Nullable QueueSnapshot queue;
    private Skips skips;
    private int port;

    @BeforeEach
    void start() throws Exception {
        PlatformTopics.ensure(kafka, Topic.REGISTRY_RECORDS, Topic.MAPPINGS_COMMANDS, Topic.MAPPINGS_REPORTS);
        configure(Samples.mapping(Samples.kafka("orders", "re-turns")), 1);
        configure(
                Samples.mapping(
                        ELSEWHERE,
                        new EventSource.Kinesis("arn:aws:kinesis:us-east-1:000000000000:stream/clicks", "clicks")),
                2);
        var vertx = Vertx.vertx();
        lifecycle.own(
                () -> vertx.close().toCompletionStage().toCompletableFuture().join());
        var metrics = lifecycle.own(new ProcessMetrics()).registry();
        var health = new Health();
        var clock = new TurnedClock(Samples.NOON);
        var management =
                lifecycle.own(ManagementServer.start(vertx, new ManagementSettings("127.0.0.1", 0), health, metrics));
        port = management.port();
        skips = lifecycle.own(new Skips(kafka));
        var mappings = lifecycle.own(new Mappings(kafka, view, (_, _) -> new PlayedPoller(), _ -> {}, clock));
        MappingControl.mount(
                mappings, view, skips, new ServiceContext(vertx, lifecycle, metrics, health, management.api(), clock));
        await(() -> mappings.shards(Samples.UUID).isPresent());
        await(() -> mappings.shards(ELSEWHERE).isPresent());
    }

    @AfterEach
    void stop() {
        lifecycle.close();
    }

    /** Every mapping's. */
    private final class PlayedPoller implements Poller {
        @Override
        public Map<String, ShardView> shards() {
            return Map.copyOf(shards);
        }

        @Override
        public Optional<QueueSnapshot> queue() {
            return Optional.ofNullable(queue);
        }

        @Override
        public void close() {}
    }

    @Test
    void theListTellsOfEachMappingHowManyOfItsShardsAreInTrouble() throws Exception {
        // given
        shards.put("orders-0", polling(5));
        shards.put("orders-1", retrying(7));
        shards.put("re-turns-0", new ShardView(0, 9, 9, 0, ShardView.State.THROTTLED, 0L, 0, 400, null));
        // when
        var list = get("");
        // then
        assertThat(list.at("/mappings")).hasSize(2);
        var first = list.at("/mappings/0");
        assertThat(first.toString())
                .isEqualTo(JSON.readTree("""
                        {"uuid":"%s","function":"arn:aws:lambda:us-east-1:000000000000:function:ship:prod",
                         "source":"b-1:9092,b-2:9092","topics":["orders","re-turns"],"consumerGroup":"shippers",
                         "enabled":true,"state":"Enabled","stateReason":"User action",
                         "lastModified":"2026-01-31T12:00:00Z","lastProcessingResult":"OK","batchSize":100,
                         "shardsHere":3,"retrying":1,"throttled":1}""".formatted(Samples.UUID)).toString());
        assertThat(list.at("/mappings/1/source").asText())
                .isEqualTo("arn:aws:kinesis:us-east-1:000000000000:stream/clicks");
    }

    @Test
    void aMappingIsShownWithTheRecordThatHoldsUpAShard() throws Exception {
        // given
        shards.put("re-turns-10", polling(5));
        shards.put("re-turns-9", polling(5));
        shards.put("orders-1", retrying(7));
        // when
        var mapping = get("/" + Samples.UUID.toUpperCase(java.util.Locale.ROOT));
        // then
        assertThat(mapping.path("shards").findValuesAsText("partition")).containsExactly("1", "9", "10");
        assertThat(mapping.at("/shards/0").toString())
                .isEqualTo(JSON.readTree("""
                        {"topic":"orders","partition":1,"position":7,"read":30,"waiting":23,"running":0,
                         "state":"RETRYING","record":7,"attempts":4,"nextTry":"2026-01-31T12:00:08Z",
                         "lastFailure":{"executedVersion":"3","functionError":true,"errorType":"ValueError",
                         "errorMessage":"no address"}}""").toString());
        assertThat(mapping.at("/shards/1").has("nextTry")).isFalse();
        assertThat(mapping.path("skips")).isEmpty();
    }

    @Test
    void aStandardQueueIsShownWithItsMessagesAndBatches() throws Exception {
        queue = new QueueSnapshot(40, 2, 10, 1, 3, 4, 2, 5, true, 6);
        assertThat(get("/" + Samples.UUID).path("queue")).isEqualTo(JSON.readTree("""
                        {"held":40,"hidden":10,"leaving":1,"running":3,"waiting":4,"delayed":2,"limit":5,"throttled":true}"""));
    }

    @Test
    void aSkipIsRecordedForWhoeverReadsTheShardAndTheMappingIsNudged() throws Exception {
        // given
        shards.put("orders-1", retrying(7));
        // when
        var answer = post("{\"topic\":\"orders\",\"partition\":1,\"from\":7,\"reason\":\"no address\",\"by\":\"sre\"}");
        // then
        assertThat(answer.statusCode()).isEqualTo(202);
        var skip = JSON.readTree(answer.body());
        assertThat(skip.path("to").asLong()).isEqualTo(8);
        assertThat(skip.path("readHere").asBoolean()).isTrue();
        assertThat(skips.covering(Samples.UUID, new TopicPartition("orders", 1), 7))
                .hasValueSatisfying(command -> {
                    assertThat(command.id()).isEqualTo(skip.path("id").asText());
                    assertThat(command.by()).isEqualTo("sre");
                    assertThat(command.reason()).isEqualTo("no address");
                });
        assertThat(get("/" + Samples.UUID).at("/skips/0/id")).isEqualTo(skip.path("id"));
    }

    @Test
    void aSkipOfAShardThatIsReadElsewhereOrNowhereIsRecordedAndSaysSo() throws Exception {
        var answer = post("{\"topic\":\"orders\",\"partition\":5,\"from\":0,\"to\":9,\"action\":\"DROP\"}");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(JSON.readTree(answer.body()).path("readHere").asBoolean(true))
                .isFalse();
    }

    @Test
    void whatCannotBePassedOverIsRefusedAndNotRecorded() throws Exception {
        // given
        shards.put("orders-1", retrying(7));
        // when
        var settled = post("{\"topic\":\"orders\",\"partition\":1,\"from\":5,\"to\":7}");
        var unknownTopic = post("{\"topic\":\"bills\",\"partition\":1,\"from\":5}");
        var unknownMapping = send(HttpRequest.newBuilder(uri("/7f3a0c5e-0000-4000-8000-00000000000f/skip"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"partition\":0,\"from\":0}")));
        // then
        assertThat(settled.statusCode()).isEqualTo(409);
        assertThat(settled.body()).contains("every record of orders-1 below offset 7 is settled");
        assertThat(unknownTopic.statusCode()).isEqualTo(400);
        assertThat(unknownMapping.statusCode()).isEqualTo(404);
        assertThat(unknownMapping.body())
                .contains("there is no event source mapping 7f3a0c5e-0000-4000-8000-00000000000f");
        assertThat(skips.of(Samples.UUID)).isEmpty();
    }

    private static ShardView polling(long position) {
        return new ShardView(position, position, 0, 0, ShardView.State.POLLING, null, 0, 0, null);
    }

    private static ShardView retrying(long position) {
        var failure = new Step.Failure("3", true, "ValueError", "no address");
        return new ShardView(position, 30, 23, 0, ShardView.State.RETRYING, position, 4, 8_000, failure);
    }

    private void configure(EventSourceMappingRecord record, int sequence) throws Exception {
        try (var producer =
                new KafkaProducer<>(kafka.clientProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            Topic.REGISTRY_RECORDS.name(kafka.topicPrefix()),
                            null,
                            record.key().getBytes(UTF_8),
                            RecordCodec.of(RegistryRecord.class).encode(record),
                            RecordHeaders.of(Map.of(
                                    RegistryView.SEQUENCE_HEADER,
                                    Integer.toString(sequence).getBytes(UTF_8)))))
                    .get();
        }
    }

    private JsonNode get(String path) throws Exception {
        var answer = send(HttpRequest.newBuilder(uri(path)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("/" + Samples.UUID + "/skip"))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + "/v1/event-source-mappings" + path);
    }

    private static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("did not come true within " + PATIENCE);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Something that becomes so. */
    private interface Condition {
        boolean holds() throws Exception;
    }
}
