package io.kappa.worker.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.worker.telemetry.Subscription.Buffering;
import io.kappa.worker.telemetry.Subscription.Destination;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class TelemetryStreamTest {
    private static final Duration TIMEOUT = Duration.ofMillis(100);
    private static final Buffering SMALL = new Buffering(3, 1000, TIMEOUT);

    private final Loop loop = new Loop();
    private final Listener listener = new Listener();
    private final TelemetryStream stream = new TelemetryStream(loop, listener);

    private void print(String... lines) {
        Arrays.stream(lines)
                .forEach(line -> stream.add(new TelemetryEvent.Line(0, TelemetryType.FUNCTION, line, false)));
        loop.turn(Duration.ZERO);
    }

    private void subscribe(TelemetryType... types) {
        subscribe(SMALL, types);
    }

    private void subscribe(Buffering buffering, TelemetryType... types) {
        stream.subscribe(
                "id",
                new Subscription(
                        TelemetrySchema.TELEMETRY_2022_12_13, Set.of(types), buffering, new Destination.Tcp(1)));
        loop.turn(Duration.ZERO);
    }

    @Test
    void eventsWaitForOthersUntilTheirTimeIsOver() {
        subscribe(TelemetryType.FUNCTION);
        print("a");
        loop.turn(TIMEOUT.minusMillis(1));
        print("b");
        assertThat(listener.deliveries).isEmpty();

        loop.turn(Duration.ofMillis(1));

        assertThat(listener.texts()).containsExactly(List.of("a", "b"));
    }

    @Test
    void asManyAsAreWantedAreDeliveredAtOnce() {
        subscribe(TelemetryType.FUNCTION);

        print("a", "b", "c");

        assertThat(listener.texts()).containsExactly(List.of("a", "b", "c"));
    }

    @Test
    void soManyBytesAsAreWantedAreDeliveredAtOnce() {
        subscribe(TelemetryType.FUNCTION);

        print("x".repeat(500), "y".repeat(500));

        assertThat(listener.texts()).containsExactly(List.of("x".repeat(500)));
        listener.answers(true);
        loop.turn(TIMEOUT);
        assertThat(listener.texts()).hasSize(2);
    }

    @Test
    void whoSubscribesLateHearsWhatHasHappenedBefore() {
        print("early");
        subscribe(TelemetryType.FUNCTION);

        loop.turn(TIMEOUT);

        assertThat(listener.texts()).containsExactly(List.of("early"));
    }

    @Test
    void onlyTypesThatAreWantedAreDelivered() {
        subscribe(TelemetryType.EXTENSION, TelemetryType.PLATFORM);

        print("a", "b", "c");
        loop.turn(TIMEOUT);

        assertThat(listener.deliveries).isEmpty();
    }

    @Test
    void nothingIsKeptOnceNobodyCanSubscribeAnyMore() {
        assertThat(stream.isOpen()).isTrue();
        stream.initialised();
        assertThat(stream.isOpen()).isFalse();

        stream.restart();
        assertThat(stream.isOpen()).isTrue();
        subscribe(TelemetryType.FUNCTION);
        stream.initialised();
        assertThat(stream.isOpen()).isTrue();
    }

    @Test
    void whatIsNotTakenIsTriedAgainAndThenDroppedAndSaidToBe() {
        subscribe(TelemetryType.FUNCTION, TelemetryType.PLATFORM);
        print("a", "b", "c");
        for (int tries = 1; tries <= TelemetryStream.TRIES; tries++) {
            assertThat(listener.deliveries).hasSize(tries);
            listener.answers(false);
            loop.turn(Duration.ofMillis(100));
        }
        assertThat(listener.deliveries).hasSize(TelemetryStream.TRIES);

        print("d");
        loop.turn(TIMEOUT);

        assertThat(listener.deliveries.getLast().getFirst())
                .contains("\"type\":\"platform.logsDropped\"", "\"droppedRecords\":3");
        assertThat(listener.texts().getLast()).hasSize(2).endsWith("d");
    }

    @Test
    void aSecondTryBringsTheSameAndThenTheNext() {
        subscribe(TelemetryType.FUNCTION);
        print("a", "b", "c", "d", "e", "f");
        listener.answers(false);
        loop.turn(Duration.ofMillis(100));
        listener.answers(true);
        loop.turn(Duration.ZERO);

        assertThat(listener.texts())
                .containsExactly(List.of("a", "b", "c"), List.of("a", "b", "c"), List.of("d", "e", "f"));
    }

    @Test
    void aSubscriberThatTakesNothingCostsNoMoreThanTwoDeliveries() {
        subscribe(TelemetryType.FUNCTION, TelemetryType.PLATFORM);
        print("a", "b", "c"); // On their way.

        print("1", "2", "3", "4", "5", "6", "7", "8");
        listener.answers(true);
        loop.turn(Duration.ZERO);

        assertThat(listener.deliveries.getLast().getFirst()).contains("platform.logsDropped", "\"droppedRecords\":2");
        assertThat(listener.texts().getLast()).endsWith("1", "2");
    }

    @Test
    void aDeliveryThatHangsIsGivenUp() {
        subscribe(TelemetryType.FUNCTION);
        print("a", "b", "c");

        loop.turn(Duration.ofMillis(2100));

        assertThat(listener.deliveries).hasSize(2);
    }

    @Test
    void nothingFlowsWhileTheSandboxIsFrozen() {
        subscribe(TelemetryType.FUNCTION);
        print("a", "b", "c");
        stream.pause();
        print("d");
        loop.turn(Duration.ofSeconds(60));
        assertThat(listener.deliveries).hasSize(1);

        stream.resume();
        listener.answers(true);
        loop.turn(Duration.ZERO);

        assertThat(listener.texts()).containsExactly(List.of("a", "b", "c"), List.of("d"));
    }

    @Test
    void atTheEndNothingWaits() {
        subscribe(TelemetryType.FUNCTION);
        print("a");

        stream.hurry();
        assertThat(listener.texts()).containsExactly(List.of("a"));
        listener.answers(true);
        print("b");

        assertThat(listener.texts()).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void itIsKnownWhenEverythingHasBeenDelivered() {
        var told = new ArrayList<String>();
        subscribe(TelemetryType.FUNCTION);
        stream.whenDelivered(() -> told.add("nothing there"));
        print("a", "b", "c", "d");
        stream.hurry();
        stream.whenDelivered(() -> told.add("all"));
        assertThat(told).containsExactly("nothing there");

        listener.answers(true);
        loop.turn(Duration.ZERO);
        assertThat(told).hasSize(1);
        listener.answers(true);
        loop.turn(Duration.ZERO);

        assertThat(told).containsExactly("nothing there", "all");
    }

    @Test
    void aSecondSubscriptionReplacesTheFirst() {
        subscribe(TelemetryType.FUNCTION);
        print("a");
        subscribe(new Buffering(1, 1000, TIMEOUT), TelemetryType.FUNCTION);
        loop.turn(TIMEOUT);

        assertThat(listener.texts()).containsExactly(List.of("a"));
    }

    /** Takes what is delivered, and says so when the test wants it. */
    private static final class Listener implements TelemetryTransport {
        private final List<List<String>> deliveries = new ArrayList<>();
        private CompletableFuture<Void> answer = new CompletableFuture<>();

        void answers(boolean taken) {
            if (taken) {
                answer.complete(null);
            } else {
                answer.completeExceptionally(new IllegalStateException("not now"));
            }
        }

        List<List<String>> texts() {
            return deliveries.stream()
                    .map(events -> events.stream()
                            .map(event -> event.replaceAll(".*\"record\":\"?([^\"]*)\"?}", "$1"))
                            .toList())
                    .toList();
        }

        @Override
        public CompletionStage<Void> send(Destination destination, List<String> events) {
            deliveries.add(events);
            answer = new CompletableFuture<>();
            return answer;
        }

        @Override
        public void close() {}
    }

    /** A loop that the test turns. */
    private static final class Loop implements TelemetryStream.Loop {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private final PriorityQueue<Ringing> timers = new PriorityQueue<>(Comparator.comparingLong(Ringing::at));
        private long now;

        private record Ringing(long at, Runnable task) {}

        void turn(Duration by) {
            run();
            long end = now + by.toNanos();
            for (var next = timers.peek(); next != null && next.at() <= end; next = timers.peek()) {
                timers.remove(next);
                now = Math.max(now, next.at());
                next.task().run();
                run();
            }
            now = end;
        }

        private void run() {
            for (var task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Runnable after(long nanos, Runnable task) {
            var ringing = new Ringing(now + nanos, task);
            timers.add(ringing);
            return () -> timers.remove(ringing);
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public long currentTimeMillis() {
            return now / 1_000_000;
        }
    }
}
