package io.kappa.worker.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.log.LogBatch;
import io.kappa.contracts.log.LogStreamRecord;
import io.kappa.testkit.TurnedClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FunctionLogsTest {
    private static final RecordCodec<LogBatch> CODEC = RecordCodec.of(LogBatch.class);
    private static final RecordCodec<LogStreamRecord> STREAMS = RecordCodec.of(LogStreamRecord.class);
    private static final VersionArn VERSION =
            VersionArn.parse("arn:aws:lambda:us-east-1:123456789012:function:hello:7");
    private static final String GROUP = "/aws/lambda/hello";
    private static final String STREAM = "2026/11/20/[7]0123456789abcdef0123456789abcdef";

    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final TurnedClock clock = new TurnedClock(Instant.EPOCH.plusSeconds(60));
    private final FunctionLogs logs =
            new FunctionLogs(producer, "logs", "streams", clock, metrics, shipsOnlyWhenAsked());

    private static ScheduledExecutorService shipsOnlyWhenAsked() {
        var executor = Executors.newSingleThreadScheduledExecutor();
        executor.shutdown();
        return executor;
    }

    @AfterEach
    void close() {
        arrive();
        logs.close();
    }

    /** Everything that is on its way. */
    private void arrive() {
        while (producer.completeNext()) {
            // The next.
        }
    }

    /** What was told of where lines lie. */
    private List<LogStreamRecord> told() {
        return producer.history().stream()
                .filter(record -> record.topic().equals("streams"))
                .map(record -> STREAMS.decode(record.value()))
                .toList();
    }

    private List<LogBatch> sent() {
        return producer.history().stream()
                .filter(record -> record.topic().equals("logs"))
                .map(record -> CODEC.decode(record.value()))
                .toList();
    }

    private double dropped() {
        return metrics.get("kappa.worker.log.lines.dropped").counter().count();
    }

    @Test
    void shipsTheLinesOfAnEnvironmentAsOneBatch() {
        var log = logs.open(VERSION, GROUP, STREAM);
        log.line(1000, "request-1", "START");
        log.line(1001, "", "grüß dich");

        logs.flush();

        assertThat(sent())
                .containsExactly(new LogBatch(
                        1,
                        VERSION,
                        GROUP,
                        STREAM,
                        List.of(
                                new LogBatch.Line(1000, "request-1", "START"),
                                new LogBatch.Line(1001, "", "grüß dich")),
                        0));
        assertThat(producer.history().getFirst().key()).isEqualTo(STREAM);
        assertThat(producer.history().getFirst().topic()).isEqualTo("logs");
    }

    @Test
    void shipsEachLineOnce() {
        var log = logs.open(VERSION, GROUP, STREAM);
        log.line(1, "", "one");
        logs.flush();
        logs.flush();
        log.line(2, "", "two");
        logs.flush();
        assertThat(sent().stream().flatMap(batch -> batch.lines().stream()).map(LogBatch.Line::message))
                .containsExactly("one", "two");
    }

    @Test
    void makesNoBatchLargerThanARecordMayBe() {
        var log = logs.open(VERSION, GROUP, STREAM);
        for (int i = 0; i < 9; i++) {
            log.line(i, "", "\u0001".repeat(100_000)); // six bytes of JSON each
        }
        logs.flush();
        assertThat(producer.history())
                .hasSizeGreaterThan(3)
                .allSatisfy(record -> assertThat(record.value()).hasSizeLessThan(2 * 1024 * 1024));
        assertThat(sent().stream().flatMap(batch -> batch.lines().stream()).map(LogBatch.Line::time))
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void splitsALineThatIsTooLongBetweenCharacters() {
        var message = "a" + "🙂".repeat(150_000);
        logs.open(VERSION, GROUP, STREAM).line(5, "r", message);
        logs.flush();
        var lines = sent().stream().flatMap(batch -> batch.lines().stream()).toList();
        assertThat(lines).hasSize(3).allSatisfy(line -> {
            assertThat(line.time()).isEqualTo(5);
            assertThat(line.message().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(256 * 1024);
        });
        assertThat(lines.stream().map(LogBatch.Line::message).collect(Collectors.joining()))
                .isEqualTo(message);
    }

    @Test
    void dropsAndCountsWhatAnEnvironmentPrintsFasterThanItIsShipped() {
        var log = logs.open(VERSION, GROUP, STREAM);
        for (int i = 0; i < 15; i++) {
            log.line(i, "", "x".repeat(100_000));
        }
        assertThat(dropped()).isEqualTo(5);
        logs.flush();
        log.line(99, "", "after");
        logs.flush();

        assertThat(sent().stream().mapToLong(LogBatch::dropped).sum()).isEqualTo(5);
        assertThat(sent().getLast().lines()).extracting(LogBatch.Line::message).containsExactly("after");
    }

    @Test
    void saysInTheNextBatchWhatKafkaDidNotTake() {
        var log = logs.open(VERSION, GROUP, STREAM);
        log.line(1, "", "lost");
        log.line(2, "", "lost too");
        logs.flush();
        producer.errorNext(new TimeoutException("no broker"));
        assertThat(dropped()).isEqualTo(2);

        log.line(3, "", "arrives");
        logs.flush();

        assertThat(sent().getLast().dropped()).isEqualTo(2);
    }

    @Test
    void showsHalfACharacterAsAQuestionMark() {
        logs.open(VERSION, GROUP, STREAM).line(1, "", "half: \uD83D, whole: \uD83D\uDE42");
        logs.flush();
        assertThat(sent().getLast().lines())
                .extracting(LogBatch.Line::message)
                .containsExactly("half: ?, whole: \uD83D\uDE42");
    }

    @Test
    void tellsAtOnceWhereTheFirstLinesLie() {
        var log = logs.open(VERSION, GROUP, STREAM);
        log.line(5, "", "four");
        log.line(3, "", "grüß");
        logs.flush();
        assertThat(told()).as("nothing has arrived yet").isEmpty();

        arrive();
        logs.flush();

        assertThat(told()).hasSize(1);
        var stream = told().getFirst();
        assertThat(stream.logGroup()).isEqualTo(GROUP);
        assertThat(stream.logStream()).isEqualTo(STREAM);
        assertThat(stream.firstOffset()).isEqualTo(stream.lastOffset());
        assertThat(stream.firstTime()).isEqualTo(3);
        assertThat(stream.lastTime()).isEqualTo(5);
        assertThat(stream.bytes()).isEqualTo(4 + 6 + 2 * 26);
        assertThat(stream.ended()).isFalse();
        assertThat(producer.history().getLast().key()).isEqualTo(STREAM);
    }

    @Test
    void tellsOfLaterLinesOnceASecond() {
        var log = logs.open(VERSION, GROUP, STREAM);
        for (int i = 0; i < 10; i++) {
            log.line(i, "", "line");
            logs.flush();
            arrive();
        }
        logs.flush();
        assertThat(told()).hasSize(1);

        clock.turn(Duration.ofSeconds(1));
        logs.flush();
        logs.flush();

        assertThat(told()).extracting(LogStreamRecord::lastTime).containsExactly(0L, 9L);
        assertThat(told().getLast().firstTime()).isZero();
        assertThat(told().getLast().bytes()).isEqualTo(10 * (4 + 26));
    }

    @Test
    void tellsThatAStreamHasEndedOnceItsLastLineHasArrived() {
        var log = logs.open(VERSION, GROUP, STREAM);
        log.line(1, "", "first");
        logs.flush();
        arrive();
        logs.flush();
        log.line(2, "", "last");
        log.close();
        logs.flush();
        assertThat(told()).extracting(LogStreamRecord::ended).containsExactly(false);

        arrive();
        logs.flush();

        assertThat(told()).extracting(LogStreamRecord::ended).containsExactly(false, true);
        assertThat(told().getLast().lastTime()).isEqualTo(2);
    }

    @Test
    void tellsAgainWhatKafkaDidNotTake() {
        logs.open(VERSION, GROUP, STREAM).line(1, "", "line");
        logs.flush();
        arrive();
        logs.flush();
        producer.errorNext(new TimeoutException("no broker"));

        clock.turn(Duration.ofSeconds(1));
        logs.flush();

        assertThat(told()).hasSize(2);
        assertThat(told().getLast()).isEqualTo(told().getFirst());
    }

    @Test
    void anEndThatKafkaDidNotTakeIsToldAgainASecondLater() {
        var log = logs.open(VERSION, GROUP, STREAM);
        log.line(1, "", "line");
        log.close();
        logs.flush();
        arrive();
        logs.flush();
        producer.errorNext(new TimeoutException("no broker"));
        logs.flush();
        assertThat(told()).hasSize(1);

        clock.turn(Duration.ofSeconds(1));
        logs.flush();

        assertThat(told()).extracting(LogStreamRecord::ended).containsExactly(true, true);
    }

    @Test
    void hasNothingToTellOfAnEnvironmentThatWasSilent() {
        logs.open(VERSION, GROUP, STREAM).close();
        logs.flush();
        logs.flush();
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void shipsWhatIsLeftWhenClosed() {
        var atOnce = new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
        var closing =
                new FunctionLogs(atOnce, "logs", "streams", clock, new SimpleMeterRegistry(), shipsOnlyWhenAsked());
        var log = closing.open(VERSION, GROUP, STREAM);
        log.line(1, "", "last words");
        log.close();
        closing.close();
        assertThat(atOnce.history()).extracting(ProducerRecord::topic).containsExactly("logs", "streams");
    }
}
