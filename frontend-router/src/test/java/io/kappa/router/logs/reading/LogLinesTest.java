package io.kappa.router.logs.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.log.LogBatch;
import io.kappa.router.logs.index.LogStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of lines, each from where the one before ended. */
class LogLinesTest {
    private static final Wanted ALL = wanted(0, Long.MAX_VALUE);

    private final FakeLogTopic topic = new FakeLogTopic(3);

    private static Wanted wanted(long from, long to) {
        return new Wanted(_ -> true, from, to, _ -> true);
    }

    private static Wanted of(LogStream stream, long from, long to) {
        return new Wanted(stream.name()::equals, from, to, _ -> true);
    }

    private static Wanted of(LogStream stream) {
        return of(stream, 0, Long.MAX_VALUE);
    }

    private static Bounds lines(int most) {
        return new Bounds(most, 1024 * 1024, 1024 * 1024, Duration.ofSeconds(30));
    }

    private static List<Long> times(List<LogLine> lines) {
        return lines.stream().map(LogLine::time).toList();
    }

    private LogPage page(Wanted wanted, Map<Integer, Position> from, int most, LogStream... streams) {
        return LogLines.interleaved(topic, List.of(streams), wanted, from, lines(most));
    }

    @Test
    void linesOfSeveralStreamsAreInterleavedByTime() {
        topic.write(0, "one", 10, 30, 50);
        topic.write(1, "two", 20, 40);
        topic.write(1, "two", 60);

        var page = page(ALL, Map.of(), 100, topic.stream("one", true), topic.stream("two", true));

        assertThat(times(page.lines())).containsExactly(10L, 20L, 30L, 40L, 50L, 60L);
        assertThat(page.isLast()).isTrue();
    }

    @Test
    void aPageEndsWithinARecordAndTheNextGoesOnThere() {
        topic.write(0, "one", 10, 30, 50);
        topic.write(1, "two", 20, 40, 60);
        var streams = new LogStream[] {topic.stream("one", true), topic.stream("two", true)};

        var first = page(ALL, Map.of(), 3, streams);
        var second = page(ALL, first.next(), 3, streams);
        var third = page(ALL, second.next(), 3, streams);

        assertThat(times(first.lines())).containsExactly(10L, 20L, 30L);
        assertThat(first.isLast()).isFalse();
        assertThat(times(second.lines())).containsExactly(40L, 50L, 60L);
        assertThat(third.lines()).isEmpty();
        assertThat(third.isLast()).isTrue();
    }

    @Test
    void linesOfOtherStreamsTimesAndTextsAreLeftOut() {
        topic.write(0, "other", 1, 2, 3);
        topic.write(0, "one", 10, 20, 30);
        topic.write(0, "other", 31);
        topic.write(0, "one", 40, 50);
        var one = topic.stream("one", true);

        var wanted = new Wanted("one"::equals, 20, 40, message -> !message.equals("30"));

        assertThat(times(page(wanted, Map.of(), 100, one).lines())).containsExactly(20L, 40L);
    }

    @Test
    void onlyTheRecordsAreReadInWhichLinesCanBe() {
        for (int i = 0; i < 100; i++) {
            topic.write(0, "other", i);
        }
        topic.write(0, "one", 100, 101);
        for (int i = 200; i < 300; i++) {
            topic.write(0, "other", i);
        }

        var page = page(ALL, Map.of(), 100, topic.stream("one", true));

        assertThat(times(page.lines())).containsExactly(100L, 101L);
        assertThat(topic.handedOut).isLessThanOrEqualTo(3);
    }

    @Test
    void timesLeadPastRecordsThatAreTooOld() {
        for (int i = 0; i < 100; i++) {
            topic.write(0, "one", i * 10L);
        }

        var page = page(wanted(900, Long.MAX_VALUE), Map.of(), 100, topic.stream("one", true));

        assertThat(page.lines()).hasSize(10);
        assertThat(topic.handedOut).isLessThanOrEqualTo(12);
    }

    @Test
    void theEndOfAStreamThatGoesOnIsLookedForWhereItMayBe() {
        topic.write(0, "one", 1000);
        var known = topic.stream("one", false);
        topic.write(0, "one", 1500); // Told of a second later, at the latest.
        topic.write(0, "other", 8000);

        var page = page(ALL, Map.of(), 100, known);

        assertThat(times(page.lines())).contains(1000L, 1500L);
        assertThat(page.isLast()).isTrue();
    }

