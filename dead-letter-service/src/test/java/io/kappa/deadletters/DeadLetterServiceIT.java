package io.kappa.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kappa.contracts.deadletter.DeadLetter;
import io.kappa.contracts.deadletter.RedriveOutcome;
import io.kappa.contracts.deadletter.RedriveReference;
import io.kappa.contracts.invocation.Ending;
import io.kappa.contracts.invocation.InvocationTarget;
import io.kappa.contracts.invocation.QueuedEvent;
import io.kappa.contracts.invocation.RequestId;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.kit.kafka.RecordHeaders;
import io.kappa.kit.kafka.TopicReader;
import io.kappa.kit.kafka.Topics;
import io.kappa.testkit.KafkaInThisJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real service on a real broker, asked over HTTP. */
@Timeout(180)
class DeadLetterServiceIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GREET = "arn:aws:lambda:us-east-1:000000000000:function:greet";
    private static final String COUNT = "arn:aws:lambda:us-east-1:000000000000:function:count";
    private static final RecordCodec<DeadLetter> DEAD_LETTERS = RecordCodec.of(DeadLetter.class);
    private static final RecordCodec<RedriveOutcome> OUTCOMES = RecordCodec.of(RedriveOutcome.class);

    @TempDir
    private Path directory;

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Instant begin = Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);

    @AfterEach
    void close() throws Exception {
        for (var part : open.reversed()) {
            part.close();
        }
    }

    private RunningService start() throws Exception {
        var service = RunningService.start(kafka, directory.resolve("state"), "one");
        open.add(service);
        return service;
    }

    @Test
    void whatFailedIsFoundSentAgainAndThrownAway() throws Exception {
        // given
        var service = start();
        var forwarded = records(Topic.INVOCATIONS_FORWARDED);
        var ledger = records(Topic.DEAD_LETTERS_LEDGER);
        write(dead("invocations.queued-2-1", GREET, "RETRIES_EXHAUSTED", 1), "{\"n\":1}");
        write(dead("invocations.queued-2-2", GREET, "EVENT_AGE_EXCEEDED", 2), "{\"n\":2}");
        write(dead("invocations.queued-2-3-on-failure", COUNT, "RETRIES_EXHAUSTED", 3), "no json");
        write(dead("odd/one", COUNT, "RETRIES_EXHAUSTED", 4), null);
        writeRecord(Topic.DEAD_LETTERS_RECORDS, GREET, "x", Map.of(DeadLetter.HEADER, "nonsense".getBytes(UTF_8)));
        write(dead("invocations.queued-0-5", GREET, "RETRIES_EXHAUSTED", 5), "{\"n\":5}");

        // found
        Waiting.until(() -> ids(service, ""), ids -> ids.size() == 5);
        assertThat(ids(service, ""))
                .containsExactly(
                        "invocations.queued-0-5",
                        "odd/one",
                        "invocations.queued-2-3-on-failure",
                        "invocations.queued-2-2",
                        "invocations.queued-2-1");
        assertThat(ids(service, "?function=count")).hasSize(2);
        assertThat(ids(service, "?function=" + GREET + "&cause=EVENT_AGE_EXCEEDED"))
                .containsExactly("invocations.queued-2-2");
        assertThat(ids(service, "?text=BOOM%203")).containsExactly("invocations.queued-2-3-on-failure");
        assertThat(ids(service, "?status=RESOLVED")).isEmpty();
        assertThat(ids(service, "?after=" + at(2) + "&before=" + at(4)))
                .containsExactly("invocations.queued-2-3-on-failure", "invocations.queued-2-2");
        assertThat(pages(service, 2)).isEqualTo(ids(service, ""));
        var counts = service.get("/v1/dead-letters/counts");
        assertThat(counts.at("/counts/open").asInt()).isEqualTo(5);
        assertThat(counts.at("/functions/1/function").asText()).isEqualTo(GREET);
        assertThat(counts.at("/functions/1/causes/RETRIES_EXHAUSTED/open").asInt())
                .isEqualTo(2);
        assertThat(service.get("/v1/dead-letters/odd%2Fone")
                        .path("payload")
                        .path("bytes")
                        .asInt())
                .isZero();
        assertThat(service.bytes("/v1/dead-letters/odd%2Fone/payload").body()).isEmpty();
        var payload = service.bytes("/v1/dead-letters/invocations.queued-2-1/payload");
        assertThat(payload.body()).isEqualTo("{\"n\":1}".getBytes(UTF_8));
        assertThat(payload.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(service.bytes("/v1/dead-letters/invocations.queued-2-3-on-failure/payload")
                        .headers()
                        .firstValue("Content-Type"))
                .contains("application/octet-stream");
        assertThat(service.send("GET", "/v1/dead-letters/nobody", "").statusCode())
                .isEqualTo(404);
        assertThat(service.send("GET", "/metrics", "").body())
                .contains("kappa_dead_letters_received_total 5.0")
                .contains("kappa_dead_letters_unreadable_total");

        // sent again
        var redrive = service.post("/v1/redrives", """
                        {"filter":{"function":"greet"},"ratePerSecond":1000,"qualifier":"blue","by":"ann",
                         "edit":{"patch":[{"op":"replace","path":"/n","value":7}]}}""").path("id").asText();
        var finished = Waiting.until(
                () -> service.get("/v1/redrives/" + redrive),
                found -> found.path("state").asText().equals("COMPLETED"));
        assertThat(finished.at("/progress/sent").asInt()).isEqualTo(3);
        assertThat(finished.at("/progress/outstanding").asInt()).isEqualTo(3);
        assertThat(finished.at("/filter/function").asText()).isEqualTo(GREET);
        Waiting.until(() -> forwarded, events -> events.size() == 3);
        var first = eventOf(forwarded, "invocations.queued-2-1");
        assertThat(new String(first.value(), UTF_8)).isEqualTo("{\"n\":7}");
        var event = QueuedEvent.read(RecordHeaders.asMap(first.headers()));
        assertThat(event)
                .isEqualTo(new QueuedEvent(
                        InvocationTarget.parse(GREET + ":blue"),
                        "Root=1-5759e988-bd862e3fe1be46a994272793",
                        null,
                        new RedriveReference(redrive, "invocations.queued-2-1", 0)));
        assertThat(service.get("/v1/dead-letters/invocations.queued-2-1")
                        .path("status")
                        .asText())
                .isEqualTo("REDRIVING");
        assertThat(ids(service, "?status=OPEN")).hasSize(2);

        // and how that ended
        end(redrive, "invocations.queued-2-1", RequestId.parse(first.key()), Ending.SUCCEEDED);
        end(redrive, "invocations.queued-2-1", RequestId.parse(first.key()), Ending.SUCCEEDED);
        end(
                redrive,
                "invocations.queued-2-2",
                RequestId.parse(eventOf(forwarded, "invocations.queued-2-2").key()),
                Ending.RETRIES_EXHAUSTED);
        Waiting.until(() -> ids(service, "?status=FAILED_AGAIN"), ids -> ids.size() == 1);
        assertThat(ids(service, "?status=RESOLVED")).containsExactly("invocations.queued-2-1");
        var progress = service.get("/v1/redrives/" + redrive).path("progress");
        assertThat(progress.path("succeeded").asInt()).isEqualTo(1);
        assertThat(progress.path("failedAgain").asInt()).isEqualTo(1);
        assertThat(progress.path("outstanding").asInt()).isEqualTo(1);
        var results = service.get("/v1/redrives/" + redrive + "/results?limit=2");
        assertThat(results.path("results"))
                .extracting(row -> row.path("deadLetter").asText() + " "
                        + row.path("result").asText())
                .containsExactly("invocations.queued-0-5 SENT", "invocations.queued-2-1 SUCCEEDED");
        assertThat(service.get("/v1/redrives/" + redrive + "/results?limit=2&cursor="
                                + results.path("cursor").asText())
                        .path("results"))
                .extracting(row -> row.path("deadLetter").asText() + " "
                        + row.path("result").asText())
                .containsExactly("invocations.queued-2-2 FAILED_AGAIN");

        // thrown away
        assertThat(service.send("POST", "/v1/dead-letters/delete", "{\"filter\":{}}")
                        .statusCode())
                .isEqualTo(400);
        var deleted = service.post(
                "/v1/dead-letters/delete", "{\"ids\":[\"odd/one\",\"nobody\"],\"confirm\":true,\"by\":\"bob\"}");
        assertThat(deleted.path("deleted").asInt()).isEqualTo(1);
        assertThat(deleted.path("complete").asBoolean()).isTrue();
        assertThat(service.send("GET", "/v1/dead-letters/odd%2Fone", "").statusCode())
                .isEqualTo(404);
        Waiting.until(
                () -> ledger.stream()
                        .map(line -> line.key() + " "
                                + json(line.value()).path("what").asText())
                        .toList(),
                lines -> lines.containsAll(List.of(
                                "invocations.queued-2-1 REDRIVEN",
                                "invocations.queued-2-1 RESOLVED",
                                "invocations.queued-2-2 FAILED_AGAIN",
                                "odd/one DELETED"))
                        && lines.size() == 6);
        Waiting.until(
                () -> service.send("GET", "/metrics", "").body(),
                metrics -> metrics.contains("kappa_dead_letters_open{function=\"" + GREET + "\"} 0.0")
                        && metrics.contains("kappa_dead_letters_open{function=\"" + COUNT + "\"} 1.0")
                        && metrics.contains("kappa_redrives_outcomes_total{outcome=\"succeeded\"} 1.0")
                        && metrics.contains("kappa_redrives_sent_total 3.0"));
    }

    @Test
    void aRedriveThatIsInterruptedSendsEveryLetterOnce() throws Exception {
        int letters = 120;
        for (int i = 0; i < letters; i++) {
            write(dead("letter-" + i, GREET, "RETRIES_EXHAUSTED", i), "{\"n\":" + i + "}");
        }
        var service = start();
        Waiting.until(
                () -> service.get("/v1/dead-letters/counts").at("/counts/open").asInt(), count -> count == letters);
        var forwarded = records(Topic.INVOCATIONS_FORWARDED);
        var redrive = service.post("/v1/redrives", "{\"filter\":{},\"ratePerSecond\":40}")
                .path("id")
                .asText();

        Waiting.until(forwarded::size, sent -> sent >= 10);
        service.close();
        assertThat(forwarded).hasSizeLessThan(letters);
        var second = RunningService.start(kafka, directory.resolve("state"), "one");
        open.add(second);
        int sentBefore = forwarded.size();
        Waiting.until(forwarded::size, sent -> sent >= sentBefore + 10);
        second.close();
        assertThat(forwarded).hasSizeLessThan(letters);
        var third = RunningService.start(kafka, directory.resolve("another-disk"), "one");
        open.add(third);

        var finished = Waiting.until(
                () -> third.get("/v1/redrives/" + redrive),
                found -> found.path("state").asText().equals("COMPLETED"));
        assertThat(finished.at("/progress/matched").asInt()).isEqualTo(letters);
        assertThat(finished.at("/progress/sent").asInt()).isEqualTo(letters);
        Waiting.until(forwarded::size, sent -> sent >= letters);
        assertThat(records(Topic.INVOCATIONS_FORWARDED))
                .extracting(record -> json(record.value()).path("n").asInt())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, letters).boxed().toList());
        assertThat(records(Topic.INVOCATIONS_FORWARDED))
                .extracting(ConsumerRecord::key)
                .doesNotHaveDuplicates();
    }

    @Test
    void aDryRunSendsNothingAndACancelledRedriveNothingMore() throws Exception {
        var service = start();
        for (int i = 0; i < 30; i++) {
            write(dead("letter-" + i, GREET, "RETRIES_EXHAUSTED", i), i % 3 == 0 ? "no json" : "{}");
        }
        Waiting.until(
                () -> service.get("/v1/dead-letters/counts").at("/counts/open").asInt(), count -> count == 30);

        var dry = service.post("/v1/redrives", "{\"filter\":{},\"dryRun\":true,\"edit\":{\"merge\":{\"a\":1}}}")
                .path("id")
                .asText();
        var finished = Waiting.until(
                () -> service.get("/v1/redrives/" + dry),
                found -> found.path("state").asText().equals("COMPLETED"));
        assertThat(finished.at("/progress/wouldSend").asInt()).isEqualTo(20);
        assertThat(finished.at("/progress/failed").asInt()).isEqualTo(10);

        var slow = service.post("/v1/redrives", "{\"filter\":{},\"ratePerSecond\":0.1}")
                .path("id")
                .asText();
        Waiting.until(
                () -> service.get("/v1/redrives/" + slow).at("/progress/sent").asInt(), sent -> sent == 1);
        var cancelled = service.post("/v1/redrives/" + slow + "/cancel", "");
        assertThat(cancelled.path("state").asText()).isEqualTo("CANCELLED");
        assertThat(cancelled.at("/progress/pending").asInt()).isEqualTo(29);
        assertThat(service.send("POST", "/v1/redrives/" + slow + "/cancel", "").statusCode())
                .isEqualTo(409);
        assertThat(service.get("/v1/redrives").path("redrives"))
                .extracting(redrive -> redrive.path("id").asText())
                .containsExactly(slow, dry);
        assertThat(records(Topic.INVOCATIONS_FORWARDED)).hasSize(1);
        assertThat(service.get("/v1/dead-letters/openapi.json").path("openapi").asText())
                .startsWith("3.1");
    }

    @Test
    void severalPartitionsAnswerAsOne() throws Exception {
        // given
        makeTopics(3, Topic.DEAD_LETTERS_RECORDS, Topic.DEAD_LETTERS_COMMANDS);
        int letters = 40;
        for (int i = 0; i < letters; i++) {
            write(dead("letter-" + i, GREET + i % 8, "RETRIES_EXHAUSTED", i), "{}");
        }
        var service = start();
        Waiting.until(
                () -> service.get("/v1/dead-letters/counts").at("/counts/open").asInt(), count -> count == letters);
        // then
        var newestFirst = IntStream.range(0, letters)
                .mapToObj(i -> "letter-" + (letters - 1 - i))
                .toList();
        assertThat(pages(service, 7)).isEqualTo(newestFirst);
        assertThat(pages(service, 200)).isEqualTo(newestFirst);
        assertThat(service.get("/v1/dead-letters/letter-3").path("id").asText()).isEqualTo("letter-3");

        // when
        var forwarded = records(Topic.INVOCATIONS_FORWARDED);
        var redrive = service.post("/v1/redrives", "{\"filter\":{},\"ratePerSecond\":1000}")
                .path("id")
                .asText();
        // then
        Waiting.until(
                () -> service.get("/v1/redrives/" + redrive),
                found -> found.path("state").asText().equals("COMPLETED")
                        && found.at("/progress/sent").asInt() == letters);
        Waiting.until(forwarded::size, sent -> sent == letters);
        assertThat(service.get("/v1/redrives").path("redrives")).hasSize(1);
        assertThat(service.get("/v1/redrives/" + redrive + "/results?limit=200").path("results"))
                .hasSize(letters);
        for (var event : forwarded) {
            var reference = Objects.requireNonNull(
                    QueuedEvent.read(RecordHeaders.asMap(event.headers())).redrive());
            assertThat(reference.partition())
                    .isEqualTo(service.get("/v1/dead-letters/" + reference.deadLetter())
                            .at("/payload/partition")
                            .asInt());
        }
        assertThat(service.post("/v1/dead-letters/delete", "{\"filter\":{},\"confirm\":true}")
                        .path("deleted")
                        .asInt())
                .isEqualTo(letters);

        assertThat(service.get("/v1/dead-letters/counts").at("/counts/total").asInt())
                .isZero();
    }

    private void makeTopics(int partitions, Topic... topics) throws InterruptedException {
        Topics.ensure(
                kafka,
                Arrays.stream(topics)
                        .map(topic ->
                                new Topics.Wanted(topic.name(kafka.topicPrefix()), partitions, topic.configuration()))
                        .toList());
    }

    @Test
    void aSecondProcessStandsByAndTakesOver() throws Exception {
        // given
        var first = start();
        write(dead("letter", GREET, "RETRIES_EXHAUSTED", 1), "{}");
        Waiting.until(() -> ids(first, ""), ids -> ids.size() == 1);
        var second = new RunningService(kafka, directory.resolve("second"), "two");
        open.add(second);
        // then
        Waiting.until(
                () -> first.send("GET", "/v1/dead-letters", "").statusCode()
                        + second.send("GET", "/v1/dead-letters", "").statusCode(),
                statuses -> statuses == 200 + 503);
        // when
        first.close();
        // then
        Waiting.until(
                () -> second.send("GET", "/v1/dead-letters", ""),
                answer -> answer.statusCode() == 200 && answer.body().contains("\"letter\""));
    }

    private Instant at(int seconds) {
        return begin.plus(Duration.ofSeconds(seconds));
    }

    private DeadLetter dead(String id, String function, String cause, int seconds) {
        return new DeadLetter(
                1,
                id,
                DeadLetter.Origin.ASYNC_QUEUE,
                cause,
                function,
                function + ":live",
                null,
                "ValueError",
                "boom " + seconds,
                3,
                at(seconds),
                at(seconds),
                "kappa.invocations.queued",
                2,
                seconds,
                "Root=1-5759e988-bd862e3fe1be46a994272793",
                null,
                null,
                null);
    }

    private void write(DeadLetter deadLetter, @Nullable String payload) throws Exception {
        writeRecord(
                Topic.DEAD_LETTERS_RECORDS,
                deadLetter.function(),
                payload,
                Map.of(DeadLetter.HEADER, DEAD_LETTERS.encode(deadLetter)));
    }

    private void end(String redrive, String deadLetter, RequestId request, Ending ending) throws Exception {
        var outcome = new RedriveOutcome(1, redrive, deadLetter, request, ending, 1, Instant.now(), null);
        writeRecord(
                Topic.DEAD_LETTERS_COMMANDS,
                redrive,
                new String(OUTCOMES.encode(outcome), UTF_8),
                Map.of(RedriveOutcome.KIND_HEADER, RedriveOutcome.KIND.getBytes(UTF_8)));
    }

    private void writeRecord(Topic topic, String key, @Nullable String value, Map<String, byte[]> headers)
            throws Exception {
        try (var producer = new KafkaProducer<String, byte[]>(
                kafka.clientProperties(), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            topic.name(kafka.topicPrefix()),
                            null,
                            key,
                            value == null ? null : value.getBytes(UTF_8),
                            RecordHeaders.of(headers)))
                    .get();
        }
    }

    /** What is committed in a topic now, and whatever comes. */
    private List<ConsumerRecord<String, byte[]>> records(Topic topic) throws Exception {
        var records = new CopyOnWriteArrayList<ConsumerRecord<String, byte[]>>();
        var reader = new TopicReader(kafka, topic.name(kafka.topicPrefix()), records::add);
        open.add(reader);
        reader.caughtUp().get(60, TimeUnit.SECONDS);
        return records;
    }

    private static ConsumerRecord<String, byte[]> eventOf(
            List<ConsumerRecord<String, byte[]>> events, String deadLetter) {
        return events.stream()
                .filter(event -> new String(
                                event.headers().lastHeader(QueuedEvent.REDRIVE).value(), UTF_8)
                        .contains("/" + deadLetter + "/"))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> ids(RunningService service, String query) throws Exception {
        return ids(service.get("/v1/dead-letters" + query));
    }

    private static List<String> ids(JsonNode page) {
        return StreamSupport.stream(page.path("deadLetters").spliterator(), false)
                .map(letter -> letter.path("id").asText())
                .toList();
    }

    private static List<String> pages(RunningService service, int limit) throws Exception {
        var all = new ArrayList<String>();
        var page = service.get("/v1/dead-letters?limit=" + limit);
        all.addAll(ids(page));
        while (page.has("cursor")) {
            page = service.get("/v1/dead-letters?limit=" + limit + "&cursor="
                    + page.path("cursor").asText());
            all.addAll(ids(page));
        }
        return all;
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
