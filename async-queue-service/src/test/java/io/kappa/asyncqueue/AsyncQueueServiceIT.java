package io.kappa.asyncqueue;

import static io.kappa.asyncqueue.RunningService.until;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kappa.asyncqueue.FakeRouter.Answer;
import io.kappa.asyncqueue.shard.Versions;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.function.FunctionArn;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationEnded;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.registry.EventInvokeConfigRecord;
import io.kappa.contracts.registry.FunctionRecord;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.Topics;
import io.kappa.testkit.KafkaInThisJvm;
import io.kappa.testkit.S3Server;
import io.vertx.core.Vertx;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AsyncQueueServiceIT {
    private static final FunctionArn GREET = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:greet");
    private static final InvocationTarget TARGET = new InvocationTarget(GREET, null);
    private static final RecordCodec<InvocationEnded> LEDGER = RecordCodec.of(InvocationEnded.class);
    private static final RecordCodec<DeadLetter> DEAD_LETTERS = RecordCodec.of(DeadLetter.class);

    @TempDir
    private Path directory;

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final Vertx vertx = Vertx.vertx();
    private FakeRouter router;
    private RunningService service;

    @BeforeEach
    void start() throws Exception {
        router = new FakeRouter(vertx);
        service = new RunningService(kafka, directory.resolve("state"), router.url());
    }

    @AfterEach
    void stop() {
        service.close();
        router.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }

    private List<InvocationEnded> ledger() {
        return service.records(Topic.INVOCATIONS_ENDED).stream()
                .map(record -> LEDGER.decode(record.value()))
                .toList();
    }

    private List<DeadLetter> deadLetters() {
        return service.records(Topic.DEAD_LETTERS_RECORDS).stream()
                .map(record ->
                        DEAD_LETTERS.decode(header(record, DeadLetter.HEADER).getBytes(UTF_8)))
                .toList();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private void hold() {
        service.post("{\"kind\":\"HOLD\",\"function\":\"" + GREET + "\",\"by\":\"sre\",\"reason\":\"deploying\"}");
    }

    private long pending() {
        return service.get("/summary").path("pending").asLong();
    }

    @Test
    void anEventRunsUnderItsOwnIdWithItsTraceAndContextAndEndsInTheLedger() throws Exception {
        var id = newId();
        service.accept(new InvocationTarget(GREET, "7"), id, "{\"a\":1}");
        until(() -> !ledger().isEmpty());

        assertThat(router.calls)
                .containsExactly(new FakeRouter.Call(
                        "/2015-03-31/functions/" + GREET + "/invocations?Qualifier=7",
                        id,
                        "Root=1-5759e988-bd862e3fe1be46a994272793",
                        "{\"who\":\"me\"}",
                        "{\"a\":1}"));
        assertThat(ledger()).singleElement().satisfies(line -> {
            assertThat(line.requestId()).hasToString(id);
            assertThat(line.ending()).isEqualTo(Ending.SUCCEEDED);
            assertThat(line.attempts()).isEqualTo(1);
            assertThat(line.target()).isEqualTo(GREET + ":7");
        });
        until(() -> pending() == 0);
    }

    @Test
    void aFailingFunctionRunsThreeTimesAndItsEventBecomesADeadLetterWithItsBytes() throws Exception {
        router.answers("greet", Answer.FAILURE);
        var id = newId();
        service.accept(TARGET, id, "{ \"spaces\" :  1 }");
        until(() -> !deadLetters().isEmpty());

        assertThat(router.calls).hasSize(3).allMatch(call -> id.equals(call.requestId()));
        assertThat(deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.cause()).isEqualTo("RETRIES_EXHAUSTED");
            assertThat(letter.errorType()).isEqualTo("ValueError");
            assertThat(letter.errorMessage()).isEqualTo("boom");
            assertThat(letter.attempts()).isEqualTo(3);
            assertThat(letter.clientContext()).isEqualTo("{\"who\":\"me\"}");
        });
        assertThat(service.records(Topic.DEAD_LETTERS_RECORDS).getFirst().value())
                .asString(UTF_8)
                .isEqualTo("{ \"spaces\" :  1 }");
    }

    @Test
    void routersAreToldOfABacklogAndOfNothingWithoutOne() throws Exception {
        // given attempts of two functions that run and do not end, and of one of them many more than may run at once
        router.holds("calm");
        router.holds("greet");
        var calm = FunctionArn.parse("arn:aws:lambda:us-east-1:111111111111:function:calm");
        service.accept(new InvocationTarget(calm, null), newId(), "{}");
        until(() -> router.calls.size() == 1);
        // when
        for (int i = 0; i < 300; i++) {
            service.accept(TARGET, newId(), "{}");
        }
        // then each of four shards runs sixteen, and could soon run twice as many
        until(() -> router.hints.contains(GREET + "?Concurrency=128"));
        assertThat(router.hints).allMatch(hint -> hint.startsWith(GREET + "?"));
        router.close(); // What runs ends.
    }

    @Test
    void whatIsNoEventBecomesADeadLetterAndTheNextRecordIsStillRead() throws Exception {
        service.put("no uuid", Map.of("kappa-function", GREET.toString().getBytes(UTF_8)), "{}");
        service.put(newId(), Map.of(), "{}");
        service.put(newId(), Map.of("kappa-function", "greet".getBytes(UTF_8)), "{}");
        service.put(null, Map.of("kappa-function", GREET.toString().getBytes(UTF_8)), "{\"key\":\"none\"}");
        until(() -> ledger().size() == 4);

        assertThat(deadLetters())
                .extracting(DeadLetter::errorMessage)
                .containsExactlyInAnyOrder(
                        "the key is not a request id: a UUID in text",
                        "header kappa-function is missing",
                        "header kappa-function is not the ARN of a function: not a function ARN: 'greet'");
        assertThat(router.calls).singleElement().matches(call -> call.payload().equals("{\"key\":\"none\"}"));
    }

    @Test
    void aHeldQueueIsListedPeekedAtCancelledHurriedAndReleased() throws Exception {
        hold();
        var ids = new ArrayList<String>();
        for (int i = 0; i < 7; i++) {
            ids.add(newId());
            service.accept(TARGET, ids.get(i), "{\"number\":" + i + "}");
        }
        until(() -> pending() == 7);

        assertThat(listed(3)).containsExactlyInAnyOrderElementsOf(ids);
        until(() ->
                service.get("/queues").path("queues").path(0).path("waiting").asInt() == 7);
        assertThat(service.get("/queues").path("queues").path(0).path("held").asBoolean())
                .isTrue();
        assertThat(service.get("/events/" + ids.get(4) + "/payload")
                        .path("number")
                        .asInt())
                .isEqualTo(4);
        assertThat(service.get("/events/" + ids.get(4) + "?function=" + GREET)
                        .path("runs")
                        .asInt())
                .isZero();
        assertThat(router.calls).isEmpty();

        var cancelled = service.post(
                "{\"kind\":\"CANCEL\",\"function\":\"" + GREET + "\",\"requestId\":\"" + ids.get(2) + "\"}");
        assertThat(cancelled.path("affected").asInt()).isEqualTo(1);
        assertThat(cancelled.path("finished").isMissingNode()).isFalse();
        until(() -> pending() == 6);
        service.post("{\"kind\":\"RELEASE\",\"function\":\"" + GREET + "\"}");
        until(() -> pending() == 0 && ledger().size() == 7);

        assertThat(router.calls)
                .extracting(FakeRouter.Call::requestId)
                .hasSize(6)
                .doesNotContain(ids.get(2));
        assertThat(ledger())
                .filteredOn(line -> line.ending() == Ending.CANCELLED)
                .singleElement()
                .matches(line -> cancelled.path("id").asText().equals(line.action()));
        assertThat(service.get("/actions").path("actions")).hasSize(3);
        assertThat(service.get("/actions/" + cancelled.path("id").asText())
                        .path("kind")
                        .asText())
                .isEqualTo("CANCEL");
    }

    private List<String> listed(int limit) {
        var found = new ArrayList<String>();
        var cursor = "";
        do {
            var page = service.get("/events?limit=" + limit + "&function=" + GREET + cursor);
            assertThat(page.path("events").size()).isLessThanOrEqualTo(limit);
            for (JsonNode event : page.path("events")) {
                found.add(event.path("requestId").asText());
            }
            cursor = page.has("cursor") ? "&cursor=" + page.path("cursor").asText() : "";
        } while (!cursor.isEmpty());
        return found;
    }

    @Test
    void purgingAsksForConfirmationAndLeavesALineForEach() throws Exception {
        hold();
        for (int i = 0; i < 1200; i++) {
            service.accept(TARGET, newId(), "1");
        }
        until(() -> pending() == 1200);
        assertThat(service.send(service.request("{\"kind\":\"PURGE\",\"function\":\"" + GREET + "\"}"))
                        .statusCode())
                .isEqualTo(400);

        var purged = service.post("{\"kind\":\"PURGE\",\"function\":\"" + GREET + "\",\"confirm\":true,\"by\":\"me\"}");

        assertThat(purged.path("affected").asInt()).isEqualTo(1200);
        until(() -> pending() == 0 && ledger().size() == 1200);
        assertThat(ledger()).allMatch(line -> line.ending() == Ending.CANCELLED);
        assertThat(router.calls).isEmpty();
    }

    @Test
    void requestsThatMakeNoSenseAreRefusedInOneLine() {
        for (var body : List.of(
                "{",
                "{\"kind\":\"EXPLODE\"}",
                "{\"kind\":\"HOLD\"}",
                "{\"kind\":\"HOLD\",\"function\":\"greet\"}",
                "{\"kind\":\"CANCEL\",\"function\":\"" + GREET + "\"}",
                "{\"kind\":\"RUN_NOW\",\"requestId\":\"x\"}",
                "{\"kind\":\"RUN_NOW\",\"colour\":\"red\"}")) {
            var answer = service.send(service.request(body));
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body()).contains("\"error\":\"INVALID\"");
        }
        for (var path : List.of("/events?limit=0", "/events?cursor=x", "/events?function=greet", "/events/x")) {
            assertThat(service.send(HttpRequest.newBuilder(service.uri(path)).build())
                            .statusCode())
                    .as(path)
                    .isEqualTo(400);
        }
        assertThat(service.send(HttpRequest.newBuilder(service.uri("/events/" + newId()))
                                .build())
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void nothingIsLostWhereTheStateIsLostAndHoldsAreRemembered() throws Exception {
        hold();
        for (int i = 0; i < 20; i++) {
            service.accept(TARGET, newId(), "1");
        }
        until(() -> pending() == 20);
        service.close();

        service = new RunningService(kafka, directory.resolve("empty"), router.url());

        until(() -> pending() == 20);
        assertThat(service.get("/queues").path("queues").path(0).path("held").asBoolean())
                .isTrue();
        assertThat(router.calls).isEmpty();
        service.post("{\"kind\":\"RELEASE\",\"function\":\"" + GREET + "\"}");
        until(() -> ledger().size() == 20);
        assertThat(router.calls).hasSize(20);
    }

    @Test
    void instancesShareTheShardsAndOneTakesOverWhatAnotherLeaves() throws Exception {
        router.answers("greet", Answer.FAILURE); // So that events are pending while shards change hands.
        try (var second = new RunningService(kafka, directory.resolve("second"), router.url(), "two")) {
            until(() -> second.get("/summary").path("shards").asInt() > 0
                    && service.get("/summary").path("shards").asInt() > 0);
            for (int i = 0; i < 200; i++) {
                service.accept(TARGET, newId(), "1");
            }
        }
        until(() -> service.get("/summary").path("shards").asInt() == 4);
        until(() -> pending() == 0 && ledger().size() == 200);

        assertThat(ledger()).allMatch(line -> line.ending() == Ending.RETRIES_EXHAUSTED && line.attempts() == 3);
        assertThat(ledger()).extracting(InvocationEnded::requestId).doesNotHaveDuplicates();
        assertThat(deadLetters())
                .extracting(DeadLetter::id)
                .doesNotHaveDuplicates()
                .hasSize(200);
    }

    @Test
    void aDestinationThatCannotBeWrittenIsTriedAgainAndThenKeptAsADeadLetter() throws Exception {
        Topics.ensure(
                kafka,
                List.of(new Topics.Wanted("tiny-" + kafka.topicPrefix(), 1, Map.of("max.message.bytes", "100"))));
        service.configure(new FunctionRecord(GREET, Map.of()), 1);
        service.configure(
                new EventInvokeConfigRecord(
                        GREET, "$LATEST", Instant.EPOCH, 0, null, "kafka://tiny-" + kafka.topicPrefix(), null),
                2);
        service.configure(Versions.record(GREET), 3);
        until(() -> {
            try {
                service.accept(TARGET, newId(), "{\"too\":\"large\"}");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return !deadLetters().isEmpty();
        });

        assertThat(deadLetters().getFirst()).satisfies(letter -> {
            assertThat(letter.cause()).isEqualTo(DeadLetter.DELIVERY_FAILED);
            assertThat(letter.destination()).isEqualTo("kafka://tiny-" + kafka.topicPrefix());
            assertThat(letter.id()).endsWith("-on-success");
        });
        assertThat(service.records(Topic.DEAD_LETTERS_RECORDS).getFirst().value())
                .asString(UTF_8)
                .contains(
                        "\"condition\":\"Success\"",
                        "\"requestPayload\":{\"too\":\"large\"}",
                        "\"responsePayload\":{\"fine\":true}");
    }

    @Test
    void anEventThatFailedForGoodIsAnObjectInItsBucketWithItsPayload() throws Exception {
        var bucket = S3Server.bucket();
        router.answers("greet", Answer.FAILURE);
        configureOnFailure("arn:aws:s3:::" + bucket);
        try (var s3 = S3Server.client()) {
            until(() -> {
                accept("{\"a\":1}"); // Until one of them ends by what has been configured.
                return !s3.listObjectsV2(request -> request.bucket(bucket))
                        .contents()
                        .isEmpty();
            });

            var key = s3.listObjectsV2(request -> request.bucket(bucket))
                    .contents()
                    .getFirst()
                    .key();
            var object = s3.getObjectAsBytes(request -> request.bucket(bucket).key(key))
                    .asUtf8String();
            assertThat(object)
                    .contains("\"condition\":\"RetriesExhausted\"", "\"requestPayload\":{\"a\":1}")
                    .contains("\"requestId\":\"" + key.substring(key.length() - 36) + "\"");
            assertThat(key.substring(0, key.length() - 36))
                    .matches(
                            "aws/lambda/async/greet/\\d{4}/\\d\\d/\\d\\d/\\d{4}-\\d\\d-\\d\\dT\\d\\d\\.\\d\\d\\.\\d\\d-");
        }
    }

    @Test
    void aBucketThatIsMissingIsTriedAgainAndThenADeadLetterIsKept() throws Exception {
        router.answers("greet", Answer.FAILURE);
        configureOnFailure("arn:aws:s3:::no-such-bucket");
        until(() -> {
            accept("{\"a\":1}");
            return !undelivered().isEmpty();
        });

        assertThat(undelivered().getFirst()).satisfies(letter -> {
            assertThat(letter.destination()).isEqualTo("arn:aws:s3:::no-such-bucket");
            assertThat(letter.errorMessage()).contains("NoSuchBucket");
        });
    }

    private List<DeadLetter> undelivered() {
        return deadLetters().stream()
                .filter(letter -> letter.cause().equals(DeadLetter.DELIVERY_FAILED))
                .toList();
    }

    private void accept(String payload) {
        try {
            service.accept(TARGET, newId(), payload);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void configureOnFailure(String destination) throws Exception {
        service.configure(new FunctionRecord(GREET, Map.of()), 1);
        service.configure(new EventInvokeConfigRecord(GREET, "$LATEST", Instant.EPOCH, 0, null, null, destination), 2);
        service.configure(Versions.record(GREET), 3);
    }
}