    @Test
    void aPageThatHasLookedAtTooMuchSaysWhereToGoOnEvenIfItIsEmpty() {
        for (int i = 0; i < 50; i++) {
            topic.write(0, "one", i);
        }
        var one = topic.stream("one", true);
        var rare = new Wanted("one"::equals, 0, Long.MAX_VALUE, "49"::equals);
        var bounds = new Bounds(100, 1000, 1500, Duration.ofSeconds(30));

        var pages = new ArrayList<LogPage>();
        var next = Map.<Integer, Position>of();
        do {
            pages.add(LogLines.interleaved(topic, List.of(one), rare, next, bounds));
            next = pages.getLast().next();
        } while (!pages.getLast().isLast());

        assertThat(pages).hasSizeGreaterThan(2);
        assertThat(pages.getFirst().lines()).isEmpty();
        assertThat(pages.stream().flatMap(page -> page.lines().stream())).hasSize(1);
    }

    @Test
    void aPageHoldsOneLineHoweverLongItIs() {
        topic.write(0, "one", 1, List.of(line(1, "x".repeat(5000)), line(2, "y".repeat(5000))));
        var one = topic.stream("one", true);
        var bounds = new Bounds(100, 1000, 1_000_000, Duration.ofSeconds(30));

        var first = LogLines.interleaved(topic, List.of(one), ALL, Map.of(), bounds);
        var second = LogLines.interleaved(topic, List.of(one), ALL, first.next(), bounds);

        assertThat(times(first.lines())).containsExactly(1L);
        assertThat(times(second.lines())).containsExactly(2L);
    }

    private static LogBatch.Line line(long time, String message) {
        return new LogBatch.Line(time, "", message);
    }

    @Test
    void aTopicThatYieldsNothingIsNotTakenForItsEnd() {
        topic.write(0, "one", 1);
        var one = topic.stream("one", true);
        topic.silent = true;
        var bounds = new Bounds(100, 1000, 1000, Duration.ofMillis(5));

        assertThatThrownBy(() -> LogLines.interleaved(topic, List.of(one), ALL, Map.of(), bounds))
                .isInstanceOf(LogsUnavailableException.class);
        assertThatThrownBy(() -> LogLines.forward(topic, one, ALL, Optional.empty(), bounds))
                .isInstanceOf(LogsUnavailableException.class);
    }

    @Test
    void recordsThatCannotBeReadOrHoldNoLinesArePassedOver() {
        topic.write(0, "one", 1);
        topic.add(0, "one", 2, "?".getBytes(StandardCharsets.UTF_8));
        topic.write(0, "one", 3, List.of());
        topic.write(0, "one", 4);

        var one = new LogStream(FakeLogTopic.GROUP, "one", 1, 0, 0, 3, 1, 4, 4, 0, true);

        assertThat(times(page(ALL, Map.of(), 9, one).lines())).containsExactly(1L, 4L);
    }

    @Test
    void whatWasTruncatedIsNotWaitedFor() {
        topic.write(0, "one", 1);
        topic.write(0, "one", 2);
        var known = topic.stream("one", true);
        var shorter = new FakeLogTopic(3);
        shorter.write(0, "one", 1);

        var page = LogLines.interleaved(shorter, List.of(known), ALL, Map.of(), lines(10));

        assertThat(times(page.lines())).containsExactly(1L);
        assertThat(page.isLast()).isTrue();
    }

    @Test
    void aStreamIsReadFromItsHeadUntilItsTokenStays() {
        topic.write(0, "one", 10, 20, 30);
        topic.write(0, "one", 40);
        var one = topic.stream("one", true);

        var first = LogLines.forward(topic, one, of(one), Optional.empty(), lines(3));
        var second = LogLines.forward(topic, one, of(one), Optional.of(first.end()), lines(3));
        var third = LogLines.forward(topic, one, of(one), Optional.of(second.end()), lines(3));

        assertThat(times(first.lines())).containsExactly(10L, 20L, 30L);
        assertThat(times(second.lines())).containsExactly(40L);
        assertThat(third.lines()).isEmpty();
        assertThat(third.end()).isEqualTo(second.end());
    }

    @Test
    void aTokenThatStayedGoesOnOnceThereIsMore() {
        topic.write(0, "one", 10);
        var before = topic.stream("one", false);
        var all = LogLines.forward(topic, before, of(before), Optional.empty(), lines(3));
        topic.write(0, "other", 15);
        topic.write(0, "one", 20);
        var after = topic.stream("one", false);

        var more = LogLines.forward(topic, after, of(after), Optional.of(all.end()), lines(3));

        assertThat(times(more.lines())).containsExactly(20L);
    }

    @Test
    void aStreamIsReadFromItsTailUntilItsTokenStays() {
        topic.write(0, "one", 10, 20, 30);
        topic.write(0, "other", 35);
        topic.write(0, "one", 40);
        var one = topic.stream("one", true);

        var last = LogLines.backward(topic, one, of(one), Optional.empty(), lines(2));
        var before = LogLines.backward(topic, one, of(one), Optional.of(last.start()), lines(2));
        var none = LogLines.backward(topic, one, of(one), Optional.of(before.start()), lines(2));
        var forward = LogLines.forward(topic, one, of(one), Optional.of(last.end()), lines(2));

        assertThat(times(last.lines())).containsExactly(30L, 40L);
        assertThat(times(before.lines())).containsExactly(10L, 20L);
        assertThat(none.lines()).isEmpty();
        assertThat(none.start()).isEqualTo(before.start());
        assertThat(forward.lines()).isEmpty();
        assertThat(forward.end()).isEqualTo(last.end());
    }

    @Test
    void backAndForthIsTheSamePage() {
        for (int i = 0; i < 10; i++) {
            topic.write(0, "one", i * 10L, i * 10L + 5);
        }
        var one = topic.stream("one", true);

        var last = LogLines.backward(topic, one, of(one), Optional.empty(), lines(3));
        var before = LogLines.backward(topic, one, of(one), Optional.of(last.start()), lines(3));
        var again = LogLines.forward(topic, one, of(one), Optional.of(before.end()), lines(3));

        assertThat(again.lines()).isEqualTo(last.lines());
    }

    @Test
    void readingBackwardStopsWhereItHasLookedAtEnoughAndGoesOnThere() {
        topic.write(0, "one", 0);
        for (int i = 1; i < 1000; i++) {
            topic.write(0, "other", i);
        }
        topic.write(0, "one", 1000);
        var one = topic.stream("one", true);
        var old = of(one, 0, 5);
        var bounds = new Bounds(10, 1000, 5000, Duration.ofSeconds(30));

        int pages = 1;
        var page = LogLines.backward(topic, one, old, Optional.empty(), bounds);
        for (; page.lines().isEmpty(); pages++) {
            var next = LogLines.backward(topic, one, old, Optional.of(page.start()), bounds);
            assertThat(next.start()).isLessThan(page.start());
            page = next;
        }

        assertThat(pages).isGreaterThan(2);
        assertThat(times(page.lines())).containsExactly(0L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void everyLineIsReadOnceWhateverThePagesAre(long seed) {
        var random = new Random(seed);
        var names = List.of("a", "b", "c", "d", "e");
        var some = new FakeLogTopic(1 + random.nextInt(4));
        long time = 1000;
        for (int i = 0; i < 200; i++) {
            int stream = random.nextInt(names.size());
            var times = new long[1 + random.nextInt(4)];
            for (int line = 0; line < times.length; line++) {
                time += random.nextInt(3);
                times[line] = time;
            }
            some.write(stream % 3, names.get(stream), times);
        }
        var streams = names.stream()
                .map(name -> some.stream(name, random.nextBoolean()))
                .toList();

        var interleaved = new ArrayList<LogLine>();
        var next = Map.<Integer, Position>of();
        LogPage page;
        do {
            var bounds = new Bounds(
                    1 + random.nextInt(20), 30 + random.nextInt(500), 1 + random.nextInt(3000), Duration.ofSeconds(30));
            page = LogLines.interleaved(some, streams, ALL, next, bounds);
            interleaved.addAll(page.lines());
            next = page.next();
        } while (!page.isLast());

        assertThat(interleaved.stream().map(LogLine::message).sorted())
                .isEqualTo(
                        some.messages("a", "b", "c", "d", "e").stream().sorted().toList());
        assertThat(new HashSet<>(interleaved.stream().map(LogLine::eventId).toList()))
                .hasSameSizeAs(interleaved);

        for (var stream : streams) {
            assertThat(forward(some, stream, random)).isEqualTo(some.messages(stream.name()));
            assertThat(backward(some, stream, random)).isEqualTo(some.messages(stream.name()));
        }
    }

    private static List<String> forward(FakeLogTopic topic, LogStream stream, Random random) {
        var messages = new ArrayList<String>();
        Optional<Position> token = Optional.empty();
        while (true) {
            var page = LogLines.forward(topic, stream, of(stream), token, lines(1 + random.nextInt(9)));
            page.lines().forEach(line -> messages.add(line.message()));
            if (token.equals(Optional.of(page.end()))) {
                return messages;
            }
            token = Optional.of(page.end());
        }
    }

    private static List<String> backward(FakeLogTopic topic, LogStream stream, Random random) {
        var messages = new ArrayList<String>();
        Optional<Position> token = Optional.empty();
        while (true) {
            var page = LogLines.backward(topic, stream, of(stream), token, lines(1 + random.nextInt(9)));
            page.lines().reversed().forEach(line -> messages.add(line.message()));
            if (token.equals(Optional.of(page.start()))) {
                Collections.reverse(messages);
                return messages;
            }
            token = Optional.of(page.start());
        }
    }
}
